"""What holds for every price: a plain model agrees with it, and nobody gains by an accident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from portal.pricing.errors import DestinationRefused, NoRate
from portal.pricing.rating import (
    NO_RATES,
    FreeZone,
    Match,
    Order,
    Pulse,
    Quote,
    Rate,
    RateTable,
    Rule,
    Terms,
    quote,
)

ON = date(2026, 5, 5)
Lines = Mapping[tuple[str, date], int | None]

# Few digits and days, so that prefixes nest, and meet numbers, and follow one another.
PREFIXES = st.text(alphabet="123", min_size=1, max_size=4)
DAYS = st.dates(date(2026, 5, 1), date(2026, 5, 9))
COUNTRIES = st.sampled_from(["DE", "US"])
PRICES = st.one_of(st.integers(0, 20), st.integers(0, 2_000_000))
LINES = st.dictionaries(
    st.tuples(PREFIXES, DAYS), st.one_of(PRICES, PRICES, st.none()), max_size=12
)
WHOLESALE = st.builds(
    # A list that always has something for the number keeps most examples from being refused.
    lambda lines, least: {**{(digit, date(2026, 5, 1)): least for digit in "123"}, **lines},
    LINES,
    PRICES,
)
ZONES = st.builds(
    FreeZone,
    country=COUNTRIES,
    prefix=st.one_of(st.none(), PREFIXES),
    cost_max=st.one_of(st.none(), PRICES),
) | st.builds(FreeZone, prefix=PREFIXES, cost_max=st.one_of(st.none(), PRICES))
TERMS = st.builds(
    Terms,
    currency=st.just("EUR"),
    refused_countries=st.sampled_from([frozenset(), frozenset({"US"})]),
    refused_prefixes=st.sampled_from([(), ("32",), ("111", "33")]),
    on_net_free=st.booleans(),
    free_zones=st.lists(ZONES, max_size=2).map(tuple),
    flat=st.one_of(st.none(), st.none(), PRICES),
    fixed=st.integers(-20, 20) | st.integers(-100_000, 1_000_000),
    percent_millionths=st.sampled_from([0, 1, 200_000, -500_000, -1_000_000, -1_200_000])
    | st.integers(-1_500_000, 5_000_000),
    pulse=st.sampled_from(Pulse),
    addition=st.sampled_from([0, 1, 50_000]),
)
ORDERS = st.builds(
    Order,
    digits=st.text(alphabet="123", min_size=1, max_size=6),
    country=COUNTRIES,
    parts=st.integers(1, 12),
    on_net=st.sampled_from([False, False, True]),
    own_number=st.sampled_from([False, False, False, False, True]),
    bundle_left=st.integers(0, 15),
)


def table(lines: Lines) -> RateTable:
    return RateTable.compile(Rate(prefix, price, day) for (prefix, day), price in lines.items())


def priced(order: Order, terms: Terms, wholesale: Lines, own: Lines) -> Quote:
    return quote(order, terms, wholesale=table(wholesale), own=table(own), on=ON)


def asked(order: Order, terms: Terms, wholesale: Lines, own: Lines) -> Quote:
    """The price; an example that is refused shows nothing of one."""
    try:
        return priced(order, terms, wholesale, own)
    except (DestinationRefused, NoRate):
        assume(False)
        raise


# The model: every rule as SEMANTICS.md 2 says it, by search and by decimals


def searched(lines: Lines, digits: str) -> Match | None:
    """The longest prefix that has a price today, at its newest; by looking at every line."""
    newest: dict[str, tuple[date, int | None]] = {}
    for (prefix, day), price in lines.items():
        if (
            digits.startswith(prefix)
            and day <= ON
            and (prefix not in newest or newest[prefix][0] < day)
        ):
            newest[prefix] = day, price
    with_price = {prefix: price for prefix, (_, price) in newest.items() if price is not None}
    if not with_price:
        return None
    longest = max(with_price, key=len)
    return Match(longest, with_price[longest])


def marked_up(cost: int, terms: Terms) -> int:
    percent = Decimal(terms.percent_millionths) / 10_000
    base = Decimal(cost + terms.fixed) / 1_000_000
    price = base * (1 + percent / 100) if base > 0 else Decimal(0)
    rounded = price.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return max(int(rounded * 1_000_000), 0)


def modelled(order: Order, terms: Terms, wholesale: Lines, own: Lines) -> tuple[object, ...]:
    digits, country = order.digits, order.country
    if country in terms.refused_countries or any(
        digits.startswith(prefix) for prefix in terms.refused_prefixes
    ):
        return ("refused",)
    if order.own_number or (order.on_net and terms.on_net_free):
        return (Rule.ON_NET, "", 0, 0, 0, 0)
    base = searched(wholesale, digits)
    if base is None:
        return ("no rate",)
    cost = order.parts * base.price
    for zone in terms.free_zones:
        if (
            zone.country in {None, country}
            and digits.startswith(zone.prefix or "")
            and (zone.cost_max is None or base.price <= zone.cost_max)
        ):
            return (Rule.FREE_ZONE, zone.prefix or base.prefix, cost, 0, 0, 0)
    custom = searched(own, digits)
    if custom is not None:
        rule, prefix, unit = Rule.OWN_RATE, custom.prefix, custom.price
    elif terms.flat is not None:
        rule, prefix, unit = Rule.FLAT, base.prefix, terms.flat
    else:
        rule, prefix, unit = Rule.MARKUP, base.prefix, marked_up(base.price, terms)
    taken = min(order.bundle_left, order.parts)
    charged = order.parts - taken
    if charged == 0:
        return (rule, prefix, cost, taken, unit, 0)
    times = charged if terms.pulse is Pulse.PART else 1
    return (rule, prefix, cost, taken, unit, times * unit + terms.addition)


@given(ORDERS, TERMS, st.one_of(WHOLESALE, LINES), LINES)
def test_a_price_is_what_the_model_says(
    order: Order, terms: Terms, wholesale: Lines, own: Lines
) -> None:
    try:
        found = priced(order, terms, wholesale, own)
    except DestinationRefused:
        told: tuple[object, ...] = ("refused",)
    except NoRate:
        told = ("no rate",)
    else:
        told = (
            *(found.rule, found.prefix, found.cost),
            *(found.bundle_parts, found.unit_price, found.price),
        )
    event(str(told[0]))
    assert told == modelled(order, terms, wholesale, own)


@given(LINES, st.text(alphabet="123", max_size=6))
def test_the_longest_prefix_with_a_price_wins_and_its_newest_line(
    lines: Lines, digits: str
) -> None:
    assert table(lines).match(digits, ON) == searched(lines, digits)


# What no markup, bundle or list may do


@given(ORDERS, TERMS, WHOLESALE, LINES)
def test_nothing_is_below_zero_and_a_receipt_adds_up(
    order: Order, terms: Terms, wholesale: Lines, own: Lines
) -> None:
    found = asked(order, terms, wholesale, own)
    amounts = (found.unit_cost, found.cost, found.unit_price, found.addition, found.price)
    assert min(amounts) >= 0
    assert found.cost == found.unit_cost * order.parts
    rest = order.parts - found.bundle_parts
    pulses = rest if terms.pulse is Pulse.PART else min(rest, 1)
    assert found.price == pulses * found.unit_price + found.addition


@given(ORDERS, TERMS, LINES, LINES)
def test_without_a_wholesale_rate_there_is_no_price_at_all(
    order: Order, terms: Terms, wholesale: Lines, own: Lines
) -> None:
    """Never 0, and never at cost: but on-net, which no gateway is paid for."""
    assume(searched(wholesale, order.digits) is None)
    try:
        found = priced(order, terms, wholesale, own)
    except (DestinationRefused, NoRate):
        return
    assert (found.rule, found.cost) == (Rule.ON_NET, 0)


@given(ORDERS, TERMS, WHOLESALE)
def test_at_cost_only_if_the_markup_says_so(order: Order, terms: Terms, wholesale: Lines) -> None:
    """With a markup that adds anything that a millionth can show, the price is above the cost."""
    terms = replace(
        terms,
        flat=None,
        free_zones=(),
        on_net_free=False,
        fixed=abs(terms.fixed),
        percent_millionths=abs(terms.percent_millionths),
    )
    order = replace(order, own_number=False)
    found = asked(order, terms, wholesale, {})
    added = (found.unit_cost + found.fixed) * (1_000_000 + found.percent_millionths)
    added -= found.unit_cost * 1_000_000
    assert found.unit_price >= found.unit_cost
    assert (found.unit_price == found.unit_cost) == (added < 500_000)


@given(ORDERS, TERMS, WHOLESALE, LINES)
def test_a_part_more_is_never_cheaper(
    order: Order, terms: Terms, wholesale: Lines, own: Lines
) -> None:
    one = asked(order, terms, wholesale, own)
    more = asked(replace(order, parts=order.parts + 1), terms, wholesale, own)
    assert more.price >= one.price
    assert more.cost >= one.cost
    assert more.bundle_parts >= one.bundle_parts
    assert (more.rule, more.prefix, more.unit_price) == (one.rule, one.prefix, one.unit_price)


@given(ORDERS, TERMS, WHOLESALE, LINES)
def test_a_bundle_takes_what_it_has_and_never_makes_it_dearer(
    order: Order, terms: Terms, wholesale: Lines, own: Lines
) -> None:
    without = asked(replace(order, bundle_left=0), terms, wholesale, own)
    found = asked(order, terms, wholesale, own)
    if found.rule in {Rule.ON_NET, Rule.FREE_ZONE}:
        assert found == without
        return
    assert found.bundle_parts == min(order.bundle_left, order.parts)
    assert without.bundle_parts == 0
    assert found.cost == without.cost
    assert found.price <= without.price
    if order.bundle_left >= order.parts:
        assert (found.price, found.addition) == (0, 0)
    elif terms.pulse is Pulse.PART:
        assert without.price - found.price == found.bundle_parts * found.unit_price


@given(ORDERS, TERMS, WHOLESALE, LINES, ZONES)
def test_a_free_zone_is_free_and_costs_the_reseller(
    order: Order, terms: Terms, wholesale: Lines, own: Lines, zone: FreeZone
) -> None:
    before = asked(order, terms, wholesale, own)
    after = asked(order, replace(terms, free_zones=(*terms.free_zones, zone)), wholesale, own)
    holds = zone.holds(digits=order.digits, country=order.country, cost=before.unit_cost)
    if before.rule in {Rule.ON_NET, Rule.FREE_ZONE} or not holds:
        assert after == before
        return
    assert (after.rule, after.price, after.bundle_parts) == (Rule.FREE_ZONE, 0, 0)
    assert after.cost == before.cost


@given(ORDERS, TERMS, WHOLESALE, LINES, st.builds(Rate, PREFIXES, PRICES, DAYS))
def test_a_line_for_other_numbers_or_of_a_later_day_changes_nothing(
    order: Order, terms: Terms, wholesale: Lines, own: Lines, line: Rate
) -> None:
    assume(line.valid_from > ON or not order.digits.startswith(line.prefix))
    found = asked(order, terms, wholesale, own)
    added = {(line.prefix, line.valid_from): line.price}
    assert asked(order, terms, {**wholesale, **added}, own) == found
    assert asked(order, terms, wholesale, {**own, **added}) == found


@given(ORDERS, TERMS, WHOLESALE, LINES)
def test_a_quota_pays_in_parts_what_would_cost_money(
    order: Order, terms: Terms, wholesale: Lines, own: Lines
) -> None:
    without = asked(order, terms, wholesale, own)
    found = asked(replace(order, on_quota=True), terms, wholesale, own)
    if without.rule in {Rule.ON_NET, Rule.FREE_ZONE}:
        assert found == without
        return
    assert (found.rule, found.price, found.bundle_parts) == (Rule.QUOTA, 0, 0)
    assert (found.quota_parts, found.cost) == (order.parts, without.cost)


def test_the_model_is_not_only_refusals() -> None:
    """The example that the properties stand on, by hand: so that they cannot all be vacuous."""
    order = Order(digits="123", country="DE", parts=3, bundle_left=1)
    terms = Terms(currency="EUR", fixed=2_500, percent_millionths=200_000)
    lines: Lines = {("1", date(2026, 5, 1)): 9_000}
    assert modelled(order, terms, lines, {}) == (Rule.MARKUP, "1", 27_000, 1, 13_800, 27_600)
    with pytest.raises(NoRate):
        quote(order, terms, wholesale=NO_RATES, own=NO_RATES, on=ON)
