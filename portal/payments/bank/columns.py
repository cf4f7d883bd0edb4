"""What the columns of a bank's CSV file are: guessed from their heads, said by staff, applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pydantic import BaseModel, ConfigDict

from portal.ledger import units
from portal.payments.bank import cells
from portal.payments.bank.lines import Line, Statement, UnreadableLine, UnreadableStatement, line
from portal.payments.bank.sheet import Sheet
from portal.payments.bank.statuses import Fault, Kind, Unreadable

# By column, what banks write over it; the words that say most come first.
_HEADS: Final[dict[str, tuple[str, ...]]] = {
    "day": (
        "buchungstag", "buchungsdatum", "booking date", "bookingdate", "date comptable",
        "date de comptabilisation", "fecha contable", "fecha operaci", "data contabile",
        "data operacji", "data księgowania", "boekingsdatum", "boekdatum", "buchung", "datum",
        "date", "fecha", "data", "wertstellung", "valuta",
    ),
    "amount": (
        "betrag", "amount", "umsatz", "montant", "crédit", "credit", "importe", "importo",
        "kwota", "bedrag", "montante", "valor", "gutschrift", "haben", "paid in",
    ),
    "debit": ("paid out", "débit", "lastschriftbetrag", "belastung", "soll", "debit"),
    "direction": ("af bij", "soll/haben", "debit/credit", "credit/debit", "dr/cr"),
    "currency": ("währung", "waehrung", "currency", "devise", "divisa", "valuta", "waluta", "munt"),
    "name": (
        "beguenstigter", "begünstigter", "zahlungspflichtig", "auftraggeber", "name zahlungs",
        "zahlungsbeteiligter", "payer", "counterparty", "partner name", "naam", "ordenante",
        "ordinante", "nadawca", "donneur", "name", "nom",
    ),
    "payer": (
        "iban zahlungsbeteiligter", "kontonummer/iban", "counterparty iban", "partner iban",
        "tegenrekening", "iban",
    ),
    "text": (
        "verwendungszweck", "remittance", "reference", "description", "details", "buchungstext",
        "mededelingen", "omschrijving", "libellé", "libelle", "concepto", "causale", "descrizione",
        "tytuł", "opis", "descri", "purpose", "referenz",
    ),
    "status": ("status", "info", "state"),
    "own": ("auftragskonto", "iban auftragskonto", "own account", "rekening", "account"),
}  # fmt: skip
_ONLY_OUT: Final = frozenset({"-", "af", "d", "db", "dbit", "debet", "debit", "dr", "s", "soll"})
_ONLY_IN: Final = frozenset({"+", "bij", "c", "cr", "crdt", "credit", "h", "haben"})
_PENDING: Final = (
    "vorgemerkt", "pending", "announced", "en attente", "pendiente", "in sospeso", "pendente",
    "oczekuj", "in behandeling",
)  # fmt: skip


class Columns(BaseModel):
    """Where in a row everything stands, counted from 0, and how days and amounts are written."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    heads: tuple[str, ...]
    day: int
    amount: int
    way: str
    mark: str
    debit: int | None = None
    """Amounts that went out, where they have a column of their own."""
    direction: int | None = None
    """A word for in and out, where amounts have no sign."""
    currency: int | None = None
    name: int | None = None
    payer: int | None = None
    text: int | None = None
    status: int | None = None
    own: int | None = None
    """The number of the account that the file is of."""

    def fits(self, sheet: Sheet) -> bool:
        """Whether a file has the columns for which this was said."""
        return self.heads == sheet.heads


OPTIONAL: Final = ("name", "text", "currency", "debit", "direction", "payer", "status", "own")
"""What a file need not have."""


def kept(stored: dict[str, object]) -> Columns | None:
    """What was said of an earlier file; None if nothing was."""
    return Columns.model_validate(stored) if stored else None


def guess(sheet: Sheet) -> Columns:
    """What the columns may be, for staff to look at."""
    by_head: dict[str, int] = {}
    for role, words in _HEADS.items():
        taken = set(by_head.values())
        # What begins with a word says more than what has it somewhere.
        found = min(
            (
                (place, not head.casefold().startswith(word), index)
                for place, word in enumerate(words)
                for index, head in enumerate(sheet.heads)
                if index not in taken and word in head.casefold()
            ),
            default=None,
        )
        if found is not None:
            by_head[role] = found[-1]
    day = by_head.pop("day", None)
    if day is None:
        day = _most(sheet, lambda cell: any(cells.is_day(cell, way) for way in cells.DAYS))
    amount = by_head.pop("amount", None)
    if amount is None:
        amount = _most(sheet, cells.is_amount, but=day)
    return Columns(
        heads=sheet.heads,
        day=day,
        amount=amount,
        way=cells.way_of(sheet.column(day)),
        mark=cells.mark_of(sheet.column(amount)),
        **by_head,
    )


def _most(sheet: Sheet, fits: Callable[[str], bool], *, but: int | None = None) -> int:
    """The column of which most cells are like that."""
    return max(
        (index for index in range(len(sheet.heads)) if index != but),
        key=lambda index: sum(fits(cell) for cell in sheet.column(index)),
    )


def apply(
    sheet: Sheet, columns: Columns, *, currency: str, is_own: Callable[[str], bool]
) -> Statement:
    """The lines of a file; `currency` is that of amounts beside which none stands.

    Raises:
        UnreadableStatement: it is of another account, or no line can be read.
    """
    found: list[Line] = []
    faults: dict[int, Fault] = {}
    for number, row in sheet.rows:
        of_account = _cell(row, columns.own)
        if of_account and not is_own(of_account):
            raise UnreadableStatement(Unreadable.OTHER_ACCOUNT, about=of_account[:40])
        try:
            found.append(_line(row, columns, currency))
        except UnreadableLine as refused:
            faults[number] = refused.why
    if not found:
        raise UnreadableStatement(Unreadable.NO_LINES)
    return Statement(lines=tuple(found), faults=faults)


def _line(row: tuple[str, ...], columns: Columns, currency: str) -> Line:
    try:
        booked_on = cells.day(row[columns.day], way=columns.way)
    except cells.NotADay:
        raise UnreadableLine(Fault.DATE) from None
    amount = _signed(row, columns)
    said = _cell(row, columns.currency).upper() or currency
    if said not in units.CURRENCIES:
        raise UnreadableLine(Fault.CURRENCY)
    kind = Kind.CREDIT if amount > 0 else Kind.DEBIT
    if any(word in _cell(row, columns.status).casefold() for word in _PENDING):
        kind = Kind.PENDING
    return line(
        kind=kind,
        booked_on=booked_on,
        amount=abs(amount),
        currency=said,
        name=_cell(row, columns.name),
        payer=_cell(row, columns.payer),
        text=_cell(row, columns.text),
    )


def _signed(row: tuple[str, ...], columns: Columns) -> int:
    """What came in, or below zero what went out."""
    came, went = row[columns.amount], _cell(row, columns.debit)
    try:
        if went and not came:
            return -abs(cells.amount(went, mark=columns.mark))
        amount = cells.amount(came, mark=columns.mark)
    except units.NotAnAmount:
        raise UnreadableLine(Fault.AMOUNT) from None
    if columns.direction is None:
        return amount
    said = _cell(row, columns.direction).casefold()
    if said in _ONLY_OUT:
        return -abs(amount)
    if said in _ONLY_IN:
        return amount
    raise UnreadableLine(Fault.DIRECTION)


def _cell(row: tuple[str, ...], index: int | None) -> str:
    return "" if index is None else row[index]
