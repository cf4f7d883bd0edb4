"""What is sold below cost at present, found once for a package and its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.infra.db import ResellerSession
from portal.pricing import margins, packages, rate_destinations, rated, shelf
from portal.pricing.conditions import Conditions, Route
from portal.pricing.coverage import Tables
from portal.pricing.models import Package
from portal.pricing.rating import RateTable, Rule


@dataclass(frozen=True, kw_only=True)
class Found:
    """A destination at a loss, and the day since when it has this price and this cost.

    Both are of a part, in millionths of the currency.
    """

    currency: str
    prefix: str
    price: int
    cost: int
    since: date


@dataclass(frozen=True)
class Below:
    """A destination that a package sells at a loss."""

    package: Package
    found: Found


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What was found, and of what: lists of another version are other objects."""

    day: date
    since: date
    conditions: Conditions
    own: RateTable
    wholesale: Mapping[Route, RateTable]
    found: tuple[Found, ...]

    def is_of(self, conditions: Conditions, tables: Tables, *, since: date, on: date) -> bool:
        return (
            self.day == on
            and self.since == since
            and self.own is tables.own
            and all(self.wholesale[route] is table for route, table in tables.wholesale.items())
            and self.conditions == conditions
        )


_MADE_MAX: Final = 500
_made: dict[tuple[int, str], _Made] = {}


def listed(session: ResellerSession, *, on: date) -> list[Below]:
    """All of it by package, the one for those without a package last, the greatest loss first.

    Free zones, which are free on purpose, are left out.
    """
    held = [(each.package, each.conditions, each.since) for each in shelf.sold(session, on=on)]
    default = packages.default(session)
    if default is not None:
        version = packages.holding(session, default.id, on=on)
        held.append((default, version.conditions, version.valid_from))
    lists = rated.every_table(session)
    return [
        Below(package, found)
        for package, conditions, since in held
        for currency in conditions.amounts
        for found in _of_package(
            package.id,
            conditions,
            lists(package_id=package.id, currency=currency),
            currency=currency,
            since=since,
            on=on,
        )
    ]


def _of_package(
    package_id: int,
    conditions: Conditions,
    tables: Tables,
    *,
    currency: str,
    since: date,
    on: date,
) -> tuple[Found, ...]:
    key = (package_id, currency)
    made = _made.get(key)
    if made is None or not made.is_of(conditions, tables, since=since, on=on):
        made = _Made(
            day=on,
            since=since,
            conditions=conditions,
            own=tables.own,
            wholesale=tables.wholesale,
            found=_find(conditions, tables, currency=currency, since=since, on=on),
        )
        if len(_made) >= _MADE_MAX:
            _made.clear()
        _made[key] = made
    return made.found


def _find(
    conditions: Conditions, tables: Tables, *, currency: str, since: date, on: date
) -> tuple[Found, ...]:
    losses = [
        loss
        for loss in margins.of_conditions(
            conditions, currency=currency, wholesale=tables.wholesale, own=tables.own, on=on
        )
        if loss.rule is not Rule.FREE_ZONE
    ]
    found = []
    for loss in sorted(losses, key=lambda loss: (loss.price - loss.cost, loss.prefix)):
        route = conditions.route(rate_destinations.country_of(loss.prefix))
        costs_since = tables.wholesale[route].begins(loss.prefix, on)
        sold_since = tables.own.begins(loss.prefix, on)
        found.append(
            Found(
                currency=currency,
                prefix=loss.prefix,
                price=loss.price,
                cost=loss.cost,
                since=max(day for day in (since, costs_since, sold_since) if day is not None),
            )
        )
    return tuple(found)
