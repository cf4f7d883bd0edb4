"""Read the books: balances now and then, and what moved on an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import closing
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.models import Account


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


_NEWEST: Final = text(
    """
    SELECT id, at
      FROM ((SELECT id, at FROM transfers
              WHERE reseller_id = :reseller AND debit_id = :account
                AND id >= :low AND id <= :high AND at >= :since AND at < :until
              ORDER BY id DESC LIMIT 1)
            UNION ALL
            (SELECT id, at FROM transfers
              WHERE reseller_id = :reseller AND credit_id = :account
                AND id >= :low AND id <= :high AND at >= :since AND at < :until
              ORDER BY id DESC LIMIT 1)) AS sides
     ORDER BY id DESC LIMIT 1
    """
)

# What the newest transfer of a page left. Today: what the account keeps, less what came after.
_FROM_NOW: Final = """
    SELECT a.credits - a.debits - coalesce(after.amount, 0) AS amount
      FROM ledger_accounts a
     CROSS JOIN (
           SELECT sum(s.amount) AS amount
             FROM (SELECT -amount AS amount FROM transfers
                    WHERE reseller_id = :reseller AND debit_id = :account AND id > :top
                    UNION ALL
                   SELECT amount FROM transfers
                    WHERE reseller_id = :reseller AND credit_id = :account AND id > :top) AS s
           ) AS after
     WHERE a.reseller_id = :reseller AND a.id = :account
"""
# Before that: what the account held when a day began, and what moved since. Days are of `at`, pages
# in order of id, which differ a little: a transfer of the day before may have a larger id.
_FROM_A_CLOSED_DAY: Final = """
    SELECT coalesce((SELECT balance FROM daily_closings
                      WHERE reseller_id = :reseller AND account_id = :account AND day < :rest_day
                      ORDER BY day DESC LIMIT 1), 0)
           + coalesce(sum(CASE WHEN id > :top THEN -s.amount WHEN at >= :rest THEN s.amount END), 0)
           AS amount
      FROM (SELECT id, at, -amount AS amount FROM transfers
             WHERE reseller_id = :reseller AND debit_id = :account
               AND id >= :rest_low AND id <= greatest(:top, :rest_high)
             UNION ALL
            SELECT id, at, amount FROM transfers
             WHERE reseller_id = :reseller AND credit_id = :account
               AND id >= :rest_low AND id <= greatest(:top, :rest_high)) AS s
     WHERE id <= :top OR at < :rest
"""
_PAGE: Final = """
    WITH page AS (
        SELECT id
          FROM ((SELECT id FROM transfers
                  WHERE reseller_id = :reseller AND debit_id = :account
                    AND id >= :low AND id <= :top AND at >= :since AND at < :until
                  ORDER BY id DESC LIMIT :limit)
                UNION ALL
                (SELECT id FROM transfers
                  WHERE reseller_id = :reseller AND credit_id = :account
                    AND id >= :low AND id <= :top AND at >= :since AND at < :until
                  ORDER BY id DESC LIMIT :limit)) AS sides
         ORDER BY id DESC LIMIT :limit),
    between_them AS (
        SELECT id, -amount AS amount FROM transfers
         WHERE reseller_id = :reseller AND debit_id = :account
           AND id >= (SELECT min(id) FROM page) AND id <= :top
         UNION ALL
        SELECT id, amount FROM transfers
         WHERE reseller_id = :reseller AND credit_id = :account
           AND id >= (SELECT min(id) FROM page) AND id <= :top),
    running AS (
        SELECT id, amount, sum(amount) OVER (ORDER BY id DESC) - amount AS newer FROM between_them)
    SELECT t.id, t.at, t.code, t.cause_id, t.reverses_id, running.amount,
           anchor.amount - running.newer AS balance, coalesce(n.description, '') AS description,
           EXISTS (SELECT 1 FROM transfers r
                    WHERE r.reseller_id = t.reseller_id AND r.reverses_id = t.id
                      AND r.code = 'reversal') AS reversed
      FROM page
      JOIN running ON running.id = page.id
      JOIN transfers t ON t.reseller_id = :reseller AND t.id = page.id
      LEFT JOIN transfer_notes n ON n.reseller_id = t.reseller_id AND n.transfer_id = t.id
     CROSS JOIN ({anchor}) AS anchor
     ORDER BY t.id DESC
"""
_PAGE_OF_NOW: Final = text(_PAGE.format(anchor=_FROM_NOW))
_PAGE_OF_THEN: Final = text(_PAGE.format(anchor=_FROM_A_CLOSED_DAY))


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


def balance_at(session: ResellerSession, account_id: int, at: datetime) -> int:
    """What an account of any kind held when this moment began, exact to the microsecond.

    Raises:
        NotFound: if this reseller has no such account.
    """
    found = closing.balances_at(session, [account_id], at)
    if account_id not in found:
        raise NotFound("account", account_id)
    return found[account_id]


def total(
    session: ResellerSession,
    code: AccountCode,
    *,
    unit: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """What came in on a summed account less what went out, in a period or ever."""
    accounts = session.scalars(
        select(Account.id).where(Account.code == code, Account.unit == unit)
    ).all()
    end = closing.balances_at(session, accounts, until or closing.END)
    begin = closing.balances_at(session, accounts, since) if since is not None else {}
    return sum(end.values()) - sum(begin.values())


def movements(
    session: ResellerSession,
    account_id: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    below_id: int | None = None,
    limit: int | None = None,
) -> list[Movement]:
    """What moved on an account, latest first, each with the balance it left; at most `limit`.

    A page costs what is on it and what the account has moved on one day, however long its past.
    """
    first, end = since or closing.BEGINNING, until or closing.END
    high = closing.last_id(end)
    asked = {
        "reseller": session.reseller_id,
        "account": account_id,
        "since": first,
        "until": end,
        "low": closing.first_id(first),
        "high": high if below_id is None else min(high, below_id - 1),
    }
    newest = session.execute(_NEWEST, asked).one_or_none()
    if newest is None:
        return []
    asked |= {"top": newest.id, "limit": limit}
    opened = closing.open_since(session)
    limited = session.scalar(select(Account.limited).where(Account.id == account_id))
    if limited and newest.at >= opened:
        rows = session.execute(_PAGE_OF_NOW, asked)
    else:
        rest = closing.rest_since(newest.at, opened=opened)
        asked |= {
            "rest": rest,
            "rest_day": rest.date(),
            "rest_low": closing.first_id(rest),
            "rest_high": closing.last_id(rest),
        }
        rows = session.execute(_PAGE_OF_THEN, asked)
    return [
        Movement(
            transfer_id=row.id,
            at=row.at,
            code=TransferCode(row.code),
            cause_id=row.cause_id,
            amount=row.amount,
            balance=int(row.balance),
            description=row.description,
            reversed=row.reversed,
            is_reversal=row.reverses_id is not None,
        )
        for row in rows
    ]
