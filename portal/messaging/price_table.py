"""The prices of all countries for one sub-account, made once for a package and its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.messaging.facts import Facts
from portal.pricing import country_prices
from portal.pricing.conditions import Route
from portal.pricing.country_prices import CountryPrice
from portal.pricing.rating import RateTable


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A table, and what it was made of: lists of another version are other objects."""

    day: date
    own: RateTable
    wholesale: Mapping[Route, RateTable]
    prices: Mapping[str, CountryPrice]

    def is_of(self, found: Facts) -> bool:
        return (
            self.day == found.today
            and self.own is found.own
            and all(self.wholesale[way] is table for way, table in found.wholesale.items())
        )


_MADE_MAX: Final = 200
_made: dict[tuple[int, str], _Made] = {}


def prices(found: Facts) -> Mapping[str, CountryPrice]:
    """What one part costs to each country that has a price, open or not, by its ISO code.

    Parts that are free for the moment, and prepaid ones, are not counted.
    """
    version_id = found.package_version_id
    if found.conditions is None or found.terms is None or version_id is None:
        return {}
    key = (version_id, found.currency)
    made = _made.get(key)
    if made is None or not made.is_of(found):
        made = _Made(
            day=found.today,
            own=found.own,
            wholesale=found.wholesale,
            prices=country_prices.by_country(
                found.conditions,
                found.terms,
                wholesale=found.wholesale,
                own=found.own,
                on=found.today,
            ),
        )
        if len(_made) >= _MADE_MAX:
            _made.clear()
        _made[key] = made
    return made.prices
