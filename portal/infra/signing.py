"""Random secrets and the hashes by which they are found again."""

from __future__ import annotations

import hashlib
import secrets


def random_token(bits: int = 256) -> str:
    """A secret for a cookie, a link or a key: URL-safe text."""
    return secrets.token_urlsafe(bits // 8)


def digest(token: str) -> str:
    """What is stored of a random token. Plain SHA-256 is enough for 112 bits and more."""
    return hashlib.sha256(token.encode()).hexdigest()
