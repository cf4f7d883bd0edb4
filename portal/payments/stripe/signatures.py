"""Tell Stripe's notifications from what anybody may send."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import stripe

from portal.payments.errors import UnknownSender

HEADER: Final = "Stripe-Signature"
SECONDS_OFF_MAX: Final = 300
_SIGNED_AT: Final = re.compile(r"(?:^|,)\s*t\s*=([^,]*)", re.ASCII)


def verified(
    raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime
) -> Mapping[str, Any]:
    """The event in a body that is signed with this secret, not five minutes ago and not to come.

    Raises:
        UnknownSender: it is unsigned, signed with another secret, too old, dated ahead, or none.
    """
    signature = headers.get(HEADER, "")
    # Stripe's library takes a moment that is yet to come, and fails on letters that are not ASCII.
    moments = _SIGNED_AT.findall(signature) if signature.isascii() else []
    if len(moments) != 1 or not re.fullmatch("[0-9]{1,12}", moments[0]):
        raise UnknownSender("unsigned")
    if abs(int(now.timestamp()) - int(moments[0])) > SECONDS_OFF_MAX:
        raise UnknownSender("signed at another time")
    try:
        stripe.WebhookSignature.verify_header(raw.decode("utf-8"), signature, secret)
        event = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, TypeError, RecursionError, stripe.SignatureVerificationError) as wrong:
        raise UnknownSender(type(wrong).__name__) from None
    return _event(event)


def _event(found: object) -> Mapping[str, Any]:
    """The event, if it has what every one of Stripe's has."""
    if not isinstance(found, dict) or found.get("object") != "event":
        raise UnknownSender("no event")
    about = found.get("data", {}).get("object") if isinstance(found.get("data"), dict) else None
    named = (found.get("id"), found.get("type"))
    if not isinstance(about, dict) or not all(_is_name(each) for each in named):
        raise UnknownSender("no event")
    return found


def _is_name(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= 100 and text.isascii() and text.isprintable()


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
