"""Compare what sending costs: wholesale rates, packages, and the packages' own rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from portal.infra.db import ResellerSession
from portal.pricing import packages, price_lists
from portal.pricing.models import Package
from portal.pricing.price_lists import WHOLESALE
from portal.pricing.rating import Pulse, Rate
from portal.provisioning.faults import BadFolder, Fault
from portal.provisioning.rate_files import DatedRate
from portal.provisioning.reading import PORTAL_FILE, PackageToSell, PortalFolder
from portal.provisioning.steps import Remark, Step, kept


def of_prices(
    session: ResellerSession, folder: PortalFolder, *, today: date
) -> Iterator[Step | Remark]:
    """Wholesale rates, then packages by name.

    Raises:
        BadFolder: a package of this name is in another currency.
    """
    currency = folder.portal.currency
    yield from _of_wholesale(session, folder.rates, currency=currency, today=today)
    present = {package.name: package for package in packages.listed(session)}
    for wanted in folder.packages:
        package = present.pop(wanted.table.name, None)
        if package is None:
            yield Step(
                f"sell the package {wanted.table.name!r}",
                partial(_make, session, wanted, currency=currency, today=today),
            )
        else:
            yield from _of_package(session, package, wanted, currency=currency, today=today)
    yield from (kept(f"the package {name!r}") for name in present)


def due(present: Sequence[Rate], wanted: Sequence[DatedRate], *, today: date) -> list[Rate]:
    """The lines to be written so that a list says what is wanted, from today on if not said else.

    A line with a day is compared with that day's, one without with the price in force today.
    """
    dated = {(rate.prefix, rate.valid_from): rate.price for rate in present}
    in_force = {
        rate.prefix: rate.price
        for rate in sorted(present, key=lambda rate: rate.valid_from)
        if rate.valid_from <= today
    }
    found = []
    for line in wanted:
        if line.valid_from is None:
            holds = in_force.get(line.prefix)
        else:
            holds = dated.get((line.prefix, line.valid_from))
        if holds != line.price:
            found.append(Rate(line.prefix, line.price, line.valid_from or today))
    return found


def _of_wholesale(
    session: ResellerSession, wanted: Sequence[DatedRate], *, currency: str, today: date
) -> Iterator[Step | Remark]:
    if not wanted:
        return
    present = price_lists.rates_in(session, currency=currency)
    rates = due(present, wanted, today=today)
    if rates:
        yield Step(
            f"write {_count(len(rates), 'wholesale rate')}",
            partial(price_lists.set_rates, session, rates, currency=currency),
        )
    others = {rate.prefix for rate in present} - {line.prefix for line in wanted}
    if others:
        yield kept(f"the wholesale rate of {_count(len(others), 'other prefix', 'other prefixes')}")


def _of_package(
    session: ResellerSession,
    package: Package,
    wanted: PackageToSell,
    *,
    currency: str,
    today: date,
) -> Iterator[Step | Remark]:
    name = package.name
    if package.currency != currency:
        what = f"it is in {package.currency} and stays so; give the one in {currency} another name"
        raise BadFolder([Fault(file=PORTAL_FILE, key=f"package {name!r}", what=what)])
    terms = wanted.table.terms()
    changed = {key: value for key, value in terms.items() if getattr(package, key) != value}
    if changed:
        yield Step(
            f"change {', '.join(_plain(key) for key in changed)} of the package {name!r}",
            partial(packages.change, session, package, **changed),
        )
    present = price_lists.rates_in(session, currency=currency, package_id=package.id)
    rates = due(present, wanted.rates, today=today)
    if rates:
        yield Step(
            f"write {_count(len(rates), 'own rate')} of the package {name!r}",
            partial(
                price_lists.set_rates, session, rates, currency=currency, package_id=package.id
            ),
        )
    others = {rate.prefix for rate in present} - {line.prefix for line in wanted.rates}
    if others:
        listed = ", ".join(sorted(others))
        yield kept(f"the own rate to {listed} of the package {name!r}")


def _make(session: ResellerSession, wanted: PackageToSell, *, currency: str, today: date) -> None:
    terms = wanted.table.terms()
    terms["pulse"] = Pulse(terms["pulse"])
    package = packages.create(session, name=wanted.table.name, currency=currency, **terms)
    rates = due((), wanted.rates, today=today)
    assert package.id != WHOLESALE
    if rates:
        price_lists.set_rates(session, rates, currency=currency, package_id=package.id)


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _plain(column: str) -> str:
    return column.removesuffix("_millionths").replace("_", " ")
