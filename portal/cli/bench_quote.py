"""How many messages a second can be priced in memory."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.pricing.rating import NO_RATES, Order, Rate, RateTable, Terms, quote

PREFIXES: Final = 10_000
_NUMBERS: Final = 1_000
_DAY: Final = date(2026, 1, 1)
_SEED: Final = 20_260_101
_NANOSECONDS: Final = 1_000_000_000
_CURRENCY: Final = "EUR"
_COUNTRY: Final = "DE"
_PRICE_MAX: Final = 200_000


@dataclass(frozen=True, kw_only=True)
class Quotes:
    """Quotes a second, and what one took, in microseconds."""

    a_second: float
    mean: float
    median: float


def measure(*, seconds: float) -> Quotes:
    """Price messages to numbers all over a list of 10,000 prefixes, one after the other."""
    orders, wholesale = _made_up()
    terms = Terms(currency=_CURRENCY, fixed=2_500, percent_millionths=200_000)
    took: list[int] = []
    end = time.perf_counter_ns() + int(seconds * _NANOSECONDS)
    begun = time.perf_counter_ns()
    while begun < end:
        for order in orders:
            before = time.perf_counter_ns()
            quote(order, terms, wholesale=wholesale, own=NO_RATES, on=_DAY)
            took.append(time.perf_counter_ns() - before)
        begun = time.perf_counter_ns()
    mean = statistics.fmean(took)
    return Quotes(
        a_second=_NANOSECONDS / mean, mean=mean / 1000, median=statistics.median(took) / 1000
    )


def _made_up() -> tuple[list[Order], RateTable]:
    """A list as long as a carrier's, the same at each run, and orders that it has rates for."""
    chance = random.Random(_SEED)  # noqa: S311 - no secret
    prefixes = {str(country) for country in range(1, 10)}
    while len(prefixes) < PREFIXES:
        prefixes.add(str(chance.randrange(10, 10 ** chance.randint(2, 7))))
    table = RateTable.compile(
        Rate(prefix, chance.randrange(1, _PRICE_MAX), _DAY) for prefix in sorted(prefixes)
    )
    orders = [
        Order(
            digits=str(chance.randrange(10**10, 10**13)),
            country=_COUNTRY,
            parts=chance.randint(1, 3),
        )
        for _ in range(_NUMBERS)
    ]
    return orders, table
