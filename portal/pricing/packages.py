"""Packages: made, listed, and read as the terms of a price."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.pricing.models import Package
from portal.pricing.rating import Pulse


class PackageExists(PortalError):
    """The reseller has a package of this name."""

    code = "package_exists"


def create(
    session: ResellerSession,
    *,
    name: str,
    currency: str,
    markup_fixed: int = 0,
    markup_percent_millionths: int = 0,
    addition_per_message: int = 0,
    flat_fee: int | None = None,
    pulse: Pulse = Pulse.PART,
    bundle_parts: int = 0,
    monthly_fee: int = 0,
    setup_fee: int = 0,
    refused_prefixes: Sequence[str] = (),
) -> Package:
    """A new package; amounts are millionths of its currency, 20 % is 200_000 millionths.

    Raises:
        PackageExists: there is one of this name.
    """
    package = Package(
        name=name,
        currency=currency,
        markup_fixed=markup_fixed,
        markup_percent_millionths=markup_percent_millionths,
        addition_per_message=addition_per_message,
        flat_fee=flat_fee,
        pulse=pulse.value,
        bundle_parts=bundle_parts,
        monthly_fee=monthly_fee,
        setup_fee=setup_fee,
        refused_prefixes=list(refused_prefixes),
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(package)
    except IntegrityError:
        raise PackageExists(name) from None
    return package


def change(session: ResellerSession, package: Package, **values: object) -> None:
    """Give a package other values than it has, named as in `create`; what is sold from now on.

    Messages that were priced before keep their receipts.
    """
    for name, value in values.items():
        setattr(package, name, value)
    package.version += 1
    session.flush()


def by_id(session: ResellerSession, package_id: int) -> Package:
    """The package.

    Raises:
        NotFound: this reseller has none such.
    """
    package = session.get(Package, (session.reseller_id, package_id))
    if package is None:
        raise NotFound("package", package_id)
    return package


def listed(session: ResellerSession) -> list[Package]:
    """All packages by name."""
    return list(session.scalars(select(Package).order_by(Package.name)))
