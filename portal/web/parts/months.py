"""Months and periods to choose from, in the reader's own words."""

from __future__ import annotations

from collections.abc import Iterator

from babel.dates import format_skeleton
from wtforms import SelectChoice

from portal.http.language import locale
from portal.infra.months import Month, latest, month_of, read

__all__ = ["choices", "label", "latest", "month_of", "read"]


def label(month: Month) -> str:
    """A month as people read it."""
    return str(format_skeleton("yMMMM", month.first, locale=locale()))


def choices(months: Iterator[Month]) -> list[SelectChoice]:
    """Months for a field to choose from."""
    return [SelectChoice(each.key, label(each)) for each in months]
