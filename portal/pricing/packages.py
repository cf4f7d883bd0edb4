"""Packages: made, changed from a day on, listed, and read as what they say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.pricing import package_rows
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package, PackageAmounts, PackageVersion

ALWAYS = date(2000, 1, 1)
"""The day from which a package's first version holds, so that it has no time before it."""


class PackageExists(PortalError):
    """The reseller has a package of this name."""

    code = "package_exists"


class ChangedBefore(PortalError):
    """A package cannot be changed for a day that is over."""

    code = "changed_before"

    def __init__(self, day: date, *, today: date) -> None:
        super().__init__(f"{day} is before {today}")
        self.day = day
        self.today = today


@dataclass(frozen=True)
class Version:
    """What a package says from a day on."""

    id: int
    package_id: int
    number: int
    valid_from: date
    conditions: Conditions


def create(
    session: ResellerSession,
    *,
    name: str,
    conditions: Conditions,
    is_default: bool = False,
    person_id: int | None = None,
) -> Package:
    """A new package, which says this from its first day on.

    Raises:
        PackageExists: there is one of this name, or another one for those without a package.
    """
    package = Package(id=ids.new(), name=name, is_default=is_default, created_at=clock.now())
    try:
        with session.begin_nested():
            session.add(package)
    except IntegrityError:
        raise PackageExists(name) from None
    _add_version(session, package, conditions, number=1, valid_from=ALWAYS, person_id=person_id)
    return package


def change(
    session: ResellerSession,
    package: Package,
    conditions: Conditions,
    *,
    valid_from: date,
    today: date,
    person_id: int | None = None,
) -> Version:
    """Let a package say something else from a day on; both days are the reseller's.

    Messages that were priced before keep their receipts, and their version can still be read. What
    was planned for later days stays planned, and takes the place of this one then.

    Raises:
        ChangedBefore: the day is over.
    """
    if valid_from < today:
        raise ChangedBefore(valid_from, today=today)
    session.refresh(package, with_for_update=True)  # versions are counted one by one
    latest = session.scalar(
        select(func.max(PackageVersion.number)).where(PackageVersion.package_id == package.id)
    )
    return _add_version(
        session,
        package,
        conditions,
        number=(latest or 0) + 1,
        valid_from=valid_from,
        person_id=person_id,
    )


def rename(session: ResellerSession, package: Package, name: str) -> None:
    """Give a package another name.

    Raises:
        PackageExists: another has this name.
    """
    try:
        with session.begin_nested():
            package.name = name
            session.flush()
    except IntegrityError:
        session.refresh(package)
        raise PackageExists(name) from None


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
    """The packages that are sold, by name, without the one for those who have none."""
    return list(
        session.scalars(
            select(Package)
            .where(Package.is_default.is_(False), Package.closed_at.is_(None))
            .order_by(Package.name)
        )
    )


def default(session: ResellerSession) -> Package | None:
    """What holds for sub-accounts without a package; None: they cannot send."""
    return session.scalars(select(Package).where(Package.is_default)).one_or_none()


def holding(session: ResellerSession, package_id: int, *, on: date) -> Version:
    """What a package says on a day."""
    row = session.scalars(
        select(PackageVersion)
        .where(PackageVersion.package_id == package_id, PackageVersion.valid_from <= on)
        .order_by(PackageVersion.valid_from.desc(), PackageVersion.number.desc())
        .limit(1)
    ).one()
    return _read(session, row)


def incoming_fee(
    session: ResellerSession, package_id: int | None, *, currency: str, on: date
) -> int | None:
    """What a message that comes in costs with a package, else by the reseller's defaults.

    None: neither has said so in this currency.
    """
    fallback = default(session)
    for each in (package_id, None if fallback is None else fallback.id):
        amounts = (
            None if each is None else holding(session, each, on=on).conditions.amounts.get(currency)
        )
        if amounts is not None and amounts.incoming_fee is not None:
            return amounts.incoming_fee
    return None


def versions(session: ResellerSession, package_id: int) -> list[Version]:
    """All that a package said, says and is planned to say, the latest first."""
    rows = session.scalars(
        select(PackageVersion)
        .where(PackageVersion.package_id == package_id)
        .order_by(PackageVersion.number.desc())
    )
    return [_read(session, row) for row in rows]


def version_by_id(session: ResellerSession, version_id: int) -> Version:
    """A version, as it stands on a message.

    Raises:
        NotFound: this reseller has none such.
    """
    row = session.get(PackageVersion, (session.reseller_id, version_id))
    if row is None:
        raise NotFound("package version", version_id)
    return _read(session, row)


def _add_version(
    session: ResellerSession,
    package: Package,
    conditions: Conditions,
    *,
    number: int,
    valid_from: date,
    person_id: int | None,
) -> Version:
    row = PackageVersion(
        id=ids.new(),
        package_id=package.id,
        number=number,
        valid_from=valid_from,
        pulse=conditions.pulse.value,
        markup_percent_millionths=conditions.markup_percent_millionths,
        on_net_free=conditions.on_net_free,
        refused_countries=list(conditions.refused_countries),
        refused_prefixes=list(conditions.refused_prefixes),
        routes={country: route.value for country, route in conditions.routes.items()},
        bundles=[asdict(offer) for offer in conditions.bundles],
        created_at=clock.now(),
        person_id=person_id,
    )
    session.add(row)
    session.flush()
    session.add_all(
        PackageAmounts(
            version_id=row.id,
            currency=currency,
            **package_rows.columns_of(amounts),
        )
        for currency, amounts in conditions.amounts.items()
    )
    session.flush()
    return Version(row.id, package.id, number, valid_from, conditions)


def _read(session: ResellerSession, row: PackageVersion) -> Version:
    amounts = session.scalars(
        select(PackageAmounts)
        .where(PackageAmounts.version_id == row.id)
        .order_by(PackageAmounts.currency)
    )
    return Version(
        row.id,
        row.package_id,
        row.number,
        row.valid_from,
        package_rows.conditions_of(
            row, amounts={each.currency: package_rows.amounts_of(each) for each in amounts}
        ),
    )
