from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
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

TODAY = date(2026, 5, 1)
BEFORE = TODAY - timedelta(days=1)
LATER = TODAY + timedelta(days=1)

WHOLESALE = RateTable.compile(
    [Rate("49", 9_000, BEFORE), Rate("491511", 8_000, BEFORE), Rate("1", 5_000, BEFORE)]
)
TERMS: dict[str, Any] = {"currency": "EUR", "fixed": 2_500, "percent_millionths": 200_000}


def priced(
    *,
    order: dict[str, Any] | None = None,
    own: RateTable = NO_RATES,
    wholesale: RateTable = WHOLESALE,
    **terms: Any,
) -> Quote:
    asked = {"digits": "491601234567", "country": "DE", "parts": 1} | (order or {})
    return quote(Order(**asked), Terms(**TERMS | terms), wholesale=wholesale, own=own, on=TODAY)


# Rate tables


@pytest.mark.parametrize("prefix", ["", "+49", "49a", "４９", "1" * 16, "49\n"])
def test_a_prefix_is_digits(prefix: str) -> None:
    with pytest.raises(ValueError, match="no rate"):
        RateTable.compile([Rate(prefix, 1, TODAY)])


def test_a_rate_is_not_below_zero() -> None:
    with pytest.raises(ValueError, match="no rate"):
        RateTable.compile([Rate("49", -1, TODAY)])


def test_one_prefix_has_one_rate_a_day() -> None:
    with pytest.raises(ValueError, match="two rates"):
        RateTable.compile([Rate("49", 1, TODAY), Rate("49", 2, TODAY)])


def test_no_match() -> None:
    table = RateTable.compile([Rate("49", 1, TODAY)])
    assert table.match("48601234567", TODAY) is None
    assert table.match("4", TODAY) is None
    assert table.match("", TODAY) is None
    assert NO_RATES.match("49", TODAY) is None


def test_the_longest_prefix_matches() -> None:
    table = RateTable.compile([Rate("4", 1, TODAY), Rate("491", 2, TODAY), Rate("4915", 3, TODAY)])
    assert table.match("4915112345678", TODAY) == Match("4915", 3)
    assert table.match("4916012345678", TODAY) == Match("491", 2)
    assert table.match("48", TODAY) == Match("4", 1)
    assert table.match("491", TODAY) == Match("491", 2)


def test_a_longer_prefix_counts_from_its_day_only() -> None:
    table = RateTable.compile([Rate("49", 1, BEFORE), Rate("491", 2, LATER)])
    assert table.match("491", TODAY) == Match("49", 1)
    assert table.match("491", LATER) == Match("491", 2)
    assert table.match("491", BEFORE - timedelta(days=1)) is None


def test_of_equal_prefixes_the_newest_valid_one_matches() -> None:
    table = RateTable.compile([Rate("49", 2, TODAY), Rate("49", 1, BEFORE), Rate("49", 3, LATER)])
    assert [table.match("49", day) for day in (BEFORE, TODAY, LATER)] == [
        Match("49", 1),
        Match("49", 2),
        Match("49", 3),
    ]


def test_where_a_rate_has_ended_the_next_shorter_prefix_holds() -> None:
    lines = [Rate("4", 1, BEFORE), Rate("49", 2, BEFORE), Rate("49", None, TODAY)]
    table = RateTable.compile([*lines, Rate("49", 3, LATER), Rate("1", None, BEFORE)])
    assert [table.match("491", day) for day in (BEFORE, TODAY, LATER)] == [
        Match("49", 2),
        Match("4", 1),
        Match("49", 3),
    ]
    assert table.match("1", TODAY) is None
    assert set(table.prefixes()) == {"1", "4", "49"}


PREFIXES = st.text(alphabet="123", min_size=1, max_size=5)
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 9))


