"""What is sold below cost at present, found once for a package and its lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.infra.db import ResellerSession
from portal.pricing import margins, packages, rate_destinations, rated, shelf
from portal.pricing.conditions import Conditions
from portal.pricing.coverage import Tables
from portal.pricing.margins import Loss
from portal.pricing.models import Package
from portal.pricing.rating import Rule


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What losses follow from; lists of another version are other objects."""

    currency: str
    conditions: Conditions
    tables: Tables
    since: date
    on: date

    def is_same(self, other: _Said) -> bool:
        mine, theirs = self.tables, other.tables
        return (
            self.on == other.on
            and self.since == other.since
            and mine.own is theirs.own
            and all(mine.wholesale[route] is each for route, each in theirs.wholesale.items())
            and self.conditions == other.conditions
        )


@dataclass(frozen=True, kw_only=True)
class Below:
    """What a package sells at a loss in one currency, the greatest loss first."""

    package: Package
    currency: str
    losses: tuple[Loss, ...]
    _said: _Said

    def since(self, loss: Loss) -> date:
        """The day since when it has this price and this cost."""
        said = self._said
        route = said.conditions.route(rate_destinations.country_of(loss.prefix))
        begun = (
            said.since,
            said.tables.wholesale[route].begins(loss.prefix, said.on),
            said.tables.own.begins(loss.prefix, said.on),
        )
        return max(day for day in begun if day is not None)


_FOUND_MAX: Final = 500
_found: dict[tuple[int, str], tuple[_Said, tuple[Loss, ...]]] = {}


def listed(session: ResellerSession, *, on: date) -> list[Below]:
    """The packages that sell anything so, by name; the one for those without a package is last.

    Free zones, which are free on purpose, are left out.
    """
    held = [(each.package, each.conditions, each.since) for each in shelf.sold(session, on=on)]
    default = packages.default(session)
    if default is not None:
        version = packages.holding(session, default.id, on=on)
        held.append((default, version.conditions, version.valid_from))
    lists = rated.lists(session)
    found = []
    for package, conditions, since in held:
        for currency in conditions.amounts:
            tables = lists.tables(package_id=package.id, currency=currency)
            said = _Said(
                currency=currency, conditions=conditions, tables=tables, since=since, on=on
            )
            losses = _losses(package.id, said)
            if losses:
                found.append(Below(package=package, currency=currency, losses=losses, _said=said))
    return found


def count(session: ResellerSession, *, on: date) -> int:
    """How many destinations are sold so; one that two packages have is two."""
    return sum(len(each.losses) for each in listed(session, on=on))


def _losses(package_id: int, said: _Said) -> tuple[Loss, ...]:
    key = (package_id, said.currency)
    before = _found.get(key)
    if before is not None and before[0].is_same(said):
        return before[1]
    below = margins.of_conditions(
        said.conditions,
        currency=said.currency,
        wholesale=said.tables.wholesale,
        own=said.tables.own,
        on=said.on,
    )
    meant = [loss for loss in below if loss.rule is not Rule.FREE_ZONE]
    losses = tuple(sorted(meant, key=lambda loss: loss.price - loss.cost))
    if len(_found) >= _FOUND_MAX:
        _found.clear()
    _found[key] = (said, losses)
    return losses
