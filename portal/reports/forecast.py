"""How long something will last at the pace at which it was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique
from typing import Final

DAYS_LOOKED_BACK: Final = 14
_LONG_DAYS: Final = 365


@unique
class Outlook(StrEnum):
    """What can be said of the days ahead."""

    USED_UP = "used_up"
    NOT_USED = "not_used"
    """Nothing was used of late, so that nothing can be said."""

    UNTIL = "until"
    RENEWS_FIRST = "renews_first"
    LONG = "long"
    """For more than a year."""


@dataclass(frozen=True)
class Forecast:
    """What can be said; `until` is the last day that it lasts for, if it is a day that counts."""

    outlook: Outlook
    until: date | None = None


def of(*, left: int, used: int, days: int, today: date, renews_on: date | None = None) -> Forecast:
    """How long `left` lasts if `used` was used in the last `days` days, today among them.

    What renews on a day before it is used up will do until then.

    Raises:
        ValueError: no day was looked back at.
    """
    if days < 1:
        raise ValueError(f"a pace over {days} days")
    if left <= 0:
        return Forecast(Outlook.USED_UP)
    if used <= 0:
        return Forecast(Outlook.NOT_USED)
    lasts_days = left * days // used
    if renews_on is not None and today + timedelta(days=min(lasts_days, _LONG_DAYS)) >= renews_on:
        return Forecast(Outlook.RENEWS_FIRST, renews_on)
    if lasts_days > _LONG_DAYS:
        return Forecast(Outlook.LONG)
    return Forecast(Outlook.UNTIL, today + timedelta(days=lasts_days))


def days_seen(*, since: date | None, today: date) -> int:
    """How many of the days looked back at there was anything to be used on; at least one."""
    if since is None:
        return 1
    return min(DAYS_LOOKED_BACK, max(1, (today - since).days + 1))