@given(
    st.dictionaries(st.tuples(PREFIXES, DAYS), st.integers(0, 9), max_size=40),
    st.text(alphabet="123", max_size=8),
    DAYS,
)
def test_match_is_what_a_search_through_all_lines_finds(
    lines: dict[tuple[str, date], int], digits: str, on: date
) -> None:
    table = RateTable.compile(Rate(p, price, day) for (p, day), price in lines.items())
    valid = [(len(p), day, p) for p, day in lines if digits.startswith(p) and day <= on]
    if not valid:
        assert table.match(digits, on) is None
    else:
        _, day, prefix = max(valid)
        assert table.match(digits, on) == Match(prefix, lines[prefix, day])


# a. Refused destinations


def test_a_refused_country_comes_before_everything() -> None:
    with pytest.raises(DestinationRefused) as refused:
        priced(
            order={"on_net": True, "own_number": True},
            on_net_free=True,
            refused_countries=frozenset({"DE"}),
            free_zones=(FreeZone(country="DE"),),
        )
    assert refused.value.country == "DE"
    assert refused.value.code == "country_not_open"
    assert priced(refused_countries=frozenset({"AT"})).price == 13_800


def test_a_refused_prefix() -> None:
    with pytest.raises(DestinationRefused) as refused:
        priced(refused_prefixes=("1", "49160"))
    assert refused.value.digits == "491601234567"
    assert priced(refused_prefixes=("1", "49170")).price == 13_800


# b. On-net


def test_on_net_costs_nobody_anything_if_the_terms_say_so() -> None:
    assert priced(order={"on_net": True, "parts": 3}).rule is Rule.MARKUP
    assert priced(order={"on_net": True, "parts": 3, "bundle_left": 9}, on_net_free=True) == Quote(
        rule=Rule.ON_NET,
        prefix="",
        unit_cost=0,
        cost=0,
        parts=3,
        pulse=Pulse.PART,
        currency="EUR",
    )


def test_between_own_numbers_is_always_free_even_without_a_rate() -> None:
    quoted = priced(order={"own_number": True, "parts": 2}, wholesale=NO_RATES, addition=100)
    assert (quoted.rule, quoted.cost, quoted.price) == (Rule.ON_NET, 0, 0)


def test_on_net_comes_before_a_free_zone() -> None:
    quoted = priced(order={"on_net": True}, on_net_free=True, free_zones=(FreeZone(country="DE"),))
    assert quoted.rule is Rule.ON_NET


# No wholesale rate


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"flat": 10_000},
        {"own": RateTable.compile([Rate("49", 1, BEFORE)])},
        {"free_zones": (FreeZone(country="DE"),)},
        {"order": {"on_net": True}},
        {"order": {"bundle_left": 9}},
    ],
)
def test_no_wholesale_rate_is_refused_under_every_rule(terms: dict[str, Any]) -> None:
    with pytest.raises(NoRate) as refused:
        priced(**terms, wholesale=RateTable.compile([Rate("48", 1, BEFORE), Rate("49", 1, LATER)]))
    assert (refused.value.digits, refused.value.on) == ("491601234567", TODAY)
    assert refused.value.code == "no_rate"


# c. Free zones


def test_a_free_zone_needs_a_condition() -> None:
    with pytest.raises(
        ValueError, match=r"^a free zone without a condition would make everything free$"
    ):
        FreeZone()


def test_a_free_zone_by_country_costs_the_reseller() -> None:
    assert priced(
        order={"parts": 3, "bundle_left": 9}, free_zones=(FreeZone(country="DE"),), addition=100
    ) == Quote(
        rule=Rule.FREE_ZONE,
        prefix="49",
        unit_cost=9_000,
        cost=27_000,
        parts=3,
        pulse=Pulse.PART,
        currency="EUR",
    )


