"""Monthly partitions of tables whose ids are in order of time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.infra import clock, ids

MONTHS_AHEAD = 3
# Any number that nothing else in this database locks; two machines that start at once take turns.
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(2024081502)")
_EXISTS = text("SELECT to_regclass(:name) IS NOT NULL")


def ensure(session: Session, table: str, *, months_back: int = 0) -> list[str]:
    """Make the partitions of this month, of some before and of the next ones; the names made.

    The session sees all resellers. A month whose rows stand in the table's rest already stays
    there: they would have to move.
    """
    session.execute(_TAKE_TURNS)
    today = clock.now().date()
    made = []
    for offset in range(-months_back, MONTHS_AHEAD + 1):
        first = _month(today, offset)
        name = f"{table}_{first:%Y_%m}"
        if session.scalar(_EXISTS, {"name": name}):
            continue
        since, until = _floor(first), _floor(_month(today, offset + 1))
        if _are_rows(session, table, since=since, until=until):
            continue
        session.execute(
            text(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({since}) TO ({until})")
        )
        # The whole has a policy; who names a part, which has none, sees no rows.
        session.execute(
            text(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        )
        made.append(name)
    return made


def _are_rows(session: Session, table: str, *, since: int, until: int) -> bool:
    found = session.scalar(
        text(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE id >= :since AND id < :until)"),  # noqa: S608 - names of ours
        {"since": since, "until": until},
    )
    return bool(found)


def _month(day: date, offset: int) -> date:
    months = day.year * 12 + day.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def _floor(day: date) -> int:
    return ids.floor(datetime(day.year, day.month, day.day, tzinfo=UTC))
