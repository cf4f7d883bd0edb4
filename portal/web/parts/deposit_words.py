"""Deposits in the words of pages: their states, what went back, what became of what was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.payments.models import Deposit, Refund
from portal.payments.statuses import Handled, Stage, State, TakenFor, Trouble
from portal.web.parts import payer_links

STATES: Final[Mapping[State, str]] = {
    State.PENDING: lazy_gettext("Pending"),
    State.ABANDONED: lazy_gettext("Not paid"),
    State.DIFFERS: lazy_gettext("Not credited"),
    State.PAID: lazy_gettext("Credited"),
    State.PARTLY_REFUNDED: lazy_gettext("Partly refunded"),
    State.REFUNDED: lazy_gettext("Refunded"),
    State.DISPUTED: lazy_gettext("Taken back by the bank"),
}
_LOOKS: Final = {
    State.PENDING: ("warning", "clock"),
    State.ABANDONED: ("exit", "x"),
    State.DIFFERS: ("danger", "alert-circle"),
    State.PAID: ("success", "check"),
    State.PARTLY_REFUNDED: ("info", "arrow-back-up"),
    State.REFUNDED: ("exit", "arrow-back-up"),
    State.DISPUTED: ("danger", "alert-triangle"),
}
_TROUBLES: Final[Mapping[Trouble, str]] = {
    Trouble.NONE: "",
    Trouble.AMOUNT: lazy_gettext("Another amount was paid than was asked for."),
    Trouble.CURRENCY: lazy_gettext("It was paid in another currency than was asked for."),
    Trouble.OTHER_PAYMENT: lazy_gettext(
        "There is another payment for it. Look at it where the money came in."
    ),
    Trouble.NOT_STARTED: lazy_gettext("The payment service did not open its page."),
    Trouble.DECLINED: lazy_gettext("The bank has declined the kept card."),
    Trouble.CONFIRM: lazy_gettext("The bank wants the card's owner to confirm the payment."),
    Trouble.REFUSED: lazy_gettext("The payment service does not charge the kept card."),
    Trouble.UNANSWERED: lazy_gettext("The payment service has not answered for a day."),
    Trouble.CALLED_OFF: lazy_gettext("It was called off before the card was charged."),
}
_STAGES: Final[Mapping[Stage, str]] = {
    Stage.ASKED: lazy_gettext("asked for, not confirmed yet"),
    Stage.REFUSED: lazy_gettext("refused by the payment service"),
    Stage.PARKED: lazy_gettext("waits for the payment"),
    Stage.TAKEN: lazy_gettext("done"),
    Stage.RETURNED: lazy_gettext("came to nothing, the money is credited again"),
}
WAYS: Final[Mapping[str, str]] = {"stripe": lazy_gettext("Card"), "paypal": "PayPal"}
"""How a client pays, by the kind of the account."""
_HANDLED: Final[Mapping[Handled, str]] = {
    Handled.WAITING: lazy_gettext("is being looked into"),
    Handled.DONE: lazy_gettext("booked"),
    Handled.NOTHING_NEW: lazy_gettext("nothing new"),
    Handled.NOT_OURS: lazy_gettext("none of the portal's payments"),
    Handled.UNKNOWN_KIND: lazy_gettext("not about a payment"),
    Handled.GIVEN_UP: lazy_gettext("no such payment was found"),
}


@dataclass(frozen=True, kw_only=True)
class DepositShown:
    """A deposit in a list or on its own page; amounts are millionths."""

    id: int
    at: datetime
    amount_micros: int
    currency: str
    state: str
    look: str
    icon: str
    trouble: str
    method: str
    paid_at: datetime | None
    refunded_micros: int
    gone_micros: int
    """What the bank took back and what was refunded, once nothing of it is left."""
    is_disputed: bool
    is_pending: bool
    is_processing: bool
    is_transfer: bool
    """Whether it is paid by bank transfer."""
    is_automatic: bool
    """Whether a kept card is charged with it by itself."""
    asked_micros: int | None
    """What was asked for, where another amount has arrived."""
    pay_url: str
    client_id: int | None
    payer_id: int | None
    """The reseller that pays the operator; who pays a reseller is its client."""
    payer_name: str = ""
    payer_url: str = ""
    """Where whoever gets the money finds who has paid it."""


@dataclass(frozen=True, kw_only=True)
class RefundShown:
    """A refund or a dispute, in words."""

    at: datetime
    what: str
    amount_micros: int
    currency: str
    stage: str
    reason: str
    owed_micros: int


def shown(deposit: Deposit, *, payer_name: str = "") -> DepositShown:
    """A deposit in words."""
    look, icon = _LOOKS[deposit.state]
    return DepositShown(
        id=deposit.id,
        at=deposit.started_at,
        amount_micros=deposit.amount,
        currency=deposit.currency,
        state=_state(deposit),
        look=look,
        icon=icon,
        trouble=str(_TROUBLES[deposit.trouble]),
        method=deposit.method if deposit.waits_until is None else gettext("Bank transfer"),
        paid_at=deposit.paid_at,
        refunded_micros=deposit.refunded,
        gone_micros=(
            min(deposit.amount, deposit.refunded + deposit.disputed)
            if deposit.state in {State.REFUNDED, State.DISPUTED}
            else 0
        ),
        is_disputed=deposit.state is State.DISPUTED,
        is_pending=deposit.state is State.PENDING,
        is_processing=deposit.is_processing,
        is_transfer=deposit.waits_until is not None,
        is_automatic=deposit.is_automatic,
        asked_micros=deposit.asked,
        pay_url=deposit.url if deposit.state is State.PENDING and not deposit.is_processing else "",
        client_id=deposit.client_id,
        payer_id=deposit.payer_id,
        payer_name=payer_name,
        payer_url=payer_links.url(client_id=deposit.client_id, payer_id=deposit.payer_id),
    )


def _state(deposit: Deposit) -> str:
    if deposit.state is State.PENDING and deposit.waits_until is not None:
        return str(gettext("Waiting for the transfer"))
    return str(STATES[deposit.state])


def refund_shown(refund: Refund) -> RefundShown:
    """A refund or a dispute in words."""
    is_refund = refund.taken_for is TakenFor.REFUND
    return RefundShown(
        at=refund.made_at,
        what=gettext("Refund") if is_refund else gettext("Dispute"),
        amount_micros=refund.amount,
        currency=refund.currency,
        stage=str(_STAGES[refund.stage]),
        reason=refund.reason,
        owed_micros=refund.owed,
    )


def handled(state: Handled) -> str:
    """What became of a notification."""
    return str(_HANDLED[state])
