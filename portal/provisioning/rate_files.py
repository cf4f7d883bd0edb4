"""Price lists as CSV: a prefix, what a part costs, and from which day on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.ledger import units
from portal.provisioning import words
from portal.provisioning.faults import Fault

COLUMNS: Final = ("prefix", "price", "valid_from")
FAULTS_MAX: Final = 20
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class DatedRate:
    """A line of a list; without a day it holds from the day on which it is applied."""

    prefix: str
    price: int
    valid_from: date | None = None


def read(source: str, *, file: str) -> tuple[tuple[DatedRate, ...], list[Fault]]:
    """The lines of a CSV text, and what is wrong with it, at most `FAULTS_MAX` things.

    The first line names the columns: prefix, price and, if there is one, valid_from.
    """
    rows = csv.reader(io.StringIO(source), strict=True)
    lines: list[DatedRate] = []
    wrong: list[Fault] = []
    try:
        heads = [head.strip() for head in next(rows, [])]
        if heads not in (list(COLUMNS), list(COLUMNS[:2])):
            what = f"the first line is to be {','.join(COLUMNS)}"
            return (), [Fault(file=file, line=1, what=what)]
        for row in rows:
            try:
                lines += _line(row, columns=len(heads))
            except ValueError as invalid:
                wrong.append(Fault(file=file, line=rows.line_num, what=str(invalid)))
            if len(wrong) >= FAULTS_MAX:
                return tuple(lines), wrong
    except csv.Error as broken:
        wrong.append(Fault(file=file, line=rows.line_num, what=f"this is no CSV: {broken}"))
    return tuple(lines), wrong + _twice(lines, file=file)


def write(lines: Sequence[DatedRate], *, currency: str) -> str:
    """The same lines as CSV."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for line in lines:
        price = units.decimal_string(line.price, currency)
        rows.writerow([line.prefix, price, line.valid_from or ""])
    return written.getvalue()


def _line(row: list[str], *, columns: int) -> Iterator[DatedRate]:
    if not any(cell.strip() for cell in row):
        return
    if len(row) != columns:
        raise ValueError(f"there are {len(row)} columns in this line, and {columns} in the first")
    cells = [cell.strip() for cell in row]
    try:
        prefix = words.prefix(cells[0])
    except ValueError as invalid:
        raise ValueError(f"{cells[0]!r} {invalid}") from None
    price = units.parse(cells[1])
    yield DatedRate(prefix, price, _day(cells[2]) if columns == len(COLUMNS) else None)


def _day(text: str) -> date | None:
    if not text:
        return None
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no day such as 2026-07-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is a day that no calendar has") from None


def _twice(lines: Sequence[DatedRate], *, file: str) -> list[Fault]:
    seen: set[tuple[str, date | None]] = set()
    found = []
    for line in lines:
        key = (line.prefix, line.valid_from)
        if key in seen:
            what = f"there are two prices for {line.prefix} from {line.valid_from or 'now'} on"
            found.append(Fault(file=file, what=what))
        seen.add(key)
    return found[:FAULTS_MAX]