@pytest.mark.parametrize(
    ("zone", "free"),
    [
        (FreeZone(country="AT"), False),
        (FreeZone(prefix="49160"), True),
        (FreeZone(prefix="49170"), False),
        (FreeZone(cost_max=9_000), True),
        (FreeZone(cost_max=8_999), False),
        (FreeZone(country="DE", cost_max=8_999), False),
        (FreeZone(country="DE", prefix="4916", cost_max=9_000), True),
        (FreeZone(country="AT", cost_max=9_000), False),
    ],
)
def test_all_conditions_of_a_free_zone_must_hold(zone: FreeZone, free: bool) -> None:
    quoted = priced(free_zones=(FreeZone(country="CH"), zone))
    assert quoted.price == (0 if free else 13_800)
    assert quoted.prefix == (zone.prefix if free and zone.prefix else "49")


def test_a_free_zone_comes_before_an_own_rate() -> None:
    own = RateTable.compile([Rate("49160", 50_000, BEFORE)])
    assert priced(own=own).rule is Rule.OWN_RATE
    assert priced(own=own, free_zones=(FreeZone(country="DE"),)).rule is Rule.FREE_ZONE


# d. Own rates


def test_an_own_rate_wins_against_a_longer_wholesale_prefix() -> None:
    own = RateTable.compile([Rate("49", 20_000, BEFORE), Rate("4916", 30_000, LATER)])
    assert priced(order={"digits": "4915112345678", "parts": 2}, own=own, flat=1) == Quote(
        rule=Rule.OWN_RATE,
        prefix="49",
        unit_cost=8_000,
        cost=16_000,
        parts=2,
        pulse=Pulse.PART,
        unit_price=20_000,
        price=40_000,
        currency="EUR",
    )


def test_the_longest_own_rate_wins() -> None:
    own = RateTable.compile([Rate("49", 20_000, BEFORE), Rate("4916", 30_000, BEFORE)])
    assert priced(own=own).unit_price == 30_000


# e. Flat fee


def test_the_flat_fee_comes_before_markup_and_after_own_rates() -> None:
    assert priced(order={"parts": 2}, flat=7_000) == Quote(
        rule=Rule.FLAT,
        prefix="49",
        unit_cost=9_000,
        cost=18_000,
        parts=2,
        pulse=Pulse.PART,
        unit_price=7_000,
        price=14_000,
        currency="EUR",
    )
    own = RateTable.compile([Rate("48", 20_000, BEFORE)])
    assert priced(own=own, flat=7_000).rule is Rule.FLAT


def test_a_flat_fee_of_zero_is_a_fee() -> None:
    assert priced(flat=0).rule is Rule.FLAT
    assert priced(flat=0).price == 0


# f. Markup


def test_markup_on_the_longest_wholesale_prefix() -> None:
    assert priced(order={"parts": 3}) == Quote(
        rule=Rule.MARKUP,
        prefix="49",
        unit_cost=9_000,
        cost=27_000,
        fixed=2_500,
        percent_millionths=200_000,
        parts=3,
        pulse=Pulse.PART,
        unit_price=13_800,
        price=41_400,
        currency="EUR",
    )
    assert priced(order={"digits": "4915112345678"}).unit_cost == 8_000


def test_the_unit_price_is_rounded_and_then_multiplied() -> None:
    cheap = RateTable.compile([Rate("49", 5, BEFORE)])
    quoted = priced(
        order={"parts": 3}, wholesale=cheap, fixed=0, percent_millionths=100_000
    )  # 5.5 rounds to 6, and 3 × 6 are 18, not 16.5 rounded
    assert (quoted.unit_price, quoted.price) == (6, 18)


# Bundles


@pytest.mark.parametrize(
    ("limit", "used", "parts", "free", "charged"),
    [(100, 98, 3, 2, 1), (100, 100, 3, 0, 3), (100, 0, 3, 3, 0), (0, 5, 3, 0, 3)],
)
def test_the_bundle_takes_what_it_has_left(
    limit: int, used: int, parts: int, free: int, charged: int
) -> None:
    quoted = priced(order={"parts": parts, "bundle_left": limit - used})
    assert quoted.bundle_parts == free
    assert quoted.price == charged * 13_800
    assert quoted.cost == parts * 9_000


