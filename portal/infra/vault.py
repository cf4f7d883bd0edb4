"""Seal secrets that must be readable again, such as a gateway's password."""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PREFIX = "sealed:"
_NONCE_BYTES = 12


class Unsealable(Exception):
    """A sealed value was made with another secret, or was changed."""


class Vault:
    """Seals with a key derived from the installation's secret, each purpose with its own."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def seal(self, plain: str, *, purpose: str) -> str:
        """The value as it may be stored."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher(purpose).encrypt(nonce, plain.encode(), purpose.encode())
        return _PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, purpose: str) -> str:
        """The value again.

        Raises:
            Unsealable: if the installation's secret is another one now.
        """
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_PREFIX))
            nonce, content = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return self._cipher(purpose).decrypt(nonce, content, purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise Unsealable("a stored secret cannot be read; was PORTAL_SECRET changed?") from None

    def _cipher(self, purpose: str) -> AESGCM:
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode())
        return AESGCM(derived.derive(self._secret))


def is_sealed(value: object) -> bool:
    """Whether a stored setting is a sealed one."""
    return isinstance(value, str) and value.startswith(_PREFIX)
