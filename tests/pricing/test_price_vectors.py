"""Every number that SEMANTICS 2 gives for a price, under the number of its rule.

Rule 1, the parts, is in tests/messaging/test_parts.py; how much is left of a quota (7), is no
matter of prices.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.billing import periods
from portal.ledger import units
from portal.pricing import markup
from portal.pricing.errors import DestinationRefused, NoRate
from portal.pricing.free_parts import Left, in_order, split
from portal.pricing.rating import (
    NO_RATES,
    FreeZone,
    Order,
    Pulse,
    Quote,
    Rate,
    RateTable,
    Rule,
    Terms,
    quote,
)

ON = date(2026, 5, 1)
SINCE = date(2026, 1, 1)
WHOLESALE = RateTable.compile([Rate("49", 9_000, SINCE), Rate("49160", 8_000, SINCE)])
OWN = RateTable.compile([Rate("49", 30_000, SINCE)])
DE = frozenset({"DE"})
ZONE = FreeZone(country="DE")


def priced(*, wholesale: RateTable = WHOLESALE, own: RateTable = NO_RATES, **given: Any) -> Quote:
    of_order = {name: given.pop(name) for name in list(given) if name in Order.__dataclass_fields__}
    order = Order(**{"digits": "491601234567", "country": "DE", "parts": 1, **of_order})
    terms = Terms(**{"currency": "EUR", "fixed": 2_500, "percent_millionths": 200_000, **given})
    return quote(order, terms, wholesale=wholesale, own=own, on=ON)


# Each line has every later rule as well, so that the order is tested with the rule.
@pytest.mark.parametrize(
    ("given", "refused"),
    [
        pytest.param({"refused_countries": DE, "own_number": True}, DestinationRefused, id="2a"),
        pytest.param(
            {"refused_prefixes": ("4916",), "own_number": True}, DestinationRefused, id="2a-prefix"
        ),
        pytest.param(
            {"wholesale": NO_RATES, "free_zones": (ZONE,)}, NoRate, id="2-no-rate-but-zone"
        ),
        pytest.param({"wholesale": NO_RATES, "own": OWN}, NoRate, id="2-no-rate-but-own"),
        pytest.param({"wholesale": NO_RATES, "flat": 1}, NoRate, id="2-no-rate-but-flat"),
        pytest.param({"wholesale": NO_RATES, "bundle_left": 9}, NoRate, id="2-no-rate-but-bundle"),
        pytest.param({"wholesale": NO_RATES, "on_quota": True}, NoRate, id="2-no-rate-but-quota"),
    ],
)  # fmt: skip
def test_2_what_is_refused(given: dict[str, Any], refused: type[Exception]) -> None:
    with pytest.raises(refused):
        priced(**given)


@pytest.mark.parametrize(
    ("given", "rule", "prefix", "cost", "price"),
    [
        pytest.param(
            {"on_net": True, "on_net_free": True, "free_zones": (ZONE,), "wholesale": NO_RATES},
            *(Rule.ON_NET, "", 0, 0), id="2b-the-package-says-so",
        ),
        pytest.param(
            {"on_net": True, "own_number": True, "free_zones": (ZONE,), "wholesale": NO_RATES},
            *(Rule.ON_NET, "", 0, 0), id="2b-between-a-clients-own-always",
        ),
        pytest.param(
            {"on_net": True, "free_zones": (ZONE,), "own": OWN},
            *(Rule.FREE_ZONE, "49160", 8_000, 0), id="2c-country",
        ),
        pytest.param(
            {"free_zones": (FreeZone(prefix="491"),), "own": OWN},
            *(Rule.FREE_ZONE, "491", 8_000, 0), id="2c-prefix",
        ),
        pytest.param(
            {"free_zones": (FreeZone(cost_max=8_000),), "own": OWN},
            *(Rule.FREE_ZONE, "49160", 8_000, 0), id="2c-cost-at-most",
        ),
        pytest.param(
            {"free_zones": (FreeZone(cost_max=7_999),), "own": OWN},
            *(Rule.OWN_RATE, "49", 8_000, 30_000), id="2c-cost-above",
        ),
        pytest.param(
            {"own": OWN, "flat": 20_000},
            *(Rule.OWN_RATE, "49", 8_000, 30_000), id="2d-wins-inside-its-area",
        ),
        pytest.param({"flat": 20_000}, Rule.FLAT, "49160", 8_000, 20_000, id="2e"),
        pytest.param({}, Rule.MARKUP, "49160", 8_000, 12_600, id="2f-longest-wholesale-prefix"),
        pytest.param(
            {"digits": "4917012345678"}, Rule.MARKUP, "49", 9_000, 13_800, id="2f-next-shorter"
        ),
        pytest.param(
            {"wholesale": RateTable.compile(
                [Rate("49", 9_000, SINCE), Rate("49", 5_000, ON), Rate("49", 1, date(2026, 5, 2))]
            )},
            *(Rule.MARKUP, "49", 5_000, 9_000), id="2-equal-prefixes-newest-valid",
        ),
    ],
)  # fmt: skip
def test_2_the_first_rule_that_holds(
    given: dict[str, Any], rule: Rule, prefix: str, cost: int, price: int
) -> None:
    found = priced(**given)
    assert (found.rule, found.prefix, found.cost, found.price) == (rule, prefix, cost, price)


@pytest.mark.parametrize(
    ("cost", "fixed", "percent", "price"),
    [
        pytest.param("0.009", "0.0025", 20, "0.0138", id="3-seed-004"),
        pytest.param("0.009", "0", 20, "0.0108", id="3-percent-alone"),
        pytest.param("0.009", "0.0025", 0, "0.0115", id="3-fixed-alone"),
        pytest.param("0.000001", "0", 50, "0.000002", id="3-half-up"),
        pytest.param("0.000001", "0", 49, "0.000001", id="3-below-half"),
    ],
)
def test_3_markup(cost: str, fixed: str, percent: int, price: str) -> None:
    found = markup.unit_price(
        units.parse(cost), fixed=units.parse(fixed), percent_millionths=percent * 10_000
    )
    assert found == units.parse(price)


def test_3_the_other_order_would_be_wrong() -> None:
    wrong = markup.unit_price(9_000, fixed=0, percent_millionths=200_000) + 2_500
    assert wrong == units.parse("0.0133")
    assert priced(digits="4917012345678").unit_price == units.parse("0.0138") != wrong


def test_3_the_unit_price_is_rounded_once_and_then_multiplied() -> None:
    cheap = RateTable.compile([Rate("49", 5, SINCE)])
    found = priced(wholesale=cheap, fixed=0, percent_millionths=100_000, parts=3)
    assert (found.unit_price, found.price) == (6, 18)  # 5.5 is 6; 16.5 would be 17


def test_3_the_addition_is_once_a_message() -> None:
    assert priced(parts=3, addition=1_000).price == 3 * 12_600 + 1_000


@pytest.mark.parametrize(
    ("limit", "used", "parts", "taken", "charged"),
    [
        pytest.param(100, 98, 3, 2, 1, id="4-half-free"),
        pytest.param(100, 100, 3, 0, 3, id="4-used-up"),
        pytest.param(100, 0, 3, 3, 0, id="4-free"),
    ],
)
def test_4_bundle(limit: int, used: int, parts: int, taken: int, charged: int) -> None:
    found = priced(parts=parts, bundle_left=limit - used)
    assert (found.bundle_parts, found.price) == (taken, charged * 12_600)
    assert found.cost == parts * 8_000


@pytest.mark.parametrize(
    "given", [{"free_zones": (ZONE,)}, {"own_number": True}, {"on_net": True, "on_net_free": True}]
)
def test_4_free_zone_and_on_net_take_nothing_from_it(given: dict[str, Any]) -> None:
    assert priced(parts=3, bundle_left=100, **given).bundle_parts == 0


def test_4_several_bundles_narrower_first_then_earliest_to_end() -> None:
    everywhere = left(1, ends="2026-05-09")
    later = left(2, ends="2026-06-30", countries=("DE",))
    sooner = left(3, ends="2026-06-01", countries=("DE", "US"))
    narrow = left(4, ends="2026-12-31", prefixes=("49160",))
    elsewhere = left(5, ends="2026-05-02", countries=("US",))
    other_prefix = left(6, ends="2026-05-02", prefixes=("49170",))
    bundles = [everywhere, later, sooner, narrow, elsewhere, other_prefix]

    found = in_order(bundles, digits="491601234567", country="DE")

    assert found == [narrow, sooner, later, everywhere]
    assert split(12, found) == [(narrow, 5), (sooner, 5), (later, 2)]
    assert split(0, found) == []
    with pytest.raises(ValueError, match="1 parts are not in the bundles"):
        split(21, found)


def left(
    number: int, *, ends: str, countries: tuple[str, ...] = (), prefixes: tuple[str, ...] = ()
) -> Left:
    return Left(
        bundle_id=number,
        account_id=number,
        parts=5,
        size=5,
        ends_on=date.fromisoformat(ends),
        countries=countries,
        prefixes=prefixes,
    )


@pytest.mark.parametrize(
    ("begin", "days"),
    [
        pytest.param("2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30"], id="4-31"),
        pytest.param("2028-01-31", ["2028-02-29", "2028-03-31"], id="4-31-in-a-leap-year"),
        pytest.param("2026-01-30", ["2026-02-28", "2026-03-30"], id="4-30"),
        pytest.param("2026-01-29", ["2026-02-28", "2026-03-29"], id="4-29"),
        pytest.param("2026-12-28", ["2027-01-28", "2027-02-28", "2027-03-28"], id="4-28"),
    ],
)
def test_4_the_billing_day_does_not_drift(begin: str, days: list[str]) -> None:
    day = date.fromisoformat(begin)
    number, found = day.day, []
    for _ in days:
        day = periods.next_billing_day(day, day=number)
        found.append(day.isoformat())
    assert found == days


def test_5_the_receipt() -> None:
    assert priced(parts=3, bundle_left=1, addition=1_000) == Quote(
        rule=Rule.MARKUP,
        prefix="49160",
        unit_cost=8_000,
        cost=24_000,
        fixed=2_500,
        percent_millionths=200_000,
        parts=3,
        bundle_parts=1,
        pulse=Pulse.PART,
        unit_price=12_600,
        addition=1_000,
        price=26_200,
        currency="EUR",
    )


@pytest.mark.parametrize(
    ("pulse", "left_over", "price"),
    [
        pytest.param(Pulse.PART, 0, 37_800, id="6-per-part"),
        pytest.param(Pulse.MESSAGE, 0, 12_600, id="6-per-message"),
        pytest.param(Pulse.MESSAGE, 2, 12_600, id="6-per-message-half-free"),
        pytest.param(Pulse.MESSAGE, 3, 0, id="6-per-message-free"),
    ],
)
def test_6_pulse(pulse: Pulse, left_over: int, price: int) -> None:
    assert priced(parts=3, pulse=pulse, bundle_left=left_over).price == price


def test_7_a_quota_pays_in_parts_and_the_reseller_pays_cost_as_always() -> None:
    assert priced(parts=3, on_quota=True, own=OWN, flat=1, addition=1, bundle_left=2) == Quote(
        rule=Rule.QUOTA,
        prefix="49160",
        unit_cost=8_000,
        cost=24_000,
        parts=3,
        quota_parts=3,
        pulse=Pulse.PART,
        currency="EUR",
    )


@pytest.mark.parametrize("given", [{"free_zones": (ZONE,)}, {"own_number": True}])
def test_7_what_is_free_takes_nothing_from_a_quota(given: dict[str, Any]) -> None:
    assert priced(parts=3, on_quota=True, **given).quota_parts == 0
