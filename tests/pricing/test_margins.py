"""Sell prices below cost: exactly where the price of a message says so."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.pricing import margins, rate_destinations
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.errors import PricingError
from portal.pricing.margins import Loss, below_cost
from portal.pricing.rating import (
    NO_RATES,
    FreeZone,
    Order,
    Rate,
    RateTable,
    Rule,
    Terms,
    quote,
)

TODAY = date(2026, 11, 20)
BEFORE, LATER = TODAY - timedelta(1), TODAY + timedelta(1)


def table(**prices: int | None) -> RateTable:
    return RateTable.compile(
        Rate(p.removeprefix("p"), price, BEFORE) for p, price in prices.items()
    )


WHOLESALE = table(p49=60_000, p4915=80_000, p1=9_000, p1876=200_000)


def test_own_rates_below_the_wholesale_rate_are_found() -> None:
    found = below_cost(
        Terms(currency="USD"), wholesale=WHOLESALE, own=table(p49=70_000, p1=8_999), on=TODAY
    )
    assert found == [
        Loss("1", 8_999, 9_000, Rule.OWN_RATE),
        Loss("1876", 8_999, 200_000, Rule.OWN_RATE),
        Loss("4915", 70_000, 80_000, Rule.OWN_RATE),
    ]


def test_a_longer_own_prefix_is_held_against_the_rate_that_covers_it() -> None:
    found = below_cost(
        Terms(currency="USD"), wholesale=WHOLESALE, own=table(p49151=79_999), on=TODAY
    )
    assert found == [Loss("49151", 79_999, 80_000, Rule.OWN_RATE)]


def test_a_flat_price_and_a_discount_are_found() -> None:
    flat = Terms(currency="USD", flat=70_000)
    assert [
        loss.prefix for loss in below_cost(flat, wholesale=WHOLESALE, own=NO_RATES, on=TODAY)
    ] == [
        "1876",
        "4915",
    ]
    cheaper = Terms(currency="USD", percent_millionths=-3)
    found = below_cost(cheaper, wholesale=WHOLESALE, own=NO_RATES, on=TODAY)
    assert [loss.prefix for loss in found] == ["1876"]  # elsewhere the millionth is rounded up
    dearer = Terms(currency="USD", fixed=1)
    assert below_cost(dearer, wholesale=WHOLESALE, own=NO_RATES, on=TODAY) == []


def test_what_is_not_sold_and_what_is_free_on_purpose() -> None:
    terms = Terms(
        currency="USD",
        flat=0,
        refused_countries=frozenset({"JM"}),
        refused_prefixes=("4915",),
        free_zones=(FreeZone(country="US"),),
    )
    assert below_cost(terms, wholesale=WHOLESALE, own=table(p7=1), on=TODAY) == [
        Loss("1", 0, 9_000, Rule.FREE_ZONE),
        Loss("49", 0, 60_000, Rule.FLAT),
    ]


def test_days_count() -> None:
    later = RateTable.compile([Rate("49", 60_000, BEFORE), Rate("49", 90_000, LATER)])
    own = table(p49=70_000)
    terms = Terms(currency="USD")
    assert below_cost(terms, wholesale=later, own=own, on=TODAY) == []
    assert below_cost(terms, wholesale=later, own=own, on=LATER)[0].cost == 90_000


def test_a_package_is_held_against_the_route_that_it_sends_by() -> None:
    conditions = Conditions(amounts={"USD": Amounts(flat_fee=70_000)}, routes={"DE": Route.PREMIUM})
    by_route = {Route.VALUE: table(p49=1, p1=80_000), Route.PREMIUM: table(p49=75_000, p1=1)}
    found = margins.of_conditions(
        conditions, currency="USD", wholesale=by_route, own=NO_RATES, on=TODAY
    )
    assert {loss.prefix: loss.cost for loss in found} == {"1": 80_000, "49": 75_000}
    plain = Conditions(amounts={"USD": Amounts(flat_fee=70_000)})
    found = margins.of_conditions(plain, currency="USD", wholesale=by_route, own=NO_RATES, on=TODAY)
    assert [loss.prefix for loss in found] == ["1"]
    assert (
        margins.of_conditions(plain, currency="EUR", wholesale=by_route, own=NO_RATES, on=TODAY)
        == []
    )


PREFIXES = st.sampled_from(["1", "12", "1416", "1876", "18769", "49", "491", "49151", "7", "77"])
LISTS = st.dictionaries(
    st.tuples(PREFIXES, st.sampled_from([BEFORE, TODAY, LATER])),
    st.none() | st.integers(0, 9),
    max_size=10,
).map(lambda lines: RateTable.compile(Rate(p, price, day) for (p, day), price in lines.items()))
ZONES = st.builds(
    FreeZone,
    country=st.sampled_from(["US", "DE", "KZ"]),
    prefix=st.none() | st.sampled_from(["1", "4915"]),
    cost_max=st.none() | st.integers(0, 9),
)
TERMS = st.builds(
    Terms,
    currency=st.just("USD"),
    refused_countries=st.frozensets(st.sampled_from(["JM", "RU"])),
    refused_prefixes=st.lists(st.sampled_from(["12", "491"]), max_size=1).map(tuple),
    free_zones=st.lists(ZONES, max_size=2).map(tuple),
    flat=st.none() | st.integers(0, 9),
    fixed=st.integers(-3, 3),
    percent_millionths=st.integers(-500_000, 500_000),
)


@given(terms=TERMS, wholesale=LISTS, own=LISTS)
def test_it_agrees_with_the_price_of_a_message(
    terms: Terms, wholesale: RateTable, own: RateTable
) -> None:
    found = {
        loss.prefix: loss for loss in below_cost(terms, wholesale=wholesale, own=own, on=TODAY)
    }
    for prefix in {*wholesale.prefixes(), *own.prefixes()}:
        order = Order(digits=prefix, country=rate_destinations.country_of(prefix), parts=1)
        try:
            priced = quote(order, terms, wholesale=wholesale, own=own, on=TODAY)
        except PricingError:
            assert prefix not in found
            continue
        assert (prefix in found) == (priced.unit_price < priced.unit_cost)
        if prefix in found:
            loss = found[prefix]
            assert (loss.price, loss.cost) == (priced.unit_price, priced.unit_cost)
            assert loss.rule == priced.rule


def test_ten_thousand_prefixes() -> None:
    wholesale = RateTable.compile(Rate(str(n), n, BEFORE) for n in range(10_000, 20_000))
    own = RateTable.compile(Rate(str(n), n - 1, BEFORE) for n in range(10_000, 20_000, 2))
    found = below_cost(Terms(currency="USD"), wholesale=wholesale, own=own, on=TODAY)
    assert [loss.prefix for loss in found] == [str(n) for n in range(10_000, 20_000, 2)]
