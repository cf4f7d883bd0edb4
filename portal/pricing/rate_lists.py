"""One price list as people see it: searched, changed rate by rate, and looked at for losses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.pricing import margins, packages, price_lists, rate_destinations
from portal.pricing.conditions import Route
from portal.pricing.margins import Loss
from portal.pricing.models import Package, PriceList
from portal.pricing.price_lists import WHOLESALE
from portal.pricing.rating import Rate, RateTable, Rule

DAYS_MAX = 6
"""On how many days to come losses are looked for: a sheet has one or two, and each takes time."""


@dataclass(frozen=True, kw_only=True)
class ListName:
    """Which price list: a package's own rates, or what the operator asks where that is 0."""

    currency: str
    package_id: int = WHOLESALE
    route: Route = Route.VALUE


@dataclass(frozen=True)
class PrefixRates:
    """What a list says of a prefix: the line that holds on a day, and those of later days."""

    prefix: str
    holding: Rate | None
    coming: tuple[Rate, ...]


@dataclass(frozen=True)
class PackageLosses:
    """What a package sells below cost; free zones, which are free on purpose, are left out.

    `new` are the prefixes that it does not sell below cost without the change.
    """

    package: Package
    losses: tuple[Loss, ...]
    new: frozenset[str]
    on: date


def rates(session: ResellerSession, name: ListName) -> list[Rate]:
    """All lines of a list by prefix and day; none where there is no such list."""
    return price_lists.rates_in(
        session, currency=name.currency, package_id=name.package_id, route=name.route
    )


def version(session: ResellerSession, name: ListName, *, lock: bool = False) -> int:
    """Which state of a list it is, another with every change; 0 for one that is not there."""
    query = select(PriceList.version).where(
        PriceList.package_id == name.package_id,
        PriceList.currency == name.currency,
        PriceList.route == name.route.value,
    )
    return session.scalar(query.with_for_update() if lock else query) or 0


def search(
    session: ResellerSession,
    name: ListName,
    *,
    on: date,
    digits: str = "",
    countries: Collection[str] | None = None,
) -> list[PrefixRates]:
    """The prefixes of a list that have a rate on a day or later, by prefix.

    `digits` finds prefixes that begin so, and those that numbers which begin so are priced by.
    `countries` finds those that lie in one of them.
    """
    found = []
    for prefix, lines in groupby(rates(session, name), key=lambda rate: rate.prefix):
        if digits and not (prefix.startswith(digits) or digits.startswith(prefix)):
            continue
        if countries is not None and rate_destinations.country_of(prefix) not in countries:
            continue
        shown = _shown(prefix, list(lines), on=on)
        if shown.coming or (shown.holding and shown.holding.price is not None):
            found.append(shown)
    return found


def lines_of(session: ResellerSession, name: ListName, prefix: str) -> list[Rate]:
    """Everything that a list says of one prefix, by day."""
    return [rate for rate in rates(session, name) if rate.prefix == prefix]


def change(session: ResellerSession, name: ListName, rate: Rate, *, by: Actor) -> None:
    """Write one line: a price from a day on, or without a price the end of one."""
    price_lists.set_rates(
        session, [rate], currency=name.currency, package_id=name.package_id, route=name.route
    )
    record(session, name, by=by, rates=1)


def record(session: ResellerSession, name: ListName, *, by: Actor, rates: int) -> None:
    """Note in the log that lines of a list were written."""
    currency, route = name.currency, name.route.value
    if name.package_id == WHOLESALE:
        activity.record(
            session, by=by, what="costs.changed", currency=currency, route=route, rates=rates
        )
    else:
        activity.record(
            session,
            by=by,
            what="rates.changed",
            about_id=name.package_id,
            currency=currency,
            route=route,
            rates=rates,
        )


def losses(
    session: ResellerSession, name: ListName, written: Sequence[Rate], *, today: date
) -> list[PackageLosses]:
    """Which packages sell below cost once these lines are in the list, by name, today or later.

    For the wholesale list that is all packages with amounts in its currency, for own rates the one
    package. Of several days, the first with the most losses counts.
    """
    present = rates(session, name)
    days = {max(rate.valid_from, today) for rate in written}
    return _compared(session, name, present, merged(present, written), days=days or {today})


def losses_since(
    session: ResellerSession, name: ListName, before: Sequence[Rate], *, today: date
) -> list[PackageLosses]:
    """The same of a list that is written already, and what it said before."""
    present = rates(session, name)
    days = {max(rate.valid_from, today) for rate in {*before} ^ {*present}}
    return _compared(session, name, before, present, days=days) if days else []


def _compared(
    session: ResellerSession,
    name: ListName,
    old: Iterable[Rate],
    new: Iterable[Rate],
    *,
    days: Collection[date],
) -> list[PackageLosses]:
    before, after = RateTable.compile(old), RateTable.compile(new)
    found = []
    for package in _concerned(session, name):
        of_days = [
            _of_package(session, package, name, before=before, after=after, on=day)
            for day in sorted(days)[:DAYS_MAX]
        ]
        worst = max(of_days, key=lambda each: len(each.losses))
        if worst.losses:
            found.append(worst)
    return found


def merged(present: Iterable[Rate], written: Iterable[Rate]) -> list[Rate]:
    """A list with lines written into it."""
    lines = {(rate.prefix, rate.valid_from): rate for rate in present}
    return list((lines | {(rate.prefix, rate.valid_from): rate for rate in written}).values())


def _of_package(
    session: ResellerSession,
    package: Package,
    name: ListName,
    *,
    before: RateTable,
    after: RateTable,
    on: date,
) -> PackageLosses:
    conditions = packages.holding(session, package.id, on=on).conditions
    found = []
    for changed in (before, after):
        costs = {
            route: table(session, ListName(currency=name.currency, route=route))
            for route in {Route.VALUE, *conditions.routes.values()}
        }
        own = table(session, ListName(currency=name.currency, package_id=package.id))
        if name.package_id == WHOLESALE:
            costs[name.route] = changed
        else:
            own = changed
        below = margins.of_conditions(
            conditions, currency=name.currency, wholesale=costs, own=own, on=on
        )
        found.append([loss for loss in below if loss.rule is not Rule.FREE_ZONE])
    known = {loss.prefix for loss in found[0]}
    new = frozenset(loss.prefix for loss in found[1]) - known
    return PackageLosses(package, tuple(found[1]), new, on)


def _concerned(session: ResellerSession, name: ListName) -> list[Package]:
    if name.package_id != WHOLESALE:
        return [packages.by_id(session, name.package_id)]
    default = packages.default(session)
    return [*packages.listed(session), *([default] if default else [])]


def table(session: ResellerSession, name: ListName) -> RateTable:
    """A list as prices are made from it."""
    found = session.execute(
        select(PriceList.id, PriceList.version).where(
            PriceList.package_id == name.package_id,
            PriceList.currency == name.currency,
            PriceList.route == name.route.value,
        )
    ).one_or_none()
    return price_lists.table(session, *(found or (None, None)))


def _shown(prefix: str, lines: Sequence[Rate], *, on: date) -> PrefixRates:
    past = [rate for rate in lines if rate.valid_from <= on]
    return PrefixRates(prefix, past[-1] if past else None, tuple(lines[len(past) :]))