def test_the_bundle_serves_own_rates_and_flat_fees() -> None:
    own = RateTable.compile([Rate("49", 20_000, BEFORE)])
    assert priced(order={"parts": 2, "bundle_left": 1}, own=own).price == 20_000
    assert priced(order={"parts": 2, "bundle_left": 1}, flat=7_000).price == 7_000


# Pulse and addition


def test_charged_per_message() -> None:
    quoted = priced(order={"parts": 3}, pulse=Pulse.MESSAGE)
    assert (quoted.unit_price, quoted.price, quoted.cost) == (13_800, 13_800, 27_000)


@pytest.mark.parametrize(("left", "price"), [(0, 13_800), (2, 13_800), (3, 0), (4, 0)])
def test_charged_per_message_what_the_bundle_does_not_cover(left: int, price: int) -> None:
    quoted = priced(order={"parts": 3, "bundle_left": left}, pulse=Pulse.MESSAGE)
    assert (quoted.bundle_parts, quoted.price) == (min(left, 3), price)


def test_the_addition_is_once_a_message() -> None:
    quoted = priced(order={"parts": 3}, addition=1_000)
    assert (quoted.addition, quoted.price) == (1_000, 42_400)


def test_the_addition_is_not_for_messages_that_are_free() -> None:
    assert priced(order={"parts": 3, "bundle_left": 2}, addition=1_000).price == 14_800
    assert priced(order={"parts": 3, "bundle_left": 3}, addition=1_000).price == 0


@given(
    st.integers(1, 20),
    st.integers(0, 30),
    st.integers(0, 10**6),
    st.sampled_from(Pulse),
    st.integers(0, 10**6),
)
def test_a_receipt_adds_up(parts: int, left: int, flat: int, pulse: Pulse, addition: int) -> None:
    quoted = priced(
        order={"parts": parts, "bundle_left": left}, flat=flat, pulse=pulse, addition=addition
    )
    rest = quoted.parts - quoted.bundle_parts
    pulses = rest if pulse is Pulse.PART else min(rest, 1)
    assert 0 <= quoted.bundle_parts <= min(parts, left)
    assert quoted.cost == parts * quoted.unit_cost
    assert quoted.price == pulses * quoted.unit_price + quoted.addition


@pytest.mark.parametrize(
    ("terms", "order", "loses"),
    [
        ({"flat": 8_999}, {}, True),
        ({"flat": 9_000}, {}, False),
        ({"flat": 8_999, "addition": 1}, {}, False),
        ({"flat": 8_999, "addition": 1}, {"parts": 2}, True),
        ({"flat": 8_999}, {"bundle_left": 5}, True),  # a bundle does not hide it
        ({"flat": 26_999, "pulse": Pulse.MESSAGE}, {"parts": 3}, True),
        ({"flat": 27_000, "pulse": Pulse.MESSAGE}, {"parts": 3}, False),
        ({"free_zones": (FreeZone(country="DE"),)}, {}, False),
        ({}, {"on_quota": True}, False),
        ({}, {"own_number": True}, False),
    ],
)
def test_a_message_loses_where_it_is_sold_below_its_cost(
    terms: dict[str, Any], order: dict[str, Any], loses: bool
) -> None:
    found = priced(order=order, **({"fixed": 0, "percent_millionths": 0} | terms))
    assert found.loses is loses


def test_a_quota_pays_in_parts_what_would_cost_money() -> None:
    found = priced(order={"parts": 3, "on_quota": True, "bundle_left": 2}, addition=100)
    assert (found.rule, found.quota_parts, found.bundle_parts) == (Rule.QUOTA, 3, 0)
    assert (found.price, found.cost, found.prefix) == (0, 27_000, "49")
