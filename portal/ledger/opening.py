"""Open accounts, and change how far below zero they may fall."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.ledger.codes import LIMITED, AccountCode
from portal.ledger.errors import OverdraftBelowDebt
from portal.ledger.models import Account


def account(
    session: ResellerSession,
    code: AccountCode,
    *,
    unit: str,
    owner_id: int = 0,
    overdraft: int | None = None,
) -> int:
    """The id of this account; opened on first use, with this overdraft if it is a limited one.

    `overdraft` is in the unit: 0 is HARD, a number SOFT with a limit, None SOFT without.
    """
    found = _find(session, code, unit=unit, owner_id=owner_id)
    if found is not None:
        return found
    limited = code in LIMITED
    session.execute(
        insert(Account)
        .values(
            reseller_id=session.reseller_id,
            unit=unit,
            code=code,
            owner_id=owner_id,
            limited=limited,
            overdraft=overdraft if limited else None,
            overdraft_since=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["reseller_id", "code", "unit", "owner_id"])
    )
    opened = _find(session, code, unit=unit, owner_id=owner_id)
    assert opened is not None
    return opened


def of_each(
    session: ResellerSession, code: AccountCode, *, unit: str, owner_ids: Collection[int]
) -> dict[int, int]:
    """New accounts of a kind, one for each of these owners, in one statement; by owner.

    Limited ones are SOFT without a limit. None of the owners has one already.
    """
    opened = {owner_id: ids.new() for owner_id in owner_ids}
    session.execute(
        insert(Account),
        [
            {
                "reseller_id": session.reseller_id,
                "id": account_id,
                "unit": unit,
                "code": code,
                "owner_id": owner_id,
                "limited": code in LIMITED,
            }
            for owner_id, account_id in opened.items()
        ],
    )
    return opened


def shared(
    session: ResellerSession, codes: Collection[AccountCode], *, unit: str
) -> dict[AccountCode, int]:
    """The ids of the reseller's own accounts of these codes, in one statement.

    A limited one that is missing is opened as HARD.
    """
    rows = session.execute(
        select(Account.code, Account.id).where(
            Account.code.in_(codes), Account.unit == unit, Account.owner_id == 0
        )
    )
    found = {AccountCode(code): account_id for code, account_id in rows}
    for code in codes:
        if code not in found:
            found[code] = account(session, code, unit=unit, overdraft=0)
    return found


def _find(session: ResellerSession, code: AccountCode, *, unit: str, owner_id: int) -> int | None:
    return session.scalar(
        select(Account.id).where(
            Account.code == code, Account.unit == unit, Account.owner_id == owner_id
        )
    )


def limit_overdraft(session: ResellerSession, account_id: int, *, overdraft: int | None) -> None:
    """Let an account fall this far below zero from now on; None is without limit.

    Raises:
        OverdraftBelowDebt: if it is further below already.
    """
    row = session.execute(
        select(Account.credits - Account.debits)
        .where(Account.id == account_id, Account.limited)
        .with_for_update()
    ).one()
    if overdraft is not None and row[0] < -overdraft:
        raise OverdraftBelowDebt(balance=row[0])
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(overdraft=overdraft, overdraft_since=clock.now())
        .execution_options(synchronize_session=False)
    )
