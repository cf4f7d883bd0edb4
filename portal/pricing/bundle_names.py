"""What people call the bundles that a receipt names."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.pricing.models import Bundle, Package


def names(session: ResellerSession, bundle_ids: Collection[int]) -> dict[int, str]:
    """The name of the package that each of these bundles is of."""
    if not bundle_ids:
        return {}
    rows = session.execute(
        select(Bundle.id, Package.name)
        .join(
            Package,
            (Package.reseller_id == Bundle.reseller_id) & (Package.id == Bundle.package_id),
        )
        .where(Bundle.id.in_(set(bundle_ids)))
    )
    return dict(rows.all())
