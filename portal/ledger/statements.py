"""Read the books: balances now and then, and what moved on an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, String, case, func, select
from sqlalchemy.orm import aliased

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.models import Account, Transfer, TransferNote


@dataclass(frozen=True)
class Movement:
    """One transfer as an account sees it: amount with its sign, and the balance it left."""

    transfer_id: int
    at: datetime
    code: TransferCode
    cause_id: int
    amount: int
    balance: int
    description: str
    reversed: bool
    is_reversal: bool


def balance(session: ResellerSession, account_id: int) -> int:
    """What a limited account holds, in its unit.

    Raises:
        NotFound: if this reseller has no such account.
    """
    found = session.scalar(
        select(Account.credits - Account.debits).where(Account.id == account_id, Account.limited)
    )
    if found is None:
        raise NotFound("account", account_id)
    return found


def balances(session: ResellerSession, account_ids: Sequence[int]) -> dict[int, int]:
    """What each of these limited accounts holds."""
    rows = session.execute(
        select(Account.id, Account.credits - Account.debits).where(
            Account.id.in_(account_ids), Account.limited
        )
    )
    return dict(rows.all())


def held(session: ResellerSession, code: AccountCode) -> dict[tuple[int, str], int]:
    """What all limited accounts of a kind hold together, by reseller and unit.

    In a session across resellers that is everybody's, otherwise one reseller's own.
    """
    rows = session.execute(
        select(Account.reseller_id, Account.unit, func.sum(Account.credits - Account.debits))
        .where(Account.code == code, Account.limited)
        .group_by(Account.reseller_id, Account.unit)
    )
    return {(reseller_id, unit): int(amount) for reseller_id, unit, amount in rows}


def total(
    session: ResellerSession,
    code: AccountCode,
    *,
    unit: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """What came in on a summed account less what went out, in a period or ever."""
    debit, credit = aliased(Account), aliased(Account)
    signed = case((credit.code == code, Transfer.amount), else_=-Transfer.amount)
    query = (
        select(func.coalesce(func.sum(signed), 0).cast(BigInteger))
        .select_from(Transfer)
        .join(debit, (debit.reseller_id == Transfer.reseller_id) & (debit.id == Transfer.debit_id))
        .join(
            credit,
            (credit.reseller_id == Transfer.reseller_id) & (credit.id == Transfer.credit_id),
        )
        .where(Transfer.unit == unit, (debit.code == code) != (credit.code == code))
    )
    if since is not None:
        query = query.where(Transfer.at >= since)
    if until is not None:
        query = query.where(Transfer.at < until)
    return session.scalar(query) or 0


def movements(
    session: ResellerSession,
    account_id: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    below_id: int | None = None,
    limit: int = 100,
) -> list[Movement]:
    """What moved on an account, latest first, each with the balance it left."""
    signed = case((Transfer.credit_id == account_id, Transfer.amount), else_=-Transfer.amount)
    running = func.sum(signed).over(order_by=Transfer.id).cast(BigInteger)
    rows = (
        select(Transfer.id.label("id"), signed.label("amount"), running.label("balance"))
        .where((Transfer.debit_id == account_id) | (Transfer.credit_id == account_id))
        .subquery()
    )
    reversal = aliased(Transfer)
    query = (
        select(
            Transfer,
            rows.c.amount,
            rows.c.balance,
            func.coalesce(TransferNote.description, "", type_=String),
            select(reversal.id)
            .where(
                reversal.reseller_id == Transfer.reseller_id,
                reversal.reverses_id == Transfer.id,
                reversal.code == TransferCode.REVERSAL,
            )
            .exists(),
        )
        .join(rows, rows.c.id == Transfer.id)
        .outerjoin(
            TransferNote,
            (TransferNote.reseller_id == Transfer.reseller_id)
            & (TransferNote.transfer_id == Transfer.id),
        )
        .order_by(Transfer.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(Transfer.at >= since)
    if until is not None:
        query = query.where(Transfer.at < until)
    if below_id is not None:
        query = query.where(Transfer.id < below_id)
    return [
        Movement(
            transfer_id=transfer.id,
            at=transfer.at,
            code=TransferCode(transfer.code),
            cause_id=transfer.cause_id,
            amount=amount,
            balance=left,
            description=description,
            reversed=is_reversed,
            is_reversal=transfer.reverses_id is not None,
        )
        for transfer, amount, left, description, is_reversed in session.execute(query)
    ]
