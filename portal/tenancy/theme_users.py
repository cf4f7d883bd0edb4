"""Which themes the portals of this installation are drawn with."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.infra.db import ResellerSession
from portal.tenancy.models import Brand


def by_theme(session: ResellerSession) -> dict[str, int]:
    """How many portals, the console among them, have chosen each theme; also one that is gone.

    In a session across resellers.
    """
    counted = session.execute(
        select(Brand.theme, func.count().label("portals")).group_by(Brand.theme)
    )
    return {row.theme: row.portals for row in counted}
