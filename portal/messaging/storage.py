"""Where messages lie: monthly partitions, made some months ahead."""

from __future__ import annotations

from sqlalchemy import text

from portal.infra import partitions
from portal.infra.db import ResellerSession
from portal.messaging.models import Message, MessageEvent

MONTHS_BACK = 3
"""As far as statistics reach."""

_MEASURE = text("ANALYZE messages")


def prepare(session: ResellerSession) -> list[str]:
    """Make the partitions of the last, this and the coming months; those that were missing."""
    return [
        name
        for table in (Message.__tablename__, MessageEvent.__tablename__)
        for name in partitions.ensure(session, table, months_back=MONTHS_BACK)
    ]


def measure(session: ResellerSession) -> None:
    """Let the planner know at once how much there is, where a great deal was stored in no time.

    It holds up nobody who sends; two at a time wait for each other.
    """
    session.execute(_MEASURE)
