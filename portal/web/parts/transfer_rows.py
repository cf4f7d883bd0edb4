"""Movements of a wallet or a cover, in the words of a statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.ledger.codes import TransferCode
from portal.ledger.statements import Movement

WORDS: Final = {
    TransferCode.MESSAGE_PRICE: lazy_gettext("Message"),
    TransferCode.MESSAGE_COST: lazy_gettext("Cost of messages"),
    TransferCode.INCOMING_PRICE: lazy_gettext("Message received"),
    TransferCode.PRICE_REFUND: lazy_gettext("Refund of a message that was not sent"),
    TransferCode.COST_REFUND: lazy_gettext("Refund of the cost of a message"),
    TransferCode.PAYMENT: lazy_gettext("Payment"),
    TransferCode.CHARGE: lazy_gettext("Charge"),
    TransferCode.REVERSAL: lazy_gettext("Reversal"),
    TransferCode.COVER_PAYMENT: lazy_gettext("Payment"),
    TransferCode.DEBT_MOVED: lazy_gettext("Debt set apart from the balance"),
    TransferCode.DEBT_PAID: lazy_gettext("Debt paid"),
    TransferCode.BUNDLE_PARTS: lazy_gettext("Free parts taken"),
    TransferCode.INCOMING_PARTS: lazy_gettext("Free parts taken by a message received"),
    TransferCode.PARTS_REFUND: lazy_gettext("Free parts given back"),
    TransferCode.BUNDLE_GRANT: lazy_gettext("Free parts"),
    TransferCode.BUNDLE_LAPSE: lazy_gettext("Free parts lapsed"),
    TransferCode.BUNDLE_ROLLOVER: lazy_gettext("Free parts kept"),
    TransferCode.QUOTA_GRANT: lazy_gettext("Messages added"),
    TransferCode.QUOTA_CORRECTION: lazy_gettext("Messages taken away"),
    TransferCode.QUOTA_MOVED: lazy_gettext("Messages moved"),
    TransferCode.QUOTA_PARTS: lazy_gettext("Parts sent"),
    TransferCode.QUOTA_REFUND: lazy_gettext("Parts given back"),
    TransferCode.FEE: lazy_gettext("Fee"),
    TransferCode.FEE_OWED: lazy_gettext("Fee that is owed"),
    TransferCode.VOUCHER: lazy_gettext("Voucher"),
    TransferCode.TRIAL_CREDIT: lazy_gettext("Trial credit"),
    TransferCode.MONEY_MOVED: lazy_gettext("Moved"),
    TransferCode.HOSTNAME_FEE: lazy_gettext("Host name"),
    TransferCode.DEPOSIT: lazy_gettext("Deposit"),
    TransferCode.DEPOSIT_REFUND: lazy_gettext("Deposit refunded"),
    TransferCode.DEPOSIT_REFUND_OWED: lazy_gettext("Deposit refunded, owed"),
    TransferCode.DEPOSIT_DISPUTE: lazy_gettext("Deposit taken back by the bank"),
    TransferCode.DEPOSIT_DISPUTE_OWED: lazy_gettext("Deposit taken back by the bank, owed"),
    TransferCode.DEPOSIT_RETURNED: lazy_gettext("Deposit given again"),
    TransferCode.COVER_DEPOSIT: lazy_gettext("Payment"),
    TransferCode.COVER_REFUND: lazy_gettext("Payment given back"),
    TransferCode.COVER_REFUND_OWED: lazy_gettext("Payment given back, owed"),
    TransferCode.COVER_DISPUTE: lazy_gettext("Payment taken back by the bank"),
    TransferCode.COVER_DISPUTE_OWED: lazy_gettext("Payment taken back by the bank, owed"),
    TransferCode.COVER_RETURNED: lazy_gettext("Payment credited again"),
    TransferCode.COVER_DEBT_PAID: lazy_gettext("Debt paid"),
}
_OF_MESSAGES = frozenset({TransferCode.MESSAGE_PRICE, TransferCode.PRICE_REFUND})
_BY_HAND = frozenset({TransferCode.PAYMENT, TransferCode.CHARGE, TransferCode.COVER_PAYMENT})


@dataclass(frozen=True, kw_only=True)
class TransferRow:
    """One line of a statement; amounts are millionths of the currency.

    `message_id` is the message that it was for: the first, if several were sent at once.
    """

    id: int
    at: datetime
    description: str
    amount_micros: int
    balance_micros: int
    currency: str
    message_id: int | None
    reversible: bool


def row(movement: Movement, *, currency: str) -> TransferRow:
    """A movement as a statement shows it: what kind it is, and what somebody wrote beside it."""
    return TransferRow(
        id=movement.transfer_id,
        at=movement.at,
        description=_description(movement),
        amount_micros=movement.amount,
        balance_micros=movement.balance,
        currency=currency,
        message_id=movement.cause_id if movement.code in _OF_MESSAGES else None,
        reversible=movement.code in _BY_HAND and not movement.reversed,
    )


def _description(movement: Movement) -> str:
    words = str(WORDS[movement.code])
    if movement.reversed:
        words = gettext("%(what)s (reversed)", what=words)
    if not movement.description:
        return words
    return str(gettext("%(what)s: %(text)s", what=words, text=movement.description))
