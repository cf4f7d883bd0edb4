from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pricing.markup import MAX, unit_price

COSTS = st.integers(0, 10_000_000)


@pytest.mark.parametrize(
    ("cost", "fixed", "percent_millionths", "expected"),
    [
        (9_000, 2_500, 200_000, 13_800),
        (9_000, 0, 0, 9_000),
        (9_000, 2_500, 0, 11_500),
        (9_000, 0, 200_000, 10_800),
        (5, 0, 500_000, 8),  # 7.5
        (3, 0, 500_000, 5),  # 4.5
        (1, 0, 499_999, 1),
        (0, 2_500, 200_000, 3_000),
        (5, 0, -500_000, 3),  # 2.5
        (9_000, -2_500, 0, 6_500),
        (9_000, -2_500, -200_000, 5_200),
        (9_000, 0, -1_000_000, 0),
        (9_000, -10_000, 0, 0),
        (9_000, 0, -1_200_000, 0),
        (9_000, -10_000, -1_200_000, 0),
    ],
)
def test_unit_price(cost: int, fixed: int, percent_millionths: int, expected: int) -> None:
    assert unit_price(cost, fixed=fixed, percent_millionths=percent_millionths) == expected


@given(COSTS, st.integers(-10_000, 1_000_000), st.integers(-900_000, 5_000_000))
def test_it_is_the_formula_rounded_once(cost: int, fixed: int, percent_millionths: int) -> None:
    percent = Decimal(percent_millionths) / 10_000
    exact = (cost + fixed) * (1 + percent / 100)
    expected = max(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), 0)
    assert unit_price(cost, fixed=fixed, percent_millionths=percent_millionths) == expected


@given(COSTS, st.integers(0, 1_000_000), st.integers(0, 5_000_000))
def test_a_markup_never_sells_below_cost(cost: int, fixed: int, percent_millionths: int) -> None:
    assert unit_price(cost, fixed=fixed, percent_millionths=percent_millionths) >= cost + fixed


def test_the_highest_amounts_make_a_price_that_can_be_kept() -> None:
    highest = 10**15 - 1  # nine digits before the point and six after it
    price = unit_price(highest, fixed=highest, percent_millionths=MAX)
    assert 10 * price + highest < 2**63  # of ten parts, and an addition
