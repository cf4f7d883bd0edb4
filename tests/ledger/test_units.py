from decimal import ROUND_HALF_UP, Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ledger import units
from portal.ledger.units import NotAnAmount, TooManyDigits, UnknownUnit
from tests.builders import amounts

AMOUNTS = st.integers(min_value=0, max_value=units.AMOUNT_MAX)
CURRENCIES = st.sampled_from(sorted(units.CURRENCIES))


@pytest.mark.parametrize("text", ["", *amounts.POINT_DOOR])
def test_not_an_amount(text: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        units.parse(text)
    assert (refused.value.given, type(refused.value)) == (text, NotAnAmount)


@pytest.mark.parametrize("text", ["", "1.5", "1.500,00", *amounts.COMMA_DOOR])
def test_not_an_amount_with_a_comma(text: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        units.parse(text, mark=units.COMMA)
    assert (refused.value.given, type(refused.value)) == (text, NotAnAmount)


@pytest.mark.parametrize("text", [*amounts.TOO_MANY_DIGITS, *amounts.TOO_FINE])
def test_more_than_is_kept(text: str) -> None:
    (comma,) = amounts.with_comma((text,))
    for read, asked in (
        (units.parse, text),
        (units.parse_signed, text),
        (units.parse_signed, f"-{text}"),
        (partial(units.parse, mark=units.COMMA), comma),
        (partial(units.parse_signed, mark=units.COMMA), f"-{comma}"),
    ):
        with pytest.raises(TooManyDigits) as refused:
            read(asked)
        assert refused.value.given == asked


def test_what_is_said_of_it_names_it_and_the_way_out() -> None:
    assert str(NotAnAmount("1e3")) == "'1e3' is not an amount such as 12 or 0.045"
    assert str(NotAnAmount("x" * 40)) == f"'{'x' * 40}' is not an amount such as 12 or 0.045"
    assert str(NotAnAmount("x" * 41)) == f"'{'x' * 40}…' is not an amount such as 12 or 0.045"
    assert str(TooManyDigits("0.0000001")) == (
        "'0.0000001' has too many digits: 9 before the point and 6 after it are the most"
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "--1", "-+1", "- 1", "+1", "-1e3", "−1", "-.5", "-0", "-0.00", "-1,5", "1-"),
        *(text for text in amounts.POINT_DOOR if text != "-1"),
    ],
)
def test_not_a_signed_amount(text: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        units.parse_signed(text)
    assert (refused.value.given, type(refused.value)) == (text, NotAnAmount)


@pytest.mark.parametrize("unit", ["", "usd", "US", "USDX", "Parts", "XXZ", "€"])
def test_no_unit(unit: str) -> None:
    for refused_by in (units.checked, partial(units.decimal_string, 1)):
        with pytest.raises(UnknownUnit) as refused:
            refused_by(unit)
        assert refused.value.given == unit
        assert str(refused.value) == f"{unit!r} is neither a currency nor 'parts'"


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
    if micros:
        assert units.parse_signed(f"-{text}") == -micros
    (comma,) = amounts.with_comma((text,))
    assert units.parse(comma, mark=units.COMMA) == micros
    assert units.parse_signed(comma, mark=units.COMMA) == micros
    if micros:
        assert units.parse_signed(f"-{comma}", mark=units.COMMA) == -micros


def test_nothing_above_the_most_is_read() -> None:
    assert units.parse("999999999.999999") == units.AMOUNT_MAX == 10**15 - 1


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
