"""Sheets of rates: what each line says, what is wrong with it and where, and rates as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from portal.infra.sheets import Cell, Formula, Row
from portal.ledger.units import MICROS
from portal.pricing import rate_cells, rate_destinations
from portal.pricing.rate_cells import BadCell, Decimals
from portal.pricing.rate_faults import Fault, Reason
from portal.pricing.rating import Rate

Value = TypeVar("Value")

PREFIX: Final = "prefix"
COUNTRY: Final = "country"
PRICE: Final = "price"
VALID_FROM: Final = "valid_from"
REMOVE: Final = "remove"
DESTINATION: Final = "destination"
COLUMNS: Final = (PREFIX, COUNTRY, PRICE, VALID_FROM, REMOVE, DESTINATION)
"""All columns that a sheet may have, in any order; what is in the last one is for people only."""


@dataclass(frozen=True)
class Line:
    """What a line of a sheet says of one prefix; without a price, its rate ends that day."""

    line: int
    prefix: str
    price: int | None
    valid_from: date | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The lines that can be read, and everything that is wrong, by line."""

    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()

    def rates(self, *, today: date) -> list[Rate]:
        """The lines as rates; one without a day holds from today."""
        return [Rate(each.prefix, each.price, each.valid_from or today) for each in self.lines]


def read(rows: Sequence[Row], *, decimals: Decimals, today: date | None = None) -> Sheet:
    """What a sheet says; its first row names the columns.

    `today` takes the place of a day that is not written. Two lines for one prefix and day are
    both faulty, and so neither is among the lines.
    """
    if not rows:
        return Sheet(faults=(Fault(line=1, column=PREFIX, reason=Reason.NO_COLUMN, given=PREFIX),))
    heads = [_head(cell) for cell in rows[0].cells]
    wrong = list(_wrong_heads(heads, line=rows[0].line))
    if wrong:
        return Sheet(faults=tuple(wrong))
    reading = _Reading(heads, decimals, today)
    for row in rows[1:]:
        reading.take(row)
    return reading.sheet()


def _head(cell: Cell | Formula) -> str:
    return rate_cells.shown(rate_cells.text(cell)).lower().replace(" ", "_")


def _wrong_heads(heads: list[str], *, line: int) -> Iterator[Fault]:
    known = ", ".join(COLUMNS)
    for head in heads:
        if head not in COLUMNS:
            yield Fault(
                line=line, column=head, reason=Reason.STRANGE_COLUMN, given=head, other=known
            )
        elif heads.count(head) > 1:
            yield Fault(line=line, column=head, reason=Reason.COLUMN_TWICE, given=head)
    for needed, instead in ((PREFIX, COUNTRY), (PRICE, REMOVE)):
        if needed not in heads and instead not in heads:
            yield Fault(line=line, column=needed, reason=Reason.NO_COLUMN, given=needed)


@dataclass
class _Reading:
    """A sheet that is being read."""

    heads: list[str]
    decimals: Decimals
    today: date | None
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def take(self, row: Row) -> None:
        if len(row.cells) != len(self.heads):
            self._fault(row, self.heads[-1], BadCell(Reason.CELLS, str(len(row.cells))))
            return
        cells = dict(zip(self.heads, row.cells, strict=True))
        before = len(self.faults)
        for column, cell in cells.items():
            if isinstance(cell, Formula) and column != DESTINATION:
                self._fault(row, column, BadCell(Reason.FORMULA, cell.text))
        if len(self.faults) > before:
            return
        prefixes = self._read(row, PREFIX, lambda: _prefixes(cells)) or ()
        price = self._read(row, PRICE, lambda: self._price(cells))
        day = self._read(row, VALID_FROM, lambda: rate_cells.day(cells.get(VALID_FROM)))
        if len(self.faults) == before:
            self.lines += [Line(row.line, prefix, price, day or self.today) for prefix in prefixes]

    def sheet(self) -> Sheet:
        """What was read, without lines that contradict each other."""
        first: dict[tuple[str, date | None], Line] = {}
        contradicting: set[int] = set()
        for line in self.lines:
            other = first.setdefault((line.prefix, line.valid_from), line)
            if other is not line:
                self.faults += [_twice(other, line), _twice(line, other)]
                contradicting |= {other.line, line.line}
        return Sheet(
            lines=tuple(line for line in self.lines if line.line not in contradicting),
            faults=tuple(dict.fromkeys(sorted(self.faults, key=lambda fault: fault.line))),
        )

    def _price(self, cells: dict[str, Cell | Formula]) -> int | None:
        price = rate_cells.price(cells.get(PRICE), decimals=self.decimals)
        if rate_cells.yes(cells.get(REMOVE)) and price is not None:
            raise BadCell(Reason.PRICE_AND_REMOVE, str(cells[PRICE]))
        if REMOVE in cells and price is None and not rate_cells.yes(cells[REMOVE]):
            raise BadCell(Reason.NO_PRICE, "")
        return price

    def _read(self, row: Row, column: str, reader: Callable[[], Value]) -> Value | None:
        try:
            return reader()
        except BadCell as bad:
            self._fault(row, column, bad)
            return None

    def _fault(self, row: Row, column: str, bad: BadCell) -> None:
        self.faults.append(
            Fault(line=row.line, column=bad.column or column, reason=bad.reason, given=bad.given)
        )


def _twice(line: Line, other: Line) -> Fault:
    return Fault(
        line=line.line,
        column=PREFIX,
        reason=Reason.TWICE,
        given=line.prefix,
        other=str(other.line),
    )


def _prefixes(cells: dict[str, Cell | Formula]) -> tuple[str, ...]:
    """The prefix of a line, or those of its country."""
    country = rate_cells.text(cells.get(COUNTRY))
    if not country:
        return (rate_cells.prefix(cells.get(PREFIX)),)
    if rate_cells.text(cells.get(PREFIX)):
        raise BadCell(Reason.PREFIX_AND_COUNTRY, country, column=COUNTRY)
    try:
        found = rate_destinations.prefixes_of(country.upper())
    except ValueError:
        raise BadCell(Reason.UNKNOWN_COUNTRY, country, column=COUNTRY) from None
    if not found:
        raise BadCell(Reason.COUNTRY_NOT_TOLD_APART, country, column=COUNTRY)
    return found


SheetRow = tuple[str, Decimal | None, date, str]


def rows_of(rates: Iterable[Rate], *, name: Callable[[str], str]) -> Iterator[SheetRow]:
    """Rates as rows that `read` reads back, without their heads: prefix, price, day, destination.

    `name` says what people call the destination of a prefix.
    """
    for rate in sorted(rates, key=lambda each: (each.prefix, each.valid_from)):
        price = None if rate.price is None else Decimal(rate.price) / MICROS
        yield rate.prefix, price, rate.valid_from, name(rate.prefix)


HEADS: Final = (PREFIX, PRICE, VALID_FROM, DESTINATION)
"""The heads of `rows_of`."""


def as_text(row: SheetRow, *, decimals: Decimals) -> tuple[str, str, str, str]:
    """A row of `rows_of` for a file that has only text."""
    prefix, price, valid_from, destination = row
    return prefix, rate_cells.written(price, decimals=decimals), valid_from.isoformat(), destination
