"""Months of the calendar, and the moments at which they begin and end somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MONTHS_MAX: Final = 60
_WRITTEN: Final = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)


@dataclass(frozen=True)
class Month:
    """A month of a year."""

    first: date

    @property
    def key(self) -> str:
        """How addresses write it, as in `2026-11`."""
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> Month:
        """The month that ended when this one began."""
        return month_of(self.first - timedelta(days=1))

    @property
    def after(self) -> Month:
        """The month that begins when this one ends."""
        return month_of(self.first + timedelta(days=31))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(days=1)

    def begins(self, time_zone: str) -> datetime:
        """The moment at which it begins there."""
        return datetime.combine(self.first, time.min, ZoneInfo(time_zone))

    def ends(self, time_zone: str) -> datetime:
        """The moment at which it is over there."""
        return self.after.begins(time_zone)


def month_of(day: date) -> Month:
    """The month that a day is in."""
    return Month(day.replace(day=1))


def latest(*, until: Month, since: Month) -> Iterator[Month]:
    """The months of a past, the latest first; of a long past, the last years of it."""
    month = until
    for _ in range(MONTHS_MAX):
        yield month
        if month.first <= since.first:
            return
        month = month.before


def read(key: str) -> Month:
    """The month that an address names.

    Raises:
        ValueError: it names none.
    """
    found = _WRITTEN.fullmatch(key)
    if found is None:
        raise ValueError(f"{key!r} is no month")
    return Month(date(int(found[1]), int(found[2]), 1))
