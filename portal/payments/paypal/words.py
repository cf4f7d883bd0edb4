"""PayPal's words and ours: amounts, languages, events, and what of an event is kept."""

from __future__ import annotations

import re
from typing import Any, Final

from portal.ledger.units import MICROS
from portal.payments import keeping

# https://developer.paypal.com/reference/currency-codes: these have no digits after the point.
_WHOLE: Final = frozenset({"HUF", "JPY", "TWD"})
_HUNDREDTH: Final = MICROS // 100
_VALUE: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?", re.ASCII)

KNOWN_EVENTS: Final = frozenset(
    {
        "CHECKOUT.ORDER.APPROVED",
        "CHECKOUT.ORDER.COMPLETED",
        "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
        "CUSTOMER.DISPUTE.CREATED",
        "CUSTOMER.DISPUTE.RESOLVED",
        "CUSTOMER.DISPUTE.UPDATED",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.DECLINED",
        "PAYMENT.CAPTURE.DENIED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.REVERSED",
        "PAYMENT.REFUND.PENDING",
        "PAYMENT.REFUND.FAILED",
    }
)
"""What is about a payment; every other event is kept and left alone."""

LOCALES: Final = {
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "nl": "nl-NL",
    "pl": "pl-PL",
    "pt": "pt-PT",
}

TALKED_ABOUT: Final = "INQUIRY"
"""The stage of a dispute in which buyer and seller talk, and no money is taken."""
RESOLVED: Final = "RESOLVED"
WON: Final = frozenset(
    {"RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED"}
)
"""How a dispute ends for whom the seller keeps the money."""

# What tells of a person.
_NOT_KEPT: Final = frozenset(
    {
        "address", "buyer", "email_address", "evidences", "links", "messages", "name", "note",
        "note_to_payer", "offer", "payer", "payer_info", "payment_source", "phone", "phone_number",
        "shipping", "shipping_address",
    }
)  # fmt: skip


class NotRepresentable(ValueError):
    """PayPal has no unit as small as this amount needs."""


def to_paypal(amount: int, currency: str) -> str:
    """Millionths as PayPal writes them, as in 12.34.

    Raises:
        NotRepresentable: it would have to be rounded.
    """
    step = MICROS if currency in _WHOLE else _HUNDREDTH
    units, rest = divmod(amount, step)
    if rest or units < 0:
        raise NotRepresentable(f"{amount} millionths {currency}")
    return str(units) if currency in _WHOLE else f"{units // 100}.{units % 100:02d}"


def from_paypal(value: str) -> int:
    """PayPal's decimal in millionths.

    Raises:
        ValueError: it is none.
    """
    found = _VALUE.fullmatch(value)
    if found is None:
        raise ValueError("no amount")
    return int(found[1]) * MICROS + int((found[2] or "").ljust(6, "0"))


def kept(told: object) -> Any:
    """What was told, without what is about a person, and nothing that no row can hold."""
    return keeping.kept(told, without=_NOT_KEPT)
