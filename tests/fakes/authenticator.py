"""A passkey without a browser: made and shown as WebAuthn has it, and lying if it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def unpadded(content: bytes) -> str:
    """Base64 as browsers send it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    """What such text says."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey in somebody's pocket; `count` is how often it says that it was shown."""

    host: str = "sunny.localhost"
    origin: str = "http://sunny.localhost:8000"
    counts: bool = True
    verifies: bool = True
    """Whether it knows its owner."""
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    user: bytes = b""

    def make(self, options: str) -> str:
        """The answer to being made."""
        asked = json.loads(options)
        self.user = padded(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        data = self._data(PRESENT | WITH_KEY) + (
            bytes(16)
            + struct.pack(">H", len(self.credential_id))
            + self.credential_id
            + cbor2.dumps(public)
        )
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=attested)

    def show(self, options: str) -> str:
        """The answer to being shown."""
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        self.count += self.counts
        data = self._data(PRESENT)
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            userHandle=self.user,
        )

    def _data(self, flags: int) -> bytes:
        flags |= VERIFIED if self.verifies else 0
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response: bytes) -> str:
        return json.dumps(
            {
                "id": unpadded(self.credential_id),
                "rawId": unpadded(self.credential_id),
                "type": "public-key",
                "response": {name: unpadded(content) for name, content in response.items()},
            }
        )
