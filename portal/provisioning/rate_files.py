"""Price lists in a portal's folder: CSV with a prefix, what a part costs, and from which day on."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.infra import sheets
from portal.infra.sheets import Unreadable, UnreadableSheet
from portal.ledger import units
from portal.pricing import rate_faults, rate_sheets
from portal.pricing.rate_cells import Decimals
from portal.provisioning.faults import Fault

COLUMNS: Final = (rate_sheets.PREFIX, rate_sheets.PRICE, rate_sheets.VALID_FROM)
FAULTS_MAX: Final = 20
_UNREADABLE: Final = {
    Unreadable.EMPTY: f"the first line is to be {','.join(COLUMNS)}",
    Unreadable.TOO_LARGE: "it is larger than 5 MB",
    Unreadable.TOO_MANY_ROWS: "it has more than 20,000 rows",
    Unreadable.TOO_MANY_COLUMNS: "there are more than 20 columns in this line",
    Unreadable.CELL_TOO_LONG: "a cell in this line is longer than 200 letters",
    Unreadable.NOT_UTF8: "this is not UTF-8; save it as that",
    Unreadable.NO_TABLE: "this is no CSV",
    Unreadable.BROKEN: "this is no CSV: look at the quotes from here on",
}
assert _UNREADABLE.keys() == set(Unreadable)


@dataclass(frozen=True)
class DatedRate:
    """A line of a list; without a day it holds from the day on which it is applied.

    Without a price, the rate of the prefix ends on that day.
    """

    prefix: str
    price: int | None
    valid_from: date | None = None


def read(source: str, *, file: str) -> tuple[tuple[DatedRate, ...], list[Fault]]:
    """The lines of a CSV text, and what is wrong with it, at most `FAULTS_MAX` things.

    The columns are those of `rate_sheets.COLUMNS`, named in the first line; prices have a point.
    """
    try:
        rows = sheets.read(source.encode())
    except UnreadableSheet as refused:
        line = 1 if refused.why is Unreadable.EMPTY else refused.line
        return (), [Fault(file=file, line=line, what=_UNREADABLE[refused.why])]
    found = rate_sheets.read(rows, decimals=Decimals.POINT)
    lines = tuple(DatedRate(each.prefix, each.price, each.valid_from) for each in found.lines)
    wrong = [
        Fault(file=file, line=fault.line, key=fault.column, what=rate_faults.english(fault))
        for fault in found.faults[:FAULTS_MAX]
    ]
    return lines, wrong


def write(lines: Sequence[DatedRate], *, currency: str) -> str:
    """The same lines as CSV."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for line in lines:
        price = "" if line.price is None else units.decimal_string(line.price, currency)
        rows.writerow([line.prefix, price, line.valid_from or ""])
    return written.getvalue()
