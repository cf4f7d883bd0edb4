"""Today's volume of a client, for its daily limit."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import text

from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.messaging.facts import Facts

# Counting stops at the limit: beyond it the number is of no interest.
_COUNT = text(
    """
    SELECT count(*) FROM (
        SELECT 1 FROM messages
         WHERE reseller_id = :reseller AND client_id = :client AND id >= :since
         LIMIT :limit) AS today
    """
)


def sent_today(session: ResellerSession, found: Facts) -> int:
    """How many messages the client has had accepted today, as far as its limit; 0 without one."""
    if found.daily_limit is None:
        return 0
    midnight = datetime.combine(found.today, time(), tzinfo=ZoneInfo(found.time_zone))
    counted = session.scalar(
        _COUNT,
        {
            "reseller": session.reseller_id,
            "client": found.client_id,
            "since": ids.floor(midnight),
            "limit": found.daily_limit,
        },
    )
    return counted or 0
