"""Pages of a long list: each begins below an id, and knows the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import request

ROWS_MAX = 50
ASKED = ROWS_MAX + 1
"""How many rows to ask for: one more than a page shows, to learn whether there is another page."""

_ID_MAX = 2**63 - 1
_TRAIL_MAX = 20
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the addresses of the pages beside it."""

    rows: list[Row]
    prev_url: str | None
    next_url: str | None


def below_id() -> int | None:
    """Where the page asked for begins; None is at the newest, and so is everything unreadable."""
    return _id(request.args.get("below", ""))


def cut(found: Sequence[Row], *, id_of: Callable[[Row], int]) -> Page[Row]:
    """A page of what was found, asked for as `ASKED` rows below `below_id`.

    The address carries the beginnings of the pages before, so that the way back shows the same
    pages although newer rows have come.
    """
    rows = list(found[:ROWS_MAX])
    below = below_id()
    trail = [each for each in map(_id, request.args.get("trail", "").split(".")) if each]
    prev_url = next_url = None
    if below is not None:
        prev_url = _address(below=trail[-1] if trail else None, trail=trail[:-1])
    if len(found) > ROWS_MAX:
        onward = [*trail, below] if below is not None else trail
        next_url = _address(below=id_of(rows[-1]), trail=onward[-_TRAIL_MAX:])
    return Page(rows, prev_url, next_url)


def _address(*, below: int | None, trail: Sequence[int]) -> str:
    kept = [each for each in request.args.items(multi=True) if each[0] not in {"below", "trail"}]
    if below is not None:
        kept.append(("below", str(below)))
    if trail:
        kept.append(("trail", ".".join(map(str, trail))))
    # Not by `url_for`, which would take names in the address for its own options.
    return quote(request.path) + (f"?{urlencode(kept)}" if kept else "")


def _id(text: str) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return int(text) if 0 < int(text) <= _ID_MAX else None
