"""A bank's CSV file as heads and rows, whatever it is encoded in and parted by."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Final

from portal.payments.bank import cells
from portal.payments.bank.lines import LINES_MAX, UnreadableStatement
from portal.payments.bank.statuses import Unreadable

COLUMNS_MAX: Final = 60
COLUMNS_MIN: Final = 3
CELL_LENGTH_MAX: Final = 4_000
_DELIMITERS: Final = ";,\t|"
_LOOKED_AT: Final = 40
_BEFORE_HEADS_MAX: Final = 50
"""How many lines about the account and the days may stand above the table itself."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table; heads are empty where the file has none. Rows know their line in the file."""

    heads: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, index: int) -> list[str]:
        """All cells below a head."""
        return [cells[index] for _, cells in self.rows]


def read(data: bytes) -> Sheet:
    """The table in a file; what stands above it about the account is left out.

    Raises:
        UnreadableStatement: saying why.
    """
    text = _text(data)
    rows = _rows(text, _delimiter(text))
    if not rows:
        raise UnreadableStatement(Unreadable.EMPTY)
    widths = Counter(len(row) for _, row in rows)
    width = max(widths, key=lambda each: (widths[each] * (each >= COLUMNS_MIN), each))
    if not COLUMNS_MIN <= width <= COLUMNS_MAX:
        raise UnreadableStatement(Unreadable.UNKNOWN)
    first = next(at for at, (_, row) in enumerate(rows) if len(row) == width)
    heads: tuple[str, ...] = ("",) * width
    if not any(_is_value(cell) for cell in rows[first][1]):
        heads = rows[first][1]
        first += 1
    below = [(line, _as_wide(row, width)) for line, row in rows[first:]]
    if not below:
        raise UnreadableStatement(Unreadable.NO_LINES)
    if len(below) > LINES_MAX:
        raise UnreadableStatement(Unreadable.TOO_MANY_LINES)
    return Sheet(heads=heads, rows=tuple(below))


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise UnreadableStatement(Unreadable.BROKEN) from None
    if "\0" in text:
        raise UnreadableStatement(Unreadable.UNKNOWN)
    return text


def _delimiter(text: str) -> str:
    """The mark that parts most lines into the same number of cells, the more the surer."""
    head = "\n".join(text.splitlines()[:_LOOKED_AT])

    def evenness(delimiter: str) -> int:
        try:
            rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
            widths = Counter(len(row) for row in rows if len(row) > 1)
        except csv.Error:
            return 0
        return max(((width - 1) * count for width, count in widths.items()), default=0)

    return max(_DELIMITERS, key=evenness)


def _rows(text: str, delimiter: str) -> list[tuple[int, tuple[str, ...]]]:
    """All rows with something in them, and the line at which each begins."""
    found: list[tuple[int, tuple[str, ...]]] = []
    parsed = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in parsed:
            cut = tuple(cell.strip() for cell in row)
            if any(cut):
                found.append((line, cut))
            if len(found) > LINES_MAX + _BEFORE_HEADS_MAX:
                raise UnreadableStatement(Unreadable.TOO_MANY_LINES)
            if any(len(cell) > CELL_LENGTH_MAX for cell in cut):
                raise UnreadableStatement(Unreadable.BROKEN)
            line = parsed.line_num + 1
    except csv.Error:
        raise UnreadableStatement(Unreadable.BROKEN) from None
    return found


def _is_value(cell: str) -> bool:
    return cells.is_amount(cell) or any(cells.is_day(cell, way) for way in cells.DAYS)


def _as_wide(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*row[:width], *("",) * (width - len(row)))
