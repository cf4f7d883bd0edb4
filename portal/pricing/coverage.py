"""Which countries a package reaches, and what an ordinary message there costs and earns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from portal.pricing import destinations, rating
from portal.pricing.conditions import Conditions, Route
from portal.pricing.errors import DestinationRefused, NoRate
from portal.pricing.rating import Order, Quote, RateTable, Terms

_KINDS = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.FIXED_LINE,
)


@dataclass(frozen=True)
class Tables:
    """The price lists that a package is rated by, in one currency."""

    wholesale: Mapping[Route, RateTable]
    own: RateTable


@dataclass(frozen=True)
class Reached:
    """What one part to an ordinary mobile number of a country comes to, without any bundle.

    Without a quote nothing is sent there: it is refused by the package, or has no rate.
    """

    country: str
    quote: Quote | None
    refused: bool = False

    @property
    def margin(self) -> int:
        """What is left of the price, in millionths; 0 where nothing is sent."""
        return self.quote.price - self.quote.cost if self.quote else 0


def of(
    countries: Iterable[str], conditions: Conditions, terms: Terms, tables: Tables, *, on: date
) -> list[Reached]:
    """How a package reaches each of these countries."""
    return [_reached(country, conditions, terms, tables, on=on) for country in countries]


def gaps(conditions: Conditions, terms: Terms, tables: Tables, *, on: date) -> list[str]:
    """The countries that have no rate by the route that the package takes, in order of code.

    Those that it refuses are none: nobody expects to reach them.
    """
    every = (country.code for country in destinations.COUNTRIES)
    found = of(every, conditions, terms, tables, on=on)
    return [each.country for each in found if each.quote is None and not each.refused]


@lru_cache(maxsize=512)
def ordinary_number(country: str) -> str:
    """The digits of a mobile number as the country has them; the dial code where none is known."""
    for kind in _KINDS:
        number = phonenumbers.example_number_for_type(country, kind)
        if number is not None:
            return f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    return destinations.dial_code(country) or ""


def _reached(
    country: str, conditions: Conditions, terms: Terms, tables: Tables, *, on: date
) -> Reached:
    order = Order(digits=ordinary_number(country), country=country, parts=1)
    wholesale = tables.wholesale[conditions.route(country)]
    try:
        quote = rating.quote(order, terms, wholesale=wholesale, own=tables.own, on=on)
    except NoRate:
        return Reached(country, None)
    except DestinationRefused:
        return Reached(country, None, refused=True)
    return Reached(country, quote)
