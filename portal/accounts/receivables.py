"""What clients owe apart from their wallets, and whether they owe anything."""

from __future__ import annotations

from collections.abc import Sequence

from portal.infra.db import ResellerSession
from portal.ledger import opening, owned, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer

MONEY = (AccountCode.WALLET, AccountCode.RECEIVABLE)


def account(session: ResellerSession, client_id: int, *, unit: str) -> int:
    """The account of what a client owes apart from its wallet: zero, or below by the debt."""
    return opening.account(session, AccountCode.RECEIVABLE, unit=unit, owner_id=client_id)


def owes(session: ResellerSession, client_id: int) -> bool:
    """Whether any of its wallets is below zero, or anything is owed beside them."""
    return any(each.balance < 0 for each in owned.accounts(session, MONEY, owner_id=client_id))


def paid_by(
    session: ResellerSession, client_id: int, received: Sequence[Transfer]
) -> list[Transfer]:
    """What credits of one wallet pay of that which is owed apart from it, to be posted with them.

    The wallet is held by the caller, so that no other credit pays the same debt.
    """
    receivable_id = account(session, client_id, unit=received[0].unit)
    debt = -statements.balance(session, receivable_id)
    paid = []
    for credit in received:
        amount = min(debt, credit.amount)
        if amount <= 0:
            break
        debt -= amount
        paid.append(
            Transfer(
                debit=credit.credit,
                credit=receivable_id,
                unit=credit.unit,
                amount=amount,
                code=TransferCode.DEBT_PAID,
                cause=credit.cause,
            )
        )
    return paid
