from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ledger import units
from portal.ledger.units import NotAnAmount, UnknownUnit

AMOUNTS = st.integers(min_value=0, max_value=999_999_999_999_999)
CURRENCIES = st.sampled_from(sorted(units.CURRENCIES))


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            " ",
            ".",
            "1.",
            ".5",
            "1,5",
            "1.1234567",
            "1234567890",
            "1_000",
            "1 000",
            " 1",
            "1\n",
        ],
        *["1e3", "1E-05", "NaN", "Infinity", "inf", "0x10", "+1", "-1", "--1", "１２", "١٢", "1٫5"],
        *["1.5.0", "€1", "1\x00", "¹"],
    ],
)
def test_not_an_amount(text: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        units.parse(text)
    assert refused.value.given == text


@pytest.mark.parametrize("text", ["", "-", "--1", "-+1", "- 1", "+1", "-1e3", "−1", "-.5"])
def test_not_a_signed_amount(text: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        units.parse_signed(text)
    assert refused.value.given == text


@pytest.mark.parametrize("unit", ["", "usd", "US", "USDX", "Parts", "XXZ", "€"])
def test_no_unit(unit: str) -> None:
    with pytest.raises(UnknownUnit):
        units.checked(unit)
    with pytest.raises(UnknownUnit):
        units.decimal_string(1, unit)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("0", 0),
        ("0.000001", 1),
        ("0.045", 45_000),
        ("0.045000", 45_000),
        ("1.5", 1_500_000),
        ("007", 7_000_000),
        ("999999999.999999", 999_999_999_999_999),
    ],
)
def test_amounts(text: str, micros: int) -> None:
    assert units.parse(text) == micros
    assert units.parse_signed(text) == micros
    assert units.parse_signed(f"-{text}") == -micros


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (45_000, "USD", "0.045"),
        (1_500_000, "USD", "1.50"),
        (0, "EUR", "0.00"),
        (-45_000, "EUR", "-0.045"),
        (-1, "EUR", "-0.000001"),
        (3_000_000, "JPY", "3"),
        (3_100_000, "JPY", "3.1"),
        (1_500_000, "KWD", "1.500"),
        (12_000_000_000_000, "EUR", "12000000.00"),
        (5, "parts", "5"),
        (-5, "parts", "-5"),
    ],
)
def test_decimal_strings(amount: int, unit: str, text: str) -> None:
    assert units.decimal_string(amount, unit) == text


def test_units_in_use_are_known_and_parts_are_no_money() -> None:
    assert {"EUR", "USD", "PLN", "GBP", "CHF"} < units.CURRENCIES_IN_USE < units.CURRENCIES
    assert units.checked("DEM") == "DEM"
    assert "DEM" not in units.CURRENCIES_IN_USE
    assert units.checked("parts") == "parts"
    assert "parts" not in units.CURRENCIES


@pytest.mark.parametrize("denominator", [0, -1])
def test_rounding_needs_a_denominator(denominator: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        units.half_up(1, denominator)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (0, 7, 0), (1, 2, 1), (49, 100, 0)],
)
def test_half_up(numerator: int, denominator: int, rounded: int) -> None:
    assert units.half_up(numerator, denominator) == rounded


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**6))
def test_half_up_is_what_decimal_means_by_it(numerator: int, denominator: int) -> None:
    rounded = units.half_up(numerator, denominator)
    assert rounded == -units.half_up(-numerator, denominator)
    assert abs(2 * (rounded * denominator - numerator)) <= denominator
    if denominator == 10**6:
        exact = Decimal(numerator).scaleb(-6)
        assert rounded == exact.quantize(Decimal(1), ROUND_HALF_UP)


@given(AMOUNTS, CURRENCIES)
def test_what_is_written_reads_back(amount: int, currency: str) -> None:
    text = units.decimal_string(amount, currency)
    assert units.parse(text) == amount
    assert units.parse_signed(units.decimal_string(-amount, currency)) == -amount
    assert Decimal(text) * units.MICROS == amount


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = units.parse(text)
    except NotAnAmount:
        return
    assert amount == Decimal(text) * units.MICROS
