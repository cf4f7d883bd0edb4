"""Take the next number of a series: one after the other, and none is lost or given twice."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import text

from portal.infra.db import ResellerSession

# Whoever comes second waits for the first to commit, and goes on from there; rolled back, the
# number was never taken.
_TAKE: Final = text(
    """
    INSERT INTO invoice_series (reseller_id, name, last_number) VALUES (:reseller, :name, 1)
    ON CONFLICT (reseller_id, name)
    DO UPDATE SET last_number = invoice_series.last_number + 1
    RETURNING last_number
    """
)


def series_of(prefix: str, on: date) -> str:
    """The series that numbers of this day are of: each year begins with 1 again."""
    return f"{prefix}{on.year}-"


def take(session: ResellerSession, series: str) -> int:
    """The next number of a series, for a row that the same transaction adds.

    The series is held until the transaction ends: take it last, behind every wallet.
    """
    found = session.scalar(_TAKE, {"reseller": session.reseller_id, "name": series})
    assert isinstance(found, int)
    return found
