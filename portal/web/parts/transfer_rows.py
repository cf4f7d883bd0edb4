"""Movements of a wallet or a cover, in the words of a statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.ledger import transfer_words
from portal.ledger.codes import TransferCode
from portal.ledger.statements import Movement

WORDS: Final = {code: lazy_gettext(said) for code, said in transfer_words.ENGLISH.items()}
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
