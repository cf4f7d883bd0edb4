"""How far back nothing can be added to the database any more."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.infra import clock

# Of other sessions of ours: PostgreSQL shows a role its own, and nobody else writes our tables.
_OLDEST: Final = text(
    """
    SELECT min(xact_start) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
    """
)


def none_before(session: Session) -> datetime:
    """The moment before which every transaction of the portal's that has begun has ended, too.

    What they have written can be seen by the *next* statement of a session that reads what is
    committed: whoever asks this first and then reads has not missed any of it. A transaction that
    hangs holds the moment back, however long that takes.
    """
    oldest: datetime | None = session.scalar(_OLDEST)
    return min(oldest, clock.now()) if oldest is not None else clock.now()
