"""How long something lasts at the pace at which it was used."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reports import forecast
from portal.reports.forecast import Forecast, Outlook

TODAY = date(2026, 11, 22)


def of(left: int, used: int, *, days: int = 14, renews_on: date | None = None) -> Forecast:
    return forecast.of(left=left, used=used, days=days, today=TODAY, renews_on=renews_on)


def test_no_pace_is_made_of_no_days() -> None:
    with pytest.raises(ValueError, match="over 0 days"):
        of(1, 1, days=0)


@pytest.mark.parametrize("left", [0, -5])
def test_what_is_used_up_is_used_up(left: int) -> None:
    assert of(left, 10) == Forecast(Outlook.USED_UP)


@pytest.mark.parametrize("used", [0, -1])
def test_without_use_nothing_can_be_said(used: int) -> None:
    assert of(100, used) == Forecast(Outlook.NOT_USED)


@pytest.mark.parametrize(
    ("left", "used", "days", "more"),
    [
        (100, 140, 14, 10),
        (100, 100, 14, 14),
        (9, 14, 14, 9),
        (1, 14, 1, 0),  # not for a whole day more
        (13, 14, 1, 0),
        (14, 14, 1, 1),
        (365, 14, 14, 365),
    ],
)
def test_it_lasts_for_whole_days(left: int, used: int, days: int, more: int) -> None:
    assert of(left, used, days=days) == Forecast(Outlook.UNTIL, TODAY + timedelta(days=more))


def test_more_than_a_year_is_no_day() -> None:
    assert of(366, 14) == Forecast(Outlook.LONG)


def test_what_renews_before_it_is_used_up_will_do() -> None:
    renews = TODAY + timedelta(days=10)
    assert of(100, 140, renews_on=renews) == Forecast(Outlook.RENEWS_FIRST, renews)
    assert of(10**12, 1, renews_on=renews) == Forecast(Outlook.RENEWS_FIRST, renews)


def test_what_is_used_up_the_day_before_will_not_do() -> None:
    renews = TODAY + timedelta(days=11)
    assert of(100, 140, renews_on=renews) == Forecast(Outlook.UNTIL, TODAY + timedelta(days=10))


@given(
    left=st.integers(1, 10**15), used=st.integers(1, 10**15), days=st.integers(1, 14)
)  # fmt: skip
def test_the_more_is_used_the_sooner_it_ends(left: int, used: int, days: int) -> None:
    slow, fast = of(left, used, days=days), of(left, used * 2, days=days)
    if slow.until is not None:
        assert fast.until is not None
        assert TODAY <= fast.until <= slow.until


@pytest.mark.parametrize(
    ("since", "days"),
    [
        (None, 1),
        (TODAY + timedelta(days=1), 1),
        (TODAY, 1),
        (TODAY - timedelta(days=1), 2),
        (TODAY - timedelta(days=13), 14),
        (TODAY - timedelta(days=400), 14),
    ],
)
def test_no_more_days_are_looked_back_at_than_there_were(since: date | None, days: int) -> None:
    assert forecast.days_seen(since=since, today=TODAY) == days
