"""Pages of a list that is at hand as a whole, counted from 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import request

ROWS_MAX: Final = 50
_PAGES_MAX: Final = 10_000
Row = TypeVar("Row")


@dataclass(frozen=True)
class NumberedPage(Generic[Row]):
    """The rows of one page, which it is of how many, and the addresses of those beside it."""

    rows: list[Row]
    number: int
    of: int
    total: int
    prev_url: str | None
    next_url: str | None


def cut(rows: Sequence[Row], *, parameter: str = "page") -> NumberedPage[Row]:
    """The page that the address asks for; of those that are not there, the nearest."""
    of = max(1, -(-len(rows) // ROWS_MAX))
    number = min(max(1, _number(request.args.get(parameter, ""))), of)
    begin = (number - 1) * ROWS_MAX
    return NumberedPage(
        list(rows[begin : begin + ROWS_MAX]),
        number,
        of,
        len(rows),
        address({parameter: str(number - 1)}) if number > 1 else None,
        address({parameter: str(number + 1)}) if number < of else None,
    )


def address(values: dict[str, str]) -> str:
    """This page with other values in its address."""
    kept = [each for each in request.args.items(multi=True) if each[0] not in values]
    # Not by `url_for`, which would take names in the address for its own options.
    return f"{quote(request.path)}?{urlencode([*kept, *values.items()])}"


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        return 1
    return min(int(text), _PAGES_MAX)
