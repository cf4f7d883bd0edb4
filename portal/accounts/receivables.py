"""What clients owe apart from their wallets, and whether they owe anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.infra.db import ResellerSession
from portal.ledger import opening, owned, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.statements import Movement

MONEY = (AccountCode.WALLET, AccountCode.RECEIVABLE)


def account(session: ResellerSession, client_id: int, *, unit: str) -> int:
    """The account of what a client owes apart from its wallet: zero, or below by the debt."""
    return opening.account(session, AccountCode.RECEIVABLE, unit=unit, owner_id=client_id)


def owes(session: ResellerSession, client_id: int) -> bool:
    """Whether any of its wallets is below zero, or anything is owed beside them."""
    return any(each.balance < 0 for each in owned.accounts(session, MONEY, owner_id=client_id))


def owed(session: ResellerSession, client_id: int) -> dict[str, int]:
    """What a client owes beside its wallets by currency, in millionths; empty if nothing."""
    found = owned.accounts(session, (AccountCode.RECEIVABLE,), owner_id=client_id)
    return {each.unit: -each.balance for each in found if each.balance < 0}


def movements(
    session: ResellerSession, client_id: int, *, unit: str, since: datetime, until: datetime
) -> list[Movement]:
    """What came to be owed beside a wallet in a time, and what was paid of it, latest first."""
    found = owned.accounts(session, (AccountCode.RECEIVABLE,), owner_id=client_id)
    account_id = next((each.account_id for each in found if each.unit == unit), None)
    if account_id is None:
        return []
    return statements.movements(session, account_id, since=since, until=until)


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
