"""How fast a client uses its balance, its quotas and its free parts: what it took of late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from portal.infra import ids
from portal.infra.db import ResellerSession

BundleKind = tuple[int, int, int | None]
"""A bundle whatever its period: package, place in the package, sub-account (None: pooled)."""

_MONEY = text(
    """
    SELECT m.currency, sum(m.price) AS price
      FROM messages m
     WHERE m.reseller_id = :reseller AND m.client_id = :client AND m.id >= :low
       AND m.refunded_at IS NULL
     GROUP BY m.currency
    """
)
_QUOTAS = text(
    """
    SELECT m.sub_account_id, sum(m.quota_parts) AS parts
      FROM messages m
     WHERE m.reseller_id = :reseller AND m.client_id = :client AND m.id >= :low
       AND m.refunded_at IS NULL AND m.quota_parts > 0
     GROUP BY m.sub_account_id
    """
)
_BUNDLES = text(
    """
    SELECT b.package_id, b.n, b.sub_account_id, sum(taken.parts) AS parts
      FROM messages m
     CROSS JOIN LATERAL unnest(m.bundle_ids, m.bundle_taken) AS taken(bundle_id, parts)
      JOIN bundles b ON b.reseller_id = m.reseller_id AND b.id = taken.bundle_id
     WHERE m.reseller_id = :reseller AND m.client_id = :client AND m.id >= :low
       AND m.refunded_at IS NULL AND m.bundle_parts > 0
     GROUP BY b.package_id, b.n, b.sub_account_id
    """
)


@dataclass(frozen=True)
class Pace:
    """What messages took since a moment: money by currency, parts by quota and by bundle."""

    money: Mapping[str, int]
    quotas: Mapping[int, int]
    bundles: Mapping[BundleKind, int]


def since(session: ResellerSession, *, client_id: int, moment: datetime) -> Pace:
    """What a client's messages took since a moment; what was given back is not counted."""
    asked = {
        "reseller": session.reseller_id,
        "client": client_id,
        "low": ids.floor(moment),
    }
    return Pace(
        money={row.currency: int(row.price) for row in session.execute(_MONEY, asked)},
        quotas={row.sub_account_id: int(row.parts) for row in session.execute(_QUOTAS, asked)},
        bundles={
            (row.package_id, row.n, row.sub_account_id): int(row.parts)
            for row in session.execute(_BUNDLES, asked)
        },
    )
