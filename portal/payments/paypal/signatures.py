"""Look at a notification that says it is PayPal's, and write down what PayPal is asked about it.

PayPal itself says whether it has signed it: the address of the certificate that comes with a
notification is never fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from portal.payments.errors import UnknownSender

_HEADERS: Final = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}
_HEADER_LENGTH_MAX: Final = 1_000
_ALGORITHM: Final = "SHA256withRSA"
_CERTIFICATE: Final = re.compile(
    r"https://api(?:-m)?(?:\.sandbox)?\.paypal\.com/v1/notifications/certs/[A-Za-z0-9._-]{1,200}",
    re.ASCII,
)
AHEAD_MAX: Final = timedelta(minutes=5)
OLD_MAX: Final = timedelta(days=4)
"""PayPal repeats for three days what it could not deliver, with the moment of its first try."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """An event that may be PayPal's, and what PayPal is asked to find out."""

    event: Mapping[str, Any]
    question: bytes


def claimed(raw: bytes, headers: Mapping[str, str], *, webhook_id: str, now: datetime) -> Claimed:
    """The event in a body, if everything but the signature is as PayPal sends it.

    Raises:
        UnknownSender: it is unsigned, too old, dated ahead, or no event.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    found = {name: sent.get(header, "") for name, header in _HEADERS.items()}
    for value in found.values():
        if not 0 < len(value) <= _HEADER_LENGTH_MAX or not value.isascii():
            raise UnknownSender("unsigned")
    if found["auth_algo"] != _ALGORITHM or not _CERTIFICATE.fullmatch(found["cert_url"]):
        raise UnknownSender("signed in another way")
    if not now - OLD_MAX <= _moment(found["transmission_time"]) <= now + AHEAD_MAX:
        raise UnknownSender("signed at another time")
    try:
        text = raw.decode("utf-8")
        event = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise UnknownSender("no event") from None
    # The signature is over these very bytes, so they are put in as they came. That they are one
    # whole value was seen above: nothing in them can end it and name another webhook.
    asked = json.dumps({**found, "webhook_id": webhook_id})
    question = f'{asked[:-1]}, "webhook_event": {text}}}'.encode()
    return Claimed(event=_event(event), question=question)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UnknownSender("signed at no time") from None
    if found.tzinfo is None:
        raise UnknownSender("signed at no time")
    return found


def _event(found: object) -> Mapping[str, Any]:
    """The event, if it has what every one of PayPal's has."""
    if not isinstance(found, dict) or not isinstance(found.get("resource"), dict):
        raise UnknownSender("no event")
    if not all(_is_name(found.get(each)) for each in ("id", "event_type")):
        raise UnknownSender("no event")
    return found


def _is_name(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= 100 and text.isascii() and text.isprintable()


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
