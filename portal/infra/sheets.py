"""Tables as files, CSV and XLSX: rows of cells in and out, within limits."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, unique
from typing import Any, Final

BYTES_MAX: Final = 5 * 1024 * 1024
ROWS_MAX: Final = 20_000
COLUMNS_MAX: Final = 20
CELL_LENGTH_MAX: Final = 200
_DELIMITERS: Final = ",;\t"
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")

Cell = str | int | Decimal | bool | date | None


@dataclass(frozen=True)
class Formula:
    """A cell that says how it is computed, not what it is."""

    text: str


@dataclass(frozen=True)
class Row:
    """One line of a sheet, counted from 1 as a spreadsheet program or an editor shows it."""

    line: int
    cells: tuple[Cell | Formula, ...]


@unique
class Unreadable(StrEnum):
    """Why a file is not read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    CELL_TOO_LONG = "cell_too_long"
    NOT_UTF8 = "not_utf8"
    NO_TABLE = "no_table"
    BROKEN = "broken"


class UnreadableSheet(ValueError):
    """The file cannot be read or is beyond a limit; `line` is 0 where no single one is at fault."""

    def __init__(self, why: Unreadable, *, line: int = 0) -> None:
        super().__init__(f"{why} at line {line}" if line else why.value)
        self.why = why
        self.line = line


def read(data: bytes) -> list[Row]:
    """The rows of a CSV file or of the first sheet of an XLSX file, without those that are empty.

    What a file is, is told by its beginning, not by its name. CSV is UTF-8, with or without a byte
    order mark; commas, semicolons or tabs stand between its cells, whichever its first line has.
    Cells of CSV are text; those of XLSX are what the spreadsheet says: a number is exactly the
    digits that it shows without a format, and a formula is a `Formula`.

    Raises:
        UnreadableSheet: saying why.
    """
    if len(data) > BYTES_MAX:
        raise UnreadableSheet(Unreadable.TOO_LARGE)
    if not data.strip():
        raise UnreadableSheet(Unreadable.EMPTY)
    rows = _workbooks().rows(data) if data.startswith(b"PK\x03\x04") else _csv(data)
    found = list(_within_limits(rows))
    if not found:
        raise UnreadableSheet(Unreadable.EMPTY)
    return found


def _within_limits(rows: Iterable[Row]) -> Iterator[Row]:
    count = 0
    for row in rows:
        if all(cell is None or cell == "" for cell in row.cells):
            continue
        count += 1
        if count > ROWS_MAX + 1:  # the heads are a row as well
            raise UnreadableSheet(Unreadable.TOO_MANY_ROWS, line=row.line)
        if len(row.cells) > COLUMNS_MAX:
            raise UnreadableSheet(Unreadable.TOO_MANY_COLUMNS, line=row.line)
        if any(isinstance(cell, str) and len(cell) > CELL_LENGTH_MAX for cell in row.cells):
            raise UnreadableSheet(Unreadable.CELL_TOO_LONG, line=row.line)
        yield row


def _csv(data: bytes) -> Iterator[Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableSheet(Unreadable.NOT_UTF8) from None
    if "\0" in text:
        raise UnreadableSheet(Unreadable.NO_TABLE)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        # A cell may have line breaks in it: a row stands where it begins.
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableSheet(Unreadable.BROKEN, line=line) from None
        yield Row(line, tuple(cell.strip() for cell in cells))


def _delimiter(text: str) -> str:
    """What stands most often between the heads, which are words and have none of them inside."""
    first = text.lstrip().split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def to_csv(rows: Iterable[Sequence[str | Decimal]]) -> bytes:
    """Rows as CSV that spreadsheet programs open as it is: UTF-8 with its mark, all in quotes.

    A number may begin with a minus; text that does is made harmless.
    """
    written = io.StringIO(newline="")
    lines = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerows(
        [str(cell) if isinstance(cell, Decimal) else harmless(cell) for cell in row] for row in rows
    )
    return written.getvalue().encode("utf-8-sig")


def csv_lines(rows: Iterable[Sequence[str | Decimal]]) -> Iterator[bytes]:
    """The same piece by piece, for a table that is too long to be held."""
    yield "".encode("utf-8-sig")
    for row in rows:
        yield to_csv([row]).removeprefix("".encode("utf-8-sig"))


def to_xlsx(rows: Iterable[Sequence[str | Decimal | date | None]], *, title: str) -> bytes:
    """Rows as a spreadsheet: text stays text even if it looks like a number, numbers are exact."""
    written: bytes = _workbooks().written(rows, title=title)
    return written


def harmless(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def _workbooks() -> Any:
    # By name, on first use: what reads and writes workbooks takes a third of a second to load.
    return importlib.import_module("portal.infra.workbooks")
