"""Stripe's words and ours: amounts, events, and what of an event is kept."""

from __future__ import annotations

from typing import Any, Final

from portal.ledger.units import MICROS, half_up
from portal.payments import keeping

# https://docs.stripe.com/currencies: how many of Stripe's units are one of a currency.
_WHOLE: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
     "XOF", "XPF"}
)  # fmt: skip
_THOUSANDTHS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

KNOWN_EVENTS: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.created",
        "payment_intent.processing",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.succeeded",
        "charge.failed",
        "charge.pending",
        "charge.updated",
        "charge.refunded",
        "charge.refund.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
"""What is about a payment; every other event is kept and left alone."""

WITHDRAWN: Final = frozenset({"needs_response", "under_review", "lost", "won"})
"""The statuses of a dispute for which Stripe has taken the money; an inquiry takes none."""

OWNER_WANTED: Final = "authentication_required"
"""Why a card is declined whose owner would only have to confirm the payment."""

STUCK: Final = frozenset({"requires_action", "requires_confirmation", "requires_payment_method"})
"""The statuses of a charge with which nobody can go on, since nobody is there."""

LANGUAGES: Final = frozenset({"en", "de", "es", "fr", "it", "nl", "pl", "pt"})

# What tells of a person, or is a secret of the client's browser.
_NOT_KEPT: Final = frozenset(
    {
        "address", "billing_details", "client_secret", "collected_information", "custom_fields",
        "customer_details", "customer_email", "email", "evidence", "name", "payment_method_details",
        "payment_method_options", "phone", "receipt_email", "receipt_url", "shipping",
        "shipping_details", "url",
    }
)  # fmt: skip


class NotRepresentable(ValueError):
    """Stripe has no unit as small as this amount needs."""


def _step(currency: str) -> int:
    if currency in _WHOLE:
        return MICROS
    return half_up(MICROS, 1_000 if currency in _THOUSANDTHS else 100)


def to_stripe(amount: int, currency: str) -> int:
    """Millionths in Stripe's units.

    Raises:
        NotRepresentable: it would have to be rounded.
    """
    units, rest = divmod(amount, _step(currency))
    if rest:
        raise NotRepresentable(f"{amount} millionths {currency}")
    return units


def from_stripe(units: int, currency: str) -> int:
    """Stripe's units in millionths."""
    return units * _step(currency)


def kept(told: object) -> Any:
    """What was told, without what is about a person, and nothing that no row can hold."""
    return keeping.kept(told, without=_NOT_KEPT)
