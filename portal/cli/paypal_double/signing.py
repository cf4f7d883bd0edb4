"""Sign notifications as PayPal does, and say whether one was signed so."""

from __future__ import annotations

import base64
import json
import uuid
import zlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from portal.cli.paypal_double.names import now

Object = dict[str, Any]

_CERTIFICATE: Final = (
    "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-simulated"
)


class Signer:
    """A key, another one at each start."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65_537, 2_048)

    def signed(self, event: Object, webhook_id: str) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a notification."""
        body = json.dumps(event, indent=1).encode()
        sent, at = str(uuid.uuid4()), now()
        message = f"{sent}|{at}|{webhook_id}|{zlib.crc32(body)}".encode()
        signature = self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return body, {
            "Content-Type": "application/json",
            "Paypal-Auth-Algo": "SHA256withRSA",
            "Paypal-Cert-Url": _CERTIFICATE,
            "Paypal-Transmission-Id": sent,
            "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
            "Paypal-Transmission-Time": at,
        }

    def is_signed(self, given: Mapping[str, str], raw: bytes) -> bool:
        """Whether this body was sent by us to this webhook."""
        parts = (given["transmission_id"], given["transmission_time"], given["webhook_id"])
        message = f"{'|'.join(parts)}|{zlib.crc32(raw)}".encode()
        try:
            signature = base64.b64decode(given["transmission_sig"], validate=True)
            self._key.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True
