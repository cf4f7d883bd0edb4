"""Compare what sending costs: wholesale rates, packages, and the packages' own rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from portal.infra.db import ResellerSession
from portal.pricing import differences, packages, price_lists, selling, showing
from portal.pricing.differences import Difference
from portal.pricing.models import Package
from portal.pricing.rating import Rate
from portal.provisioning.display_steps import in_words
from portal.provisioning.faults import BadFolder, Fault
from portal.provisioning.rate_files import DatedRate
from portal.provisioning.reading import PORTAL_FILE, PackageToSell, PortalFolder
from portal.provisioning.steps import Remark, Step, kept
from portal.tenancy import resellers, settings


def of_prices(
    session: ResellerSession, folder: PortalFolder, *, today: date
) -> Iterator[Step | Remark]:
    """Wholesale rates, then what holds without a package, then packages by name.

    Raises:
        BadFolder: a package has a name that a closed one had, or a markup below zero where the
            settings do not allow one.
    """
    yield from _of_wholesale(session, folder.rates, currency=folder.portal.currency, today=today)
    _refuse_negative(session, folder)
    present = {package.name: package for package in packages.listed(session)}
    if folder.defaults is not None:
        default = packages.default(session)
        yield from _of_package(session, default, folder.defaults, today=today)
    for wanted in folder.packages:
        package = present.pop(wanted.name, None)
        if package is None and selling.is_taken(session, wanted.name):
            what = "a package of this name was closed; give this one another"
            raise BadFolder([_fault(wanted, what)])
        yield from _of_package(session, package, wanted, today=today)
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


def _refuse_negative(session: ResellerSession, folder: PortalFolder) -> None:
    allowed = folder.portal.settings.negative_markup_allowed
    if allowed is None and resellers.own_if_any(session) is not None:
        allowed = settings.read(session).negative_markup_allowed
    sold = [*folder.packages, *([folder.defaults] if folder.defaults else [])]
    below = [each for each in sold if selling.is_negative(each.conditions)]
    if below and not allowed:
        what = "its markup is below zero; write negative_markup_allowed = true in [settings] first"
        raise BadFolder([_fault(each, what) for each in below])


def _fault(wanted: PackageToSell, what: str) -> Fault:
    key = f"package {wanted.name!r}" if wanted.name else "defaults"
    return Fault(file=PORTAL_FILE, key=key, what=what)


def _of_package(
    session: ResellerSession, package: Package | None, wanted: PackageToSell, *, today: date
) -> Iterator[Step | Remark]:
    said = f"the package {wanted.name!r}" if wanted.name else "the defaults"
    if package is None:
        yield Step(f"sell {said}", partial(_make, session, wanted, today=today))
        return
    holds = packages.holding(session, package.id, on=today).conditions
    changed = differences.between(holds, wanted.conditions)
    if changed:
        yield Step(
            f"change {', '.join(_plain(each, session) for each in changed)} of {said}",
            partial(
                packages.change,
                session,
                package,
                wanted.conditions,
                valid_from=today,
                today=today,
            ),
        )
    if wanted.name and showing.own(package) != wanted.display:
        says = "what the portal says" if wanted.display is None else in_words(wanted.display)
        yield Step(
            f"show clients with {said} {says}",
            partial(showing.put, package, wanted.display),
        )
    for currency, lines in wanted.rates.items():
        yield from _of_own_rates(session, package, lines, currency=currency, said=said, today=today)


def _of_own_rates(
    session: ResellerSession,
    package: Package,
    wanted: Sequence[DatedRate],
    *,
    currency: str,
    said: str,
    today: date,
) -> Iterator[Step | Remark]:
    present = price_lists.rates_in(session, currency=currency, package_id=package.id)
    rates = due(present, wanted, today=today)
    if rates:
        yield Step(
            f"write {_count(len(rates), 'own rate')} of {said}",
            partial(
                price_lists.set_rates, session, rates, currency=currency, package_id=package.id
            ),
        )
    others = {rate.prefix for rate in present} - {line.prefix for line in wanted}
    if others:
        yield kept(f"the own rate to {', '.join(sorted(others))} of {said}")


def _make(session: ResellerSession, wanted: PackageToSell, *, today: date) -> None:
    package = packages.create(
        session,
        name=wanted.name or selling.DEFAULT_NAME,
        conditions=wanted.conditions,
        is_default=not wanted.name,
    )
    showing.put(package, wanted.display)
    for currency, lines in wanted.rates.items():
        rates = due((), lines, today=today)
        if rates:
            price_lists.set_rates(session, rates, currency=currency, package_id=package.id)


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _plain(changed: Difference, session: ResellerSession) -> str:
    field = changed.field.removesuffix("_millionths").replace("_", " ")
    own = resellers.own(session).currency
    return field if changed.currency in {"", own} else f"{field} in {changed.currency}"
