"""Keys that sign mails (DKIM, RFC 6376), what the DNS has to say of them, and the signing."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Final

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_BITS: Final = 2048
STRING_CHARACTERS_MAX: Final = 255  # RFC 1035, 3.3: what one string of a text record holds
_SIGNED: Final = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version",
    b"content-type", b"content-transfer-encoding", b"auto-submitted",
)  # fmt: skip
_HEADER: Final = "DKIM-Signature: "
_MIX: Final = (b"relaxed", b"relaxed")


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """A new key under a name that nobody has used."""

    selector: str
    private_key: str
    """PEM; to be sealed before it is stored."""
    public_key: str
    """As a record has it: DER in base64, on one line."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """What signs the mails of one domain."""

    domain: str
    selector: str
    private_key: str


def new_key() -> KeyPair:
    """A key for a domain; it takes some tenths of a second."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(
        selector=f"m{secrets.token_hex(4)}",
        private_key=private.decode("ascii"),
        public_key=base64.b64encode(public).decode("ascii"),
    )


def record_name(selector: str, domain: str) -> str:
    """Where the record of a key stands."""
    return f"{selector}._domainkey.{domain}"


def record(public_key: str) -> str:
    """What stands there, as one text."""
    return f"v=DKIM1; k=rsa; p={public_key}"


def strings(text: str) -> list[str]:
    """A text in pieces that the strings of a text record can hold."""
    step = STRING_CHARACTERS_MAX
    return [text[begin : begin + step] for begin in range(0, len(text), step)]


def key_in(text: str) -> str | None:
    """The public key that a record tells, empty if it was taken back; None if it is no record."""
    tags = {}
    for each in text.split(";"):
        name, is_tag, value = each.partition("=")
        if is_tag:
            tags[name.strip()] = "".join(value.split())
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa") != "rsa":
        return None
    return tags.get("p")


def signature(raw: bytes, signer: Signer) -> str:
    """The value of the header that signs these bytes of a mail, folded as it has to stay."""
    header: bytes = dkim.sign(
        raw,
        signer.selector.encode(),
        signer.domain.encode(),
        signer.private_key.encode(),
        canonicalize=_MIX,
        include_headers=list(_SIGNED),
    )
    return header.decode("ascii").removeprefix(_HEADER).rstrip("\r\n")
