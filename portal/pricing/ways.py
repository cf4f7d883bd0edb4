"""The route by country, said the short way: one for all, and the countries that take the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.pricing.conditions import OTHER_COUNTRIES, Route


@dataclass(frozen=True)
class Ways:
    """The route to every country but the exceptions, which take the other one."""

    usual: Route
    exceptions: tuple[str, ...]


def ways(routes: Mapping[str, Route]) -> Ways:
    """What a package's routes come to."""
    usual = routes.get(OTHER_COUNTRIES, Route.VALUE)
    exceptions = {
        country
        for country, route in routes.items()
        if country != OTHER_COUNTRIES and route is not usual
    }
    return Ways(usual, tuple(sorted(exceptions)))


def routes(usual: Route, exceptions: Iterable[str]) -> dict[str, Route]:
    """The same as a package keeps it; equal ways are always equal routes."""
    other = Route.PREMIUM if usual is Route.VALUE else Route.VALUE
    found = dict.fromkeys(sorted(set(exceptions)), other)
    return found if usual is Route.VALUE else {**found, OTHER_COUNTRIES: usual}
