"""Read PayPal's orders, captures, refunds and disputes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from portal.payments.errors import Unanswered
from portal.payments.paypal import words
from portal.payments.port import Clue, Seen, Taking
from portal.payments.statuses import Outcome, TakenFor

Object = Mapping[str, Any]

DEPOSIT: Final = "deposit"
"""What stands before a deposit's number beside an order, and before a refund's beside a refund."""
REFUND: Final = "refund"
_ID_MAX: Final = 2**63 - 1
_NUMBER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

_ORDERS: Final = {"APPROVED": Outcome.APPROVED, "VOIDED": Outcome.GONE}
_CAPTURES: Final = {
    "COMPLETED": Outcome.PAID,
    "PARTIALLY_REFUNDED": Outcome.PAID,
    "REFUNDED": Outcome.PAID,
    "PENDING": Outcome.PROCESSING,
    "DECLINED": Outcome.GONE,
    "FAILED": Outcome.GONE,
}
_BEST: Final = (Outcome.PAID, Outcome.PROCESSING, Outcome.GONE)


def is_number(text: str) -> bool:
    """Whether PayPal could call anything so."""
    return _NUMBER.fullmatch(text) is not None


def order(found: Object) -> Seen:
    """An order, and the payment for it if it was captured; without what was taken back.

    Raises:
        Unanswered: it is no order that can be read.
    """
    unit = _first(found.get("purchase_units"))
    if unit is None:
        raise Unanswered("an order without anything to pay")
    reference = str(found.get("id", ""))
    seen = [capture(each) for each in _payments(unit, "captures")]
    for outcome in _BEST:
        paid = next((each for each in seen if each.outcome is outcome), None)
        if paid is not None:
            return replace(paid, reference=reference, deposit_id=_own(unit, DEPOSIT))
    amount, currency = _amount(unit)
    return Seen(
        outcome=_ORDERS.get(str(found.get("status")), Outcome.OPEN),
        amount=amount,
        currency=currency,
        reference=reference,
        deposit_id=_own(unit, DEPOSIT),
    )


def capture(found: Object) -> Seen:
    """A payment, whether it is through or not.

    Raises:
        Unanswered: it is none that can be read.
    """
    amount, currency = _amount(found)
    outcome = _CAPTURES.get(str(found.get("status")), Outcome.OPEN)
    method = "PayPal"
    if outcome is Outcome.PROCESSING:
        why = (found.get("status_details") or {}).get("reason")
        method = f"PayPal ({str(why)[:60].replace('_', ' ').lower()})" if why else method
    return Seen(
        outcome=outcome,
        amount=amount,
        currency=currency,
        reference=order_of(found),
        payment_id=str(found.get("id", "")),
        deposit_id=_own(found, DEPOSIT),
        method=method,
    )


def refunds(found: Object) -> list[Taking]:
    """What of an order went back; a refund that failed has given nothing to anybody."""
    return [refund(each) for unit in _rows(found, "purchase_units")
            for each in _payments(unit, "refunds")]  # fmt: skip


def refund(found: Object) -> Taking:
    """A refund.

    Raises:
        Unanswered: it is none that can be read.
    """
    amount, _ = _amount(found)
    return Taking(
        taken_for=TakenFor.REFUND,
        reference=str(found.get("id", "")),
        amount=amount,
        returned=found.get("status") in {"CANCELLED", "FAILED"},
        own_id=_own(found, REFUND),
    )


def dispute(found: Object, *, given_back: Sequence[Taking]) -> Taking | None:
    """A dispute for which the money is gone, for now or for good; None while it is talked about.

    The money of one that is lost may go back as a refund that nobody asked for. It is gone once,
    so that it counts as that refund, and not as the dispute any more.

    Raises:
        Unanswered: it is none that can be read.
    """
    if found.get("dispute_life_cycle_stage") == words.TALKED_ABOUT:
        return None
    amount = _money(found.get("dispute_amount"))[0]
    is_over = found.get("status") == words.RESOLVED
    outcome = (found.get("dispute_outcome") or {}).get("outcome_code")
    is_refunded = any(
        each.own_id is None and not each.returned and each.amount == amount for each in given_back
    )
    return Taking(
        taken_for=TakenFor.DISPUTE,
        reference=str(found.get("dispute_id", "")),
        amount=amount,
        returned=is_over and (outcome in words.WON or is_refunded),
        reason=str(found.get("reason", ""))[:100].replace("_", " ").lower(),
    )


def clue(event: Object) -> Clue:
    """Where to look for the payment that an event is about."""
    about: Object = event["resource"]
    kind = str(event["event_type"])
    if kind.startswith("CUSTOMER.DISPUTE."):
        return Clue(payment_id=disputed(about))
    own_id = _number(about.get("id"))
    if kind.startswith("CHECKOUT."):
        unit = _first(about.get("purchase_units")) or {}
        return Clue(
            reference=own_id or _number(about.get("order_id")), deposit_id=_own(unit, DEPOSIT)
        )
    is_capture = event.get("resource_type") == "capture"
    return Clue(
        reference=order_of(about),
        payment_id=own_id if is_capture else _linked(about, "/captures/"),
        deposit_id=_own(about, DEPOSIT),
    )


def transaction(found: Object) -> Clue | None:
    """Where to look for what is in a list of transactions; None for what is no payment of ours."""
    about = found.get("transaction_info")
    if not isinstance(about, dict) or about.get("transaction_status") != "S":
        return None
    own_id = _number(about.get("transaction_id"))
    if str(about.get("transaction_event_code", "")).startswith("T11"):
        paid = _number(about.get("paypal_reference_id"))
        return Clue(payment_id=paid, mark=own_id) if paid and own_id else None
    deposit_id = _own({"custom_id": about.get("custom_field")}, DEPOSIT)
    if deposit_id is None or not own_id:
        return None
    return Clue(payment_id=own_id, deposit_id=deposit_id)


def disputed(found: Object) -> str:
    """The payment that a dispute is about; nothing where it does not say."""
    first = _first(found.get("disputed_transactions")) or {}
    return _number(first.get("seller_transaction_id"))


def order_of(found: Object) -> str:
    """The order that a capture or a refund belongs to; nothing where it does not say."""
    related = (found.get("supplementary_data") or {}).get("related_ids")
    named = _number(related.get("order_id")) if isinstance(related, dict) else ""
    return named or _linked(found, "/orders/")


def rows(found: Object, name: str) -> Iterator[Object]:
    """The objects of a list in an answer."""
    return iter(_rows(found, name))


def page(found: Object) -> str:
    """Where the client pays for an order."""
    leads = {each.get("rel"): str(each.get("href", "")) for each in _rows(found, "links")}
    return leads.get("payer-action") or leads.get("approve") or ""


def payee(found: Object) -> Object:
    """To whom an order is paid."""
    unit = _first(found.get("purchase_units")) or {}
    held = unit.get("payee")
    return held if isinstance(held, dict) else {}


def _payments(unit: Object, kind: str) -> list[Object]:
    held = unit.get("payments")
    return _rows(held, kind) if isinstance(held, dict) else []


def _rows(found: Object, name: str) -> list[Object]:
    held = found.get(name)
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _first(found: object) -> Object | None:
    rows_of = found if isinstance(found, list) else []
    return next((each for each in rows_of if isinstance(each, dict)), None)


def _linked(found: Object, part: str) -> str:
    """The number behind a link to what this belongs to."""
    for link in _rows(found, "links"):
        _, named, number = str(link.get("href", "")).partition(part)
        if link.get("rel") == "up" and named:
            return _number(number)
    return ""


def _amount(found: Object) -> tuple[int, str]:
    return _money(found.get("amount"))


def _money(found: object) -> tuple[int, str]:
    if not isinstance(found, dict):
        raise Unanswered("no amount")
    try:
        return words.from_paypal(str(found.get("value"))), str(found.get("currency_code"))
    except ValueError:
        raise Unanswered("no amount that can be read") from None


def _own(found: Object, kind: str) -> int | None:
    """A number of ours that stands beside something of PayPal's."""
    named, _, text = str(found.get("custom_id") or "").partition("-")
    if named != kind or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return int(text) if int(text) <= _ID_MAX else None


def _number(found: object) -> str:
    return found if isinstance(found, str) and is_number(found) else ""
