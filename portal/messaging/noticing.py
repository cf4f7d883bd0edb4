"""Tell a client when half, most and all of its free parts are used."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.ledger.posting import Posted
from portal.pricing.free_parts import Left

PERCENTS = (50, 80, 100)

# Once for each share of a period, whatever comes back to the bundle and is used again.
_NOTICED = text(
    """
    UPDATE bundles SET noticed_percent = :percent
     WHERE reseller_id = :reseller AND id = :bundle AND noticed_percent < :percent
    RETURNING id
    """
)


def reached(*, size: int, left: int) -> int:
    """The highest of the shares, in percent, that is used of a bundle; 0 before the first."""
    used = (size - left) * 100
    return max((percent for percent in PERCENTS if used >= percent * size), default=0)


def look_at_bundles(session: ResellerSession, bundles: Iterable[Left], posted: Posted) -> None:
    """Queue a mail for each bundle that came to a share of which its owner was not told yet."""
    for bundle in bundles:
        moved = posted.balances.get(bundle.account_id)
        if moved is None:
            continue
        percent = reached(size=bundle.size, left=moved[1])
        if percent <= bundle.noticed_percent:
            continue
        found = session.scalar(
            _NOTICED,
            {
                "reseller": session.reseller_id,
                "bundle": bundle.bundle_id,
                "percent": percent,
            },
        )
        if found is not None:
            queue.enqueue(
                session,
                "bundles.notify",
                reseller_id=session.reseller_id,
                bundle_id=bundle.bundle_id,
                percent=percent,
            )
