"""Rate sheets: what each line says, and every bad row with its line, column and reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.infra import sheets
from portal.infra.sheets import Formula, Row
from portal.pricing import rate_cells, rate_faults, rate_sheets
from portal.pricing.rate_cells import Decimals
from portal.pricing.rate_faults import Fault, Reason
from portal.pricing.rate_sheets import HEADS, Line, Sheet, as_text, read, rows_of
from portal.pricing.rating import Rate

TODAY = date(2026, 11, 20)
JULY = date(2027, 7, 1)


def of_csv(text: str, *, decimals: Decimals = Decimals.POINT) -> Sheet:
    return read(sheets.read(text.encode()), decimals=decimals, today=TODAY)


def of_cells(*cells: Any, decimals: Decimals = Decimals.POINT) -> Sheet:
    heads = ("prefix", "price", "valid_from")[: len(cells)]
    return read([Row(1, heads), Row(2, cells)], decimals=decimals, today=TODAY)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-1", Reason.NEGATIVE),
        ("-0", Reason.NEGATIVE),
        ("−0.5", Reason.NEGATIVE),
        (-1, Reason.NEGATIVE),
        (Decimal("-0.5"), Reason.NEGATIVE),
        ("1e-05", Reason.EXPONENT),
        ("1E9", Reason.EXPONENT),
        ("NaN", Reason.BAD_PRICE),
        ("Infinity", Reason.BAD_PRICE),
        ("-Infinity", Reason.BAD_PRICE),
        ("１２", Reason.OTHER_DIGITS),
        ("٣", Reason.OTHER_DIGITS),
        ("1_000", Reason.BAD_PRICE),
        ("1 000", Reason.BAD_PRICE),
        ("1'000", Reason.BAD_PRICE),
        ("0x10", Reason.BAD_PRICE),
        ("+1", Reason.BAD_PRICE),
        (".5", Reason.BAD_PRICE),
        ("1.", Reason.BAD_PRICE),
        ("1.000,5", Reason.BAD_PRICE),
        ("$1", Reason.BAD_PRICE),
        ("½", Reason.BAD_PRICE),
        (True, Reason.BAD_PRICE),
        (TODAY, Reason.BAD_PRICE),
        ("1,5", Reason.COMMA),
        ("0.0000001", Reason.DECIMALS),
        (Decimal(repr(0.1 + 0.2)), Reason.DECIMALS),
        ("1000000000", Reason.TOO_HIGH),
        (10**9, Reason.TOO_HIGH),
        (Decimal("1e+20"), Reason.TOO_HIGH),
        (Formula("=A1*2"), Reason.FORMULA),
    ],
)
def test_a_bad_price_is_never_guessed_at(cell: object, reason: Reason) -> None:
    (fault,) = of_cells("49", cell).faults
    assert (fault.line, fault.column, fault.reason) == (2, "price", reason)


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("0", 0),
        ("0.045", 45_000),
        ("999999999.999999", 999_999_999_999_999),
        (Decimal("0.00001"), 10),
        (7, 7_000_000),
        ("", None),
        (None, None),
    ],
)
def test_a_price_is_read_exactly(cell: object, price: int | None) -> None:
    assert of_cells("49", cell) == Sheet(lines=(Line(2, "49", price, TODAY),))


def test_the_comma_is_a_choice_for_the_whole_sheet() -> None:
    comma = Decimals.COMMA
    assert of_cells("49", "1,5", decimals=comma).lines == (Line(2, "49", 1_500_000, TODAY),)
    assert of_cells("49", "1.5", decimals=comma).faults[0].reason is Reason.POINT
    assert of_cells("49", Decimal("1.5"), decimals=comma).lines[0].price == 1_500_000
    assert of_csv("prefix;price\n49;0,045\n", decimals=comma).lines[0].price == 45_000


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", Reason.NO_PREFIX),
        (None, Reason.NO_PREFIX),
        ("0049", Reason.BAD_PREFIX),
        ("++49", Reason.BAD_PREFIX),
        ("49 151", Reason.BAD_PREFIX),
        ("Germany", Reason.BAD_PREFIX),
        ("49²", Reason.BAD_PREFIX),
        (Decimal("49.5"), Reason.BAD_PREFIX),
        (-49, Reason.BAD_PREFIX),
        (True, Reason.BAD_PREFIX),
        (TODAY, Reason.BAD_PREFIX),
        ("٤٩", Reason.OTHER_DIGITS),
        ("4" * 16, Reason.LONG_PREFIX),
        (Decimal("1e+15"), Reason.LONG_PREFIX),
        (Formula("=49"), Reason.FORMULA),
    ],
)
def test_a_bad_prefix_is_named(cell: object, reason: Reason) -> None:
    (fault,) = of_cells(cell, "1").faults
    assert (fault.line, fault.column, fault.reason) == (2, "prefix", reason)


@pytest.mark.parametrize(
    ("cell", "prefix"), [("+49", "49"), (49, "49"), (Decimal("49.0"), "49"), ("4" * 15, "4" * 15)]
)
def test_a_prefix_may_be_a_number_of_a_spreadsheet(cell: object, prefix: str) -> None:
    assert of_cells(cell, "1").lines[0].prefix == prefix


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1.7.2027", Reason.BAD_DAY),
        ("2027-7-1", Reason.BAD_DAY),
        ("20270701", Reason.BAD_DAY),
        (46204, Reason.BAD_DAY),
        ("２０２７-07-01", Reason.BAD_DAY),
        ("2027-02-30", Reason.NO_SUCH_DAY),
        ("0000-01-01", Reason.NO_SUCH_DAY),
        (Formula("=TODAY()"), Reason.FORMULA),
    ],
)
def test_a_bad_day_is_named(cell: object, reason: Reason) -> None:
    (fault,) = of_cells("49", "1", cell).faults
    assert (fault.line, fault.column, fault.reason) == (2, "valid_from", reason)


@pytest.mark.parametrize("cell", [JULY, "2027-07-01"])
def test_a_day_is_one_of_a_spreadsheet_or_written_in_full(cell: object) -> None:
    assert of_cells("49", "1", cell).lines[0].valid_from == JULY


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("prefix\n49\n", [(1, "price", Reason.NO_COLUMN)]),
        ("price\n1\n", [(1, "prefix", Reason.NO_COLUMN)]),
        ("prefix,price,valid_form\n", [(1, "valid_form", Reason.STRANGE_COLUMN)]),
        ("prefix,price,price\n", [(1, "price", Reason.COLUMN_TWICE)] * 2),
        ("49,1\n50,2\n", [(1, "49", Reason.STRANGE_COLUMN), (1, "1", Reason.STRANGE_COLUMN),
                          (1, "prefix", Reason.NO_COLUMN), (1, "price", Reason.NO_COLUMN)]),
        ("prefix,price\n49\n", [(2, "price", Reason.CELLS)]),
        ("prefix,price\n49,1,2\n", [(2, "price", Reason.CELLS)]),
        ("prefix,price,remove\n49,,\n", [(2, "price", Reason.NO_PRICE)]),
        ("prefix,price,remove\n49,1,yes\n", [(2, "price", Reason.PRICE_AND_REMOVE)]),
        ("prefix,price,remove\n49,1,perhaps\n", [(2, "remove", Reason.BAD_REMOVE)]),
        ("country,price\nXX,1\n", [(2, "country", Reason.UNKNOWN_COUNTRY)]),
        ("country,price\nGermany,1\n", [(2, "country", Reason.UNKNOWN_COUNTRY)]),
        ("country,price\nIM,1\n", [(2, "country", Reason.COUNTRY_NOT_TOLD_APART)]),
        ("prefix,country,price\n49,DE,1\n", [(2, "country", Reason.PREFIX_AND_COUNTRY)]),
        ("prefix,price\n0,x\n\n49,1\n,-1\n", [
            (2, "prefix", Reason.BAD_PREFIX), (2, "price", Reason.BAD_PRICE),
            (5, "prefix", Reason.NO_PREFIX), (5, "price", Reason.NEGATIVE)]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_line_and_column(
    text: str, faults: list[tuple[int, str, Reason]]
) -> None:
    found = of_csv(text)
    assert {(each.line, each.column, each.reason) for each in found.faults} == set(faults)


def test_two_rates_for_a_prefix_and_day_name_each_other_and_neither_counts() -> None:
    found = of_csv(f"prefix,price,valid_from\n49,1,\n48,1,\n49,2,{TODAY}\n49,3,2027-01-01\n")
    assert [line.line for line in found.lines] == [3, 5]
    assert found.faults == (
        Fault(line=2, column="prefix", reason=Reason.TWICE, given="49", other="4"),
        Fault(line=4, column="prefix", reason=Reason.TWICE, given="49", other="2"),
    )
    assert rate_faults.english(found.faults[0]) == (
        "There are two rates for 49 from the same day: the other is in line 4."
    )


def test_heads_may_be_in_any_order_and_case() -> None:
    found = of_csv("Valid from,PRICE,Destination,Prefix,Remove\n2027-07-01,,Germany,49,X\n")
    assert found == Sheet(lines=(Line(2, "49", None, JULY),))


def test_a_sheet_without_rows_says_which_column_it_lacks() -> None:
    assert read([], decimals=Decimals.POINT).faults == (
        Fault(line=1, column="prefix", reason=Reason.NO_COLUMN, given="prefix"),
    )


def test_a_fault_says_what_was_written_and_what_would_have_been_right() -> None:
    strange, twice, again, lacking = of_csv("valid_form,price,price\n").faults
    known = "prefix, country, price, valid_from, remove, destination"
    assert (strange.given, strange.other) == ("valid_form", known)
    assert (twice, twice.given, lacking.given) == (again, "price", "prefix")
    rows = "prefix,price,remove,destination\n49,1\n49,1,yes,\n50,,,\n"
    assert [(each.column, each.given) for each in of_csv(rows).faults] == [
        ("destination", "2"), ("price", "1"), ("price", ""),
    ]  # fmt: skip


def test_all_that_contradict_each_other_are_left_out() -> None:
    found = of_csv("prefix,price\n49,1\n49,2\n48,1\n48,2\n47,1\n0,1\n")
    assert [line.prefix for line in found.lines] == ["47"]
    assert [fault.line for fault in found.faults] == [2, 3, 4, 5, 7]


def test_each_row_has_the_name_of_its_own_destination() -> None:
    rates = [Rate("49", 1, TODAY), Rate("48", 1, TODAY)]
    names = [row[3] for row in rows_of(rates, name=lambda prefix: f"to {prefix}")]
    assert names == ["to 48", "to 49"]


def test_without_a_day_of_its_own_a_line_keeps_none() -> None:
    found = read([Row(1, ("prefix", "price")), Row(2, ("49", "1"))], decimals=Decimals.POINT)
    assert found.lines == (Line(2, "49", 1_000_000, None),)
    assert found.rates(today=TODAY) == [Rate("49", 1_000_000, TODAY)]


def test_a_formula_for_people_only_does_no_harm() -> None:
    rows = [Row(1, ("prefix", "price", "destination")), Row(2, ("49", "1", Formula("=A1")))]
    assert read(rows, decimals=Decimals.POINT).faults == ()


@pytest.mark.parametrize(
    ("country", "prefixes"),
    [("DE", {"49"}), ("de", {"49"}), ("JM", {"1658", "1876"}), ("US/CA", {"1"}), ("KZ", {"77"})],
)
def test_a_country_stands_for_its_prefixes(country: str, prefixes: set[str]) -> None:
    found = of_csv(f"country,price\n{country},1\n")
    assert {line.prefix for line in found.lines} == prefixes


def test_a_country_does_not_take_its_neighbours_numbers() -> None:
    found = {line.prefix for line in of_csv("country,price\nUS,1\nCA,2\n").lines}
    assert {"121", "1416"} <= found
    assert not {"1", "1876", "1809"} & found


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (Decimal("1E+1"), "10"),
        (Formula("=A1"), "=A1"),
        (" a ", "a"),
    ],
)
def test_a_cell_is_repeated_as_a_person_would_write_it(cell: object, written: str) -> None:
    assert rate_cells.text(cell) == written  # type: ignore[arg-type]  # any cell of a sheet


def test_what_cannot_be_seen_or_is_long_is_not_repeated() -> None:
    (fault,) = of_cells("\x01" + "a" * 99, "1").faults
    assert fault.given == "\N{REPLACEMENT CHARACTER}" + "a" * 39 + "…"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_a_sentence(reason: Reason) -> None:
    said = rate_faults.english(Fault(line=1, column="x", reason=reason, given="%", other="y"))
    assert said.endswith(".")
    assert "%(" not in said


RATES = st.dictionaries(
    st.tuples(
        st.from_regex(r"[1-9][0-9]{0,14}", fullmatch=True),
        st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)),
    ),
    st.none() | st.integers(0, 999_999_999_999_999),
    max_size=20,
).map(lambda lines: [Rate(p, price, day) for (p, day), price in lines.items()])


@given(rates=RATES, decimals=st.sampled_from(Decimals))
def test_what_is_exported_is_read_back_the_same(rates: list[Rate], decimals: Decimals) -> None:
    rows = list(rows_of(rates, name=lambda _: "=Danger"))
    as_csv = sheets.to_csv([HEADS, *(as_text(row, decimals=decimals) for row in rows)])
    as_xlsx = sheets.to_xlsx([HEADS, *rows], title="rates")
    for data in (as_csv, as_xlsx):
        found = read(sheets.read(data), decimals=decimals)
        assert found.faults == ()
        assert set(found.rates(today=TODAY)) == set(rates)


def test_ten_thousand_rows_are_all_read() -> None:
    rows = [Row(n, (str(n), "0.01")) for n in range(2, 10_002)]
    found = read([Row(1, ("prefix", "price")), *rows], decimals=Decimals.POINT, today=TODAY)
    assert (len(found.lines), found.faults) == (10_000, ())
    assert rate_sheets.COLUMNS[0] == "prefix"


@pytest.mark.parametrize(
    ("amount", "plain"),
    [("100", "100"), ("1000000", "1000000"), ("0.0450", "0,045"), ("0", "0"), (None, "")],
)
def test_a_price_is_written_with_all_its_digits(amount: str | None, plain: str) -> None:
    given = None if amount is None else Decimal(amount)
    assert rate_cells.written(given, decimals=Decimals.COMMA) == plain


def test_what_was_written_is_told_short() -> None:
    assert rate_cells.shown("1" * 40) == "1" * 40
    assert rate_cells.shown("1" * 41) == "1" * 40 + "…"
    assert rate_cells.shown("1\x002") == "1\N{REPLACEMENT CHARACTER}2"
