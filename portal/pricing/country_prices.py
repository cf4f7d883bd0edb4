"""What one part costs to each country, as a price page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.pricing import destinations, rating
from portal.pricing.conditions import Conditions, Route
from portal.pricing.errors import PricingError
from portal.pricing.rating import Order, Quote, RateTable, Terms


@dataclass(frozen=True, kw_only=True)
class CountryPrice:
    """The prices of one part to the networks of a country, in millionths, and what they cost.

    `usual` is the price of the country's dial code, which all networks without a line of their own
    have; None where only some networks can be reached.
    """

    country: str
    lowest: int
    highest: int
    usual: int | None
    lowest_cost: int
    highest_cost: int
    networks: int


def by_country(
    conditions: Conditions,
    terms: Terms,
    *,
    wholesale: Mapping[Route, RateTable],
    own: RateTable,
    on: date,
) -> dict[str, CountryPrice]:
    """The countries that a message can be sent to with these conditions, by their ISO code."""
    quotes: defaultdict[str, dict[str, Quote]] = defaultdict(dict)
    for country, prefix in _places(wholesale, own):
        order = Order(digits=prefix, country=country, parts=1)
        table = wholesale[conditions.route(country)]
        try:
            quotes[country][prefix] = rating.quote(order, terms, wholesale=table, own=own, on=on)
        except PricingError:
            continue
    return {country: _price(country, found) for country, found in quotes.items() if found}


def _places(wholesale: Mapping[Route, RateTable], own: RateTable) -> Iterator[tuple[str, str]]:
    """Each country with its dial code, and with each longer prefix that has a line."""
    for country in destinations.COUNTRIES:
        yield country.code, country.dial_code
    prefixes = {prefix for table in (*wholesale.values(), own) for prefix in table.prefixes()}
    for prefix in prefixes:
        code = destinations.country_of(prefix)
        if code is not None and prefix != destinations.dial_code(code):
            yield code, prefix


def _price(country: str, quotes: Mapping[str, Quote]) -> CountryPrice:
    prices = [quote.price for quote in quotes.values()]
    costs = [quote.cost for quote in quotes.values()]
    whole = quotes.get(destinations.dial_code(country) or "")
    return CountryPrice(
        country=country,
        lowest=min(prices),
        highest=max(prices),
        usual=None if whole is None else whole.price,
        lowest_cost=min(costs),
        highest_cost=max(costs),
        networks=len(quotes),
    )
