"""What belongs to whom in the books, and whether an act was posted before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, select

from portal.infra.db import ResellerSession
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.models import Account, Transfer

_FEW: Final = 500


@dataclass(frozen=True)
class Owned:
    """A limited account of somebody's, and what it holds in its unit."""

    account_id: int
    code: AccountCode
    unit: str
    owner_id: int
    balance: int


def accounts(
    session: ResellerSession, codes: Collection[AccountCode], *, owner_id: int
) -> list[Owned]:
    """The limited accounts of these kinds that somebody has, the oldest first."""
    return _read(session, Account.code.in_(codes), Account.owner_id == owner_id)


def below_zero(session: ResellerSession, codes: Collection[AccountCode]) -> list[Owned]:
    """The limited accounts of these kinds that hold less than nothing, the oldest first."""
    return _read(session, Account.code.in_(codes), Account.credits < Account.debits)


def holding_less(
    session: ResellerSession, code: AccountCode, amount: int
) -> Sequence[int] | Select[int]:
    """The ids of limited accounts of a kind that hold less than this, for another query's `IN`.

    A few are given one by one, since the database cannot guess that they are few, and would read
    everything of everybody first.
    """
    found = select(Account.id).where(
        Account.limited, Account.code == code, Account.credits - Account.debits < amount
    )
    few = session.scalars(found.limit(_FEW + 1)).all()
    return found if len(few) > _FEW else few


def moved(session: ResellerSession, *, cause: int, n: int, codes: Collection[TransferCode]) -> bool:
    """Whether any transfer was made for this reason under one of these codes."""
    found = session.scalar(
        select(Transfer.id)
        .where(Transfer.cause_id == cause, Transfer.n == n, Transfer.code.in_(codes))
        .limit(1)
    )
    return found is not None


def _read(session: ResellerSession, *conditions: ColumnElement[bool]) -> list[Owned]:
    rows = session.execute(
        select(
            Account.id,
            Account.code,
            Account.unit,
            Account.owner_id,
            Account.credits - Account.debits,
        )
        .where(Account.limited, *conditions)
        .order_by(Account.id)
    )
    return [
        Owned(account_id, AccountCode(code), unit, owner_id, balance)
        for account_id, code, unit, owner_id, balance in rows
    ]
