"""Who made a transfer, and which one took back which: what stands beside a statement for staff."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text

from portal.infra.db import ResellerSession


@dataclass(frozen=True)
class Origin:
    """Who made a transfer (None: no person), what it takes back, and what took it back."""

    actor_id: int | None
    reverses_id: int | None
    reversed_by_id: int | None


_OF = text(
    """
    SELECT t.id, t.actor_id, t.reverses_id, r.id AS reversed_by_id
      FROM transfers t
      LEFT JOIN transfers r
        ON r.reseller_id = t.reseller_id AND r.cause_id = t.id AND r.code = 'reversal'
     WHERE t.reseller_id = :reseller AND t.id = ANY(CAST(:ids AS bigint[]))
    """
)


def of(session: ResellerSession, transfer_ids: Collection[int]) -> dict[int, Origin]:
    """The origin of each of these transfers, in one statement."""
    asked = {"reseller": session.reseller_id, "ids": sorted(transfer_ids)}
    rows = session.execute(_OF, asked)
    return {row.id: Origin(row.actor_id, row.reverses_id, row.reversed_by_id) for row in rows}
