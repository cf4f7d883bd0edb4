"""Random secrets are long, safe in addresses, and stored as their hashes."""

from __future__ import annotations

import hashlib
import re

from portal.infra import signing


def test_a_token_is_long_and_safe_in_an_address() -> None:
    tokens = {signing.random_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", signing.random_token(128))


def test_a_digest_is_sha_256_of_the_text() -> None:
    assert signing.digest("abc") == hashlib.sha256(b"abc").hexdigest()
    assert signing.digest("é") == hashlib.sha256("é".encode()).hexdigest()
