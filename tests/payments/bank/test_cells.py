"""Amounts and days as banks write them: read exactly, or refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ledger import units
from portal.ledger.units import COMMA, MICROS, POINT
from portal.payments.bank import cells
from portal.payments.bank.cells import NotADay, amount, day, mark_of, way_of

CENT = MICROS // 100


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("", COMMA),
        (" ", COMMA),
        ("-", COMMA),
        ("--5", COMMA),
        ("-5-", COMMA),
        ("1.5", COMMA),
        ("1,5", POINT),
        ("1.23,45", COMMA),
        ("1.2345,00", COMMA),
        ("1.234 567,00", COMMA),
        ("12,3,4", COMMA),
        ("1e3", POINT),
        ("NaN", POINT),
        ("٥,00", COMMA),
        ("1_000", POINT),
        ("12,1234567", COMMA),
        ("12345678901,00", COMMA),
        ("EUR", COMMA),
        ("(5,00)", COMMA),
        ("5,00 EUR EUR", COMMA),
    ],
)
def test_what_is_no_amount_is_refused(text: str, mark: str) -> None:
    with pytest.raises(units.NotAnAmount):
        amount(text, mark=mark)


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("12,50", COMMA, 1250),
        ("+12,50", COMMA, 1250),
        ("-12,50", COMMA, -1250),
        ("\u221212,50", COMMA, -1250),
        ("12,50-", COMMA, -1250),
        ("1.234,56", COMMA, 123456),
        ("1.234.567,00 €", COMMA, 123456700),
        ("1 234,56", COMMA, 123456),
        ("1\u00a0234,56 EUR", COMMA, 123456),
        ("1234,56", COMMA, 123456),
        ("1,234.56", POINT, 123456),
        ("$1,234.56", POINT, 123456),
        ("-$5.00", POINT, -500),
        ("$-5.00", POINT, -500),
        ("CHF 1'234.50", POINT, 123450),
        ("1.234", COMMA, 123400),
        ("1,234", POINT, 123400),
        ("zł 7,00", COMMA, 700),
    ],
)
def test_it_is_read_as_banks_write_it(text: str, mark: str, expected: int) -> None:
    assert amount(text, mark=mark) == expected * CENT


@given(
    st.integers(-(10**11) + 1, 10**11 - 1),
    st.sampled_from([COMMA, POINT]),
    st.sampled_from(["", "other", " ", "\u00a0", "'"]),
    st.sampled_from(["", " EUR", "€", " USD"]),
)
def test_what_is_written_is_read(cents: int, mark: str, by: str, currency: str) -> None:
    by = {COMMA: POINT, POINT: COMMA}[mark] if by == "other" else by
    whole, rest = divmod(abs(cents), 100)
    written = f"{whole:,}".replace(",", by)
    text = f"{'-' if cents < 0 else ''}{written}{mark}{rest:02d}{currency}"
    assert amount(text, mark=mark) == cents * CENT


@given(st.text(max_size=20), st.sampled_from([COMMA, POINT]))
def test_any_text_is_an_amount_or_refused(text: str, mark: str) -> None:
    try:
        read = amount(text, mark=mark)
    except units.NotAnAmount:
        return
    assert abs(read) <= units.AMOUNT_MAX
    assert any(each.isdigit() and each.isascii() for each in text)


@pytest.mark.parametrize(
    ("written", "mark"),
    [
        (["12,50", "1.234,00"], COMMA),
        (["12.50", "7"], POINT),
        (["1.234", "", "5"], COMMA),
        (["1,234.00"], POINT),
        ([], COMMA),
        (["x"], COMMA),
    ],
)
def test_the_mark_is_the_one_that_reads_all(written: list[str], mark: str) -> None:
    assert mark_of(written) == mark


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("31.02.2026", "dd.mm.yyyy"),
        ("", "dd.mm.yyyy"),
        ("20.11.26", "dd.mm.yyyy"),
        ("20.11.2026", "dd.mm.yy"),
        ("2026-11-20", "dd.mm.yyyy"),
        ("20.11.1926", "dd.mm.yyyy"),
        ("20.11.9926", "dd.mm.yyyy"),
        ("gestern", "dd.mm.yyyy"),
        ("٢٠.11.2026", "dd.mm.yyyy"),
        ("13/13/2026", "mm/dd/yyyy"),
    ],
)
def test_what_is_no_day_is_refused(text: str, way: str) -> None:
    with pytest.raises(NotADay):
        day(text, way=way)


@pytest.mark.parametrize("way", cells.DAYS)
def test_a_day_is_read_in_each_way(way: str) -> None:
    written = date(2026, 11, 20).strftime(cells.DAYS[way])
    assert day(f" {written} 10:15", way=way) == date(2026, 11, 20)
    assert day(f"{written}T10:15", way=way) == date(2026, 11, 20)
    assert way_of([written, "", "x"]) == way
