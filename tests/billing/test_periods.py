"""Billing days: a day of the month, at its end where the month has no such day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing import periods

DATES = st.dates(date(2020, 1, 1), date(2040, 1, 1))
NUMBERS = st.integers(1, 31)


@pytest.mark.parametrize(
    ("after", "day", "found"),
    [
        ("2026-01-30", 31, "2026-01-31"),
        ("2026-01-31", 31, "2026-02-28"),
        ("2026-02-28", 31, "2026-03-31"),
        ("2026-02-27", 31, "2026-02-28"),
        ("2028-02-28", 31, "2028-02-29"),
        ("2028-02-29", 29, "2028-03-29"),
        ("2026-03-31", 30, "2026-04-30"),
        ("2026-11-15", 15, "2026-12-15"),
        ("2026-11-14", 15, "2026-11-15"),
        ("2026-12-15", 15, "2027-01-15"),
        ("2026-12-31", 1, "2027-01-01"),
        ("2026-12-30", 31, "2026-12-31"),
    ],
)
def test_the_next_billing_day(after: str, day: int, found: str) -> None:
    assert periods.next_billing_day(date.fromisoformat(after), day=day).isoformat() == found


@pytest.mark.parametrize(
    ("first", "day", "found"),
    [
        ("2026-02-28", 31, "2026-02-28"),
        ("2026-03-01", 31, "2026-03-31"),
        ("2026-11-15", 15, "2026-11-15"),
        ("2026-11-16", 15, "2026-12-15"),
        ("2027-01-01", 1, "2027-01-01"),
    ],
)
def test_the_first_billing_day_of_what_begins_on_a_day(first: str, day: int, found: str) -> None:
    assert periods.billing_day_from(date.fromisoformat(first), day=day).isoformat() == found


@given(DATES, NUMBERS)
def test_it_comes_once_a_month(after: date, number: int) -> None:
    found = periods.next_billing_day(after, day=number)
    assert timedelta() < found - after <= timedelta(days=31)
    assert found.day == number or (found.day < number and (found + timedelta(days=1)).day == 1)
    between = (after + timedelta(days=days) for days in range(1, (found - after).days))
    assert all(periods.billing_day_from(day, day=number) == found for day in between)
    assert periods.billing_day_from(found, day=number) == found


@given(DATES, NUMBERS)
def test_a_year_has_twelve_of_one_number(begin: date, number: int) -> None:
    day = first = periods.billing_day_from(begin, day=number)
    for _ in range(12):
        day = periods.next_billing_day(day, day=number)
    assert (day.year, day.month) == (first.year + 1, first.month)
