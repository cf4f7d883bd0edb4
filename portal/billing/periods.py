"""Billing periods: a day of the month, clamped to its end without drifting."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def next_billing_day(after: date, *, day: int) -> date:
    """The first billing day after a date: day 31 is 28 February, and 31 March again."""
    this_month = _clamped(after.year, after.month, day)
    if this_month > after:
        return this_month
    year, month = (after.year + 1, 1) if after.month == 12 else (after.year, after.month + 1)
    return _clamped(year, month, day)


def billing_day_from(first: date, *, day: int) -> date:
    """The first billing day that is not before a date."""
    return next_billing_day(first - timedelta(days=1), day=day)


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
