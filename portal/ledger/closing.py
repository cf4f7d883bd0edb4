"""Close past days: their sums per account are made once, so that nobody adds all transfers up.

A day is closed when nothing can be added to it any more: it ended more than `LATE_MAX` ago, and no
transaction is open that began before that. Posting reads the clock inside of its transaction, so
that `at` of a transfer is not before the beginning of a transaction that is still open, but for
the difference between the clocks of two machines, which `LATE_MAX` has room for many times over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select, text

from portal.infra import clock, ids, open_transactions
from portal.infra.db import ResellerSession
from portal.ledger.models import ClosedDay

LATE_MAX: Final = timedelta(hours=1)
"""How far the moment of a transfer and that of its id are apart at most; the table checks it."""

BEGINNING: Final = ids.EPOCH
"""Before any transfer."""

END: Final = ids.moment_of(2**63 - 1)
"""After any transfer."""

_ONE_DAY: Final = timedelta(days=1)
# Any number that nothing else in this database locks; two workers take turns.
_TAKE_TURNS: Final = text("SELECT pg_advisory_xact_lock(2024081503)")
_NO_HURRY: Final = text("SET LOCAL statement_timeout = 0")
_FIRST: Final = text("SELECT min(at) FROM transfers")

_SUMS: Final = text(
    """
    INSERT INTO daily_closings (reseller_id, account_id, day, debits, credits, balance)
    SELECT d.reseller_id, d.account_id, d.day, d.debits, d.credits,
           coalesce(before.balance, 0) + sum(d.credits - d.debits)
               OVER (PARTITION BY d.reseller_id, d.account_id ORDER BY d.day)
      FROM (SELECT reseller_id, account_id, CAST(at AT TIME ZONE 'UTC' AS date) AS day,
                   sum(debit) AS debits, sum(credit) AS credits
              FROM (SELECT reseller_id, debit_id AS account_id, at, amount AS debit, 0 AS credit
                      FROM transfers WHERE at >= :since AND at < :until
                     UNION ALL
                    SELECT reseller_id, credit_id, at, 0, amount
                      FROM transfers WHERE at >= :since AND at < :until) AS sides
             GROUP BY 1, 2, 3) AS d
      LEFT JOIN LATERAL (
           SELECT c.balance FROM daily_closings c
            WHERE c.reseller_id = d.reseller_id AND c.account_id = d.account_id
            ORDER BY c.day DESC LIMIT 1) AS before ON true
    """
)
_MARK: Final = text(
    """
    INSERT INTO closed_days (day, closed_at)
    SELECT CAST(day AS date), :now
      FROM generate_series(CAST(:first AS timestamp), CAST(:last AS timestamp), '1 day') AS day
    """
)

# What was closed, and the rest since then; a period of at most that rest is a short range of ids.
_HELD: Final = text(
    """
    SELECT a.id, coalesce(closed.balance, 0) + coalesce(rest.amount, 0) AS balance
      FROM ledger_accounts a
      LEFT JOIN LATERAL (
           SELECT c.balance FROM daily_closings c
            WHERE c.reseller_id = a.reseller_id AND c.account_id = a.id AND c.day < :rest_day
            ORDER BY c.day DESC LIMIT 1) AS closed ON true
     CROSS JOIN LATERAL (
           SELECT sum(s.amount) AS amount
             FROM (SELECT -t.amount AS amount FROM transfers t
                    WHERE t.reseller_id = a.reseller_id AND t.debit_id = a.id
                      AND t.id >= :low AND t.id <= :high AND t.at >= :since AND t.at < :until
                    UNION ALL
                   SELECT t.amount FROM transfers t
                    WHERE t.reseller_id = a.reseller_id AND t.credit_id = a.id
                      AND t.id >= :low AND t.id <= :high AND t.at >= :since AND t.at < :until) AS s
           ) AS rest
     WHERE a.reseller_id = :reseller AND a.id = ANY(CAST(:ids AS bigint[]))
    """
)

# What is wrong on a day is carried into all that follow, on which only more of it is news.
_WRONG: Final = text(
    """
    WITH moved AS (
        SELECT reseller_id, account_id, CAST(at AT TIME ZONE 'UTC' AS date) AS day,
               sum(debit) AS debits, sum(credit) AS credits
          FROM (SELECT reseller_id, debit_id AS account_id, at, amount AS debit, 0 AS credit
                  FROM transfers WHERE at < :until
                 UNION ALL
                SELECT reseller_id, credit_id, at, 0, amount FROM transfers WHERE at < :until) AS s
         GROUP BY 1, 2, 3),
    compared AS (
        SELECT reseller_id, account_id, day,
               coalesce(c.debits, 0) AS debits, coalesce(m.debits, 0) AS moved_debits,
               coalesce(c.credits, 0) AS credits, coalesce(m.credits, 0) AS moved_credits,
               c.balance,
               sum(coalesce(m.credits - m.debits, 0))
                   OVER (PARTITION BY reseller_id, account_id ORDER BY day) AS held
          FROM daily_closings c FULL JOIN moved m USING (reseller_id, account_id, day)),
    carried AS (
        SELECT compared.*,
               coalesce(lag(balance - held)
                   OVER (PARTITION BY reseller_id, account_id ORDER BY day), 0) AS off_before
          FROM compared)
    SELECT *, balance <> held AND balance - held <> off_before AS goes_wrong FROM carried
     WHERE debits <> moved_debits OR credits <> moved_credits
        OR (balance <> held AND balance - held <> off_before)
     ORDER BY reseller_id, account_id, day
    """
)


def close_days(session: ResellerSession) -> int:
    """Make the sums of every day that is over and not closed yet; how many days that were.

    The session sees all resellers and reads what is committed. Running it twice changes nothing.
    """
    session.execute(_TAKE_TURNS)
    session.execute(_NO_HURRY)
    settled = open_transactions.none_before(session) - LATE_MAX
    through = closed_through(session)
    first = _first_day(session) if through is None else through + _ONE_DAY
    last = settled.date() - _ONE_DAY
    if first is None or first > last:
        return 0
    session.execute(_SUMS, {"since": midnight(first), "until": midnight(last + _ONE_DAY)})
    session.execute(_MARK, {"first": first, "last": last, "now": clock.now()})
    return (last - first).days + 1


def _first_day(session: ResellerSession) -> date | None:
    begun: datetime | None = session.scalar(_FIRST)
    return None if begun is None else begun.astimezone(UTC).date()


def disagreements(session: ResellerSession) -> Iterator[str]:
    """A sentence for each day of an account whose closing is not what its transfers add up to.

    What was held is told of the days on which it goes wrong, and not of each that follows.
    """
    for row in session.execute(_WRONG, {"until": open_since(session)}):
        name = f"reseller {row.reseller_id}, account {row.account_id} on {row.day}"
        for what in ("debits", "credits"):
            says, moved = getattr(row, what), int(getattr(row, f"moved_{what}"))
            if says != moved:
                yield f"{name}: {what} say {says}, transfers add up to {moved}"
        if row.goes_wrong:
            yield f"{name}: says {row.balance} was held, transfers add up to {int(row.held)}"


def count(session: ResellerSession) -> int:
    """How many days are closed."""
    found: int = session.scalars(select(func.count()).select_from(ClosedDay)).one()
    return found


def closed_through(session: ResellerSession) -> date | None:
    """The last day that is closed, and all before it are; None before the first."""
    return session.scalar(select(func.max(ClosedDay.day)))


def open_since(session: ResellerSession) -> datetime:
    """The moment from which on no day is closed."""
    through = closed_through(session)
    return BEGINNING if through is None else midnight(through + _ONE_DAY)


def rest_since(moment: datetime, *, opened: datetime) -> datetime:
    """What is to be added to closed days for a balance at this moment begins here."""
    return min(opened, midnight(moment.astimezone(UTC).date()))


def balances_at(
    session: ResellerSession, account_ids: Collection[int], at: datetime
) -> dict[int, int]:
    """What each of these accounts held when this moment began, in its unit.

    All that moved before it counts, to the microsecond, and nothing of the moment itself: so what
    moved in a period is the difference of its ends. An account that this reseller does not have is
    left out.
    """
    since = rest_since(at, opened=open_since(session))
    rows = session.execute(
        _HELD,
        {
            "reseller": session.reseller_id,
            "ids": list(account_ids),
            "rest_day": since.date(),
            "since": since,
            "until": at,
            "low": first_id(since),
            "high": last_id(at),
        },
    )
    return {row.id: int(row.balance) for row in rows}


def first_id(since: datetime) -> int:
    """No transfer of this moment or a later one has a smaller id."""
    return ids.floor(max(BEGINNING, since - LATE_MAX))


def last_id(until: datetime) -> int:
    """Every transfer before this moment has this id or a smaller one."""
    return ids.floor(min(END, until + LATE_MAX + timedelta(milliseconds=1)))


def midnight(day: date) -> datetime:
    """When this day begins, in UTC."""
    return datetime.combine(day, time.min, UTC)
