"""Where a reseller's clients send to most."""

from __future__ import annotations

from sqlalchemy import text

from portal.infra import clock, ids
from portal.infra.db import ResellerSession

_DAYS = 30
_USUAL = ("US", "DE", "GB", "FR", "IN", "ES", "IT", "PL", "NL", "CA", "BR", "AT")

_COUNTED = text(
    """
    SELECT country FROM messages
     WHERE reseller_id = :reseller AND id >= :since
     GROUP BY country ORDER BY count(*) DESC, country
     LIMIT :limit
    """
)


def most_used(session: ResellerSession, *, home: str, limit: int) -> list[str]:
    """The countries of the last 30 days by their messages, filled up with usual ones.

    The reseller's own is the first of those.
    """
    used = session.scalars(
        _COUNTED,
        {
            "reseller": session.reseller_id,
            "since": ids.floor(clock.ago(days=_DAYS)),
            "limit": limit,
        },
    )
    return list(dict.fromkeys([*used, home, *_USUAL]))[:limit]
