"""Wallets in yen, which nobody of the cast uses, and what moves on them."""

from __future__ import annotations

from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer


def opened(session: ResellerSession, *, owner_id: int | None = None) -> int:
    """A new wallet, of this owner or of one of its own."""
    owner = ids.new() if owner_id is None else owner_id
    return opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=owner)


def pay(session: ResellerSession, wallet: int, amount: int, *, words: str = "") -> Transfer:
    """Pay in; an amount below zero is charged."""
    code = AccountCode.RECEIVED if amount > 0 else AccountCode.SALES
    other = opening.account(session, code, unit="JPY")
    debit, credit = (other, wallet) if amount > 0 else (wallet, other)
    made = Transfer(
        debit=debit,
        credit=credit,
        unit="JPY",
        amount=abs(amount),
        code=TransferCode.PAYMENT if amount > 0 else TransferCode.CHARGE,
        cause=ids.new(),
        description=words,
    )
    posting.post(session, [made])
    return made
