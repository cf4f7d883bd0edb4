"""Read Stripe's sessions, payments, refunds and disputes."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import stripe

from portal.payments.port import Clue, Kept, Seen, Taking
from portal.payments.statuses import Outcome, TakenFor
from portal.payments.stripe import words

DEPOSIT: Final = "portal_deposit"
"""Under which name a deposit's number stands beside a payment."""
REFUND: Final = "portal_refund"
_ID_MAX: Final = 2**63 - 1
_ID_LENGTH_MAX: Final = 255
_BRAND_LENGTH_MAX: Final = 40

_OUTCOMES: Final = {
    "succeeded": Outcome.PAID,
    "processing": Outcome.PROCESSING,
    "canceled": Outcome.GONE,
}


def unpaid(session: stripe.checkout.Session) -> Seen:
    """A session in which no payment has begun."""
    currency = (session.currency or "").upper()
    return Seen(
        outcome=Outcome.GONE if session.status == "expired" else Outcome.OPEN,
        amount=words.from_stripe(session.amount_total or 0, currency),
        currency=currency,
        reference=session.id,
        deposit_id=number_in(session.metadata, DEPOSIT),
    )


def paid(payment: stripe.PaymentIntent, takings: Sequence[Taking], *, reference: str) -> Seen:
    """A payment, whether it is through or not."""
    currency = payment.currency.upper()
    outcome = _OUTCOMES.get(payment.status, Outcome.OPEN)
    units = payment.amount_received if outcome is Outcome.PAID else payment.amount
    return Seen(
        outcome=outcome,
        amount=words.from_stripe(units or 0, currency),
        currency=currency,
        reference=reference,
        payment_id=payment.id,
        deposit_id=number_in(payment.metadata, DEPOSIT),
        method=_method(payment),
        takings=tuple(takings),
    )


def kept(payment: stripe.PaymentIntent) -> Kept | None:
    """The card of a payment, if it was made so that the card can be charged later."""
    method, customer = payment.payment_method, payment.customer
    if payment.status != "succeeded" or payment.setup_future_usage != "off_session":
        return None
    if not isinstance(method, stripe.PaymentMethod) or not method.card or not customer:
        return None
    number = id_of(customer)
    if method.customer is None or id_of(method.customer) != number:
        return None
    card = method.card
    return Kept(
        customer=number,
        method=method.id,
        brand=(card.brand or "card").capitalize()[:_BRAND_LENGTH_MAX],
        last_four=(card.last4 or "")[-4:],
        expires_on=_last_day(card.exp_year, card.exp_month),
    )


def _last_day(year: int, month: int) -> date | None:
    try:
        return date(year, month, monthrange(year, month)[1])
    except (ValueError, TypeError):
        return None


def refund(found: stripe.Refund) -> Taking:
    """A refund; one that failed has given nothing to anybody."""
    return Taking(
        taken_for=TakenFor.REFUND,
        reference=found.id,
        amount=words.from_stripe(found.amount, found.currency.upper()),
        returned=found.status in {"failed", "canceled"},
        own_id=number_in(found.metadata, REFUND),
    )


def dispute(found: stripe.Dispute) -> Taking:
    """A dispute for which the money is gone, for now or for good."""
    return Taking(
        taken_for=TakenFor.DISPUTE,
        reference=found.id,
        amount=words.from_stripe(found.amount, found.currency.upper()),
        returned=found.status == "won",
        reason=found.reason.replace("_", " "),
    )


def clue(about: Mapping[str, Any]) -> Clue:
    """Where to look for the payment that an event's object is, or belongs to."""
    kind, own_id = about.get("object"), _id(about.get("id"))
    payment = about.get("payment_intent")
    payment_id = _id(payment.get("id") if isinstance(payment, Mapping) else payment)
    return Clue(
        reference=own_id if kind == "checkout.session" else "",
        payment_id=own_id if kind == "payment_intent" else payment_id,
        deposit_id=number_in(about.get("metadata"), DEPOSIT),
    )


def expanded(found: str | stripe.PaymentIntent | None) -> stripe.PaymentIntent | None:
    """The payment of a session that was asked for with it, if it has begun."""
    return found if isinstance(found, stripe.PaymentIntent) else None


def id_of(found: str | stripe.PaymentIntent | stripe.Customer) -> str:
    """The number of a payment or a customer, be it there as a whole or not."""
    return found if isinstance(found, str) else found.id


def is_payment(reference: str) -> bool:
    """Whether a number is that of a payment, which no page was made for."""
    return reference.startswith("pi_")


def number_in(metadata: object, name: str) -> int | None:
    """A number of ours that stands beside something of Stripe's."""
    if isinstance(metadata, stripe.StripeObject):
        metadata = metadata.to_dict()
    text = metadata.get(name) if isinstance(metadata, Mapping) else None
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return int(text) if int(text) <= _ID_MAX else None


def _id(found: object) -> str:
    is_one = isinstance(found, str) and found.isascii() and found.isprintable()
    return str(found) if is_one and len(str(found)) <= _ID_LENGTH_MAX else ""


def _method(payment: stripe.PaymentIntent) -> str:
    """How it was paid, as `Visa 4242`; nothing where Stripe does not say."""
    charge = payment.latest_charge
    if not isinstance(charge, stripe.Charge) or charge.payment_method_details is None:
        return ""
    details = charge.payment_method_details
    card = getattr(details, "card", None) if details.type == "card" else None
    if card is None:
        return details.type.replace("_", " ")
    return f"{(card.brand or 'card').capitalize()} {card.last4 or ''}".strip()
