"""The cells of a rate sheet: a prefix, a price, a day; strictly, and never by a guess."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from enum import StrEnum, unique
from typing import Final

from portal.infra.sheets import Cell, Formula
from portal.ledger import units
from portal.pricing.rate_faults import Reason

PREFIX_DIGITS_MAX: Final = 15
GIVEN_MAX: Final = 40
WHOLE_DIGITS_MAX: Final = 9
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_PREFIX = re.compile(r"[1-9][0-9]*", re.ASCII)
_PRICE = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?", re.ASCII)
_EXPONENT = re.compile(r"[0-9.,]+[eE][+-]?[0-9]+", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MINUS: Final = ("-", "−", "–")
_YES: Final = frozenset({"yes", "y", "x", "true", "1", "remove"})
_NO: Final = frozenset({"", "no", "n", "false", "0"})


@unique
class Decimals(StrEnum):
    """What stands before the decimals of a price."""

    POINT = "point"
    COMMA = "comma"

    @property
    def sign(self) -> str:
        """The character itself."""
        return "." if self is Decimals.POINT else ","


class BadCell(ValueError):
    """A cell does not say what it has to; `column` where it is another than the one asked for."""

    def __init__(self, reason: Reason, given: str, *, column: str = "") -> None:
        super().__init__(f"{reason}: {given!r}")
        self.reason = reason
        self.given = shown(given)
        self.column = column


def shown(given: str) -> str:
    """What was written, short, and without what cannot be seen or stored."""
    seen = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in given)
    return seen if len(seen) <= GIVEN_MAX else f"{seen[:GIVEN_MAX]}…"


def text(cell: Cell | Formula) -> str:
    """What stands in a cell, as a person would write it."""
    match cell:
        case None:
            return ""
        case Formula():
            return cell.text
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return format(cell, "f")
        case _:
            return str(cell).strip()


def prefix(cell: Cell | Formula) -> str:
    """The first digits of numbers, the country code first; a plus before them is let through.

    Raises:
        BadCell: it is none.
    """
    given = text(cell)
    digits = given.removeprefix("+")
    if isinstance(cell, Decimal) and cell == cell.to_integral_value():
        digits = str(int(cell))
    if not given:
        raise BadCell(Reason.NO_PREFIX, given)
    if _has_other_digits(digits):
        raise BadCell(Reason.OTHER_DIGITS, given)
    if isinstance(cell, bool | date) or not _PREFIX.fullmatch(digits):
        raise BadCell(Reason.BAD_PREFIX, given)
    if len(digits) > PREFIX_DIGITS_MAX:
        raise BadCell(Reason.LONG_PREFIX, given)
    return digits


def price(cell: Cell | Formula, *, decimals: Decimals) -> int | None:
    """A price in millionths; None for an empty cell.

    Numbers of a spreadsheet have no sign of their own before their decimals; text has to have the
    one that was chosen for the whole sheet.

    Raises:
        BadCell: it is none.
    """
    given = text(cell)
    if not given:
        return None
    number = isinstance(cell, int | Decimal) and not isinstance(cell, bool)
    reason = _not_a_price(given, decimals=Decimals.POINT if number else decimals)
    if isinstance(cell, bool | date):
        reason = Reason.BAD_PRICE
    if reason is not None:
        raise BadCell(reason, given)
    return units.parse(given.replace(",", "."))


def _not_a_price(given: str, *, decimals: Decimals) -> Reason | None:
    found = _PRICE.fullmatch(given)
    if found is None:
        return _no_number(given)
    whole, fraction = found.groups("")
    if fraction and decimals.sign not in given:
        return Reason.COMMA if decimals is Decimals.POINT else Reason.POINT
    if len(whole) > WHOLE_DIGITS_MAX:
        return Reason.TOO_HIGH
    return Reason.DECIMALS if len(fraction) > units.MICROS_DIGITS else None


def _no_number(given: str) -> Reason:
    """Why something is none, as far as it can be told."""
    if _has_other_digits(given):
        return Reason.OTHER_DIGITS
    if given.startswith(_MINUS) and any(each.isdigit() for each in given):
        return Reason.NEGATIVE
    return Reason.EXPONENT if _EXPONENT.fullmatch(given) else Reason.BAD_PRICE


def day(cell: Cell | Formula) -> date | None:
    """A day; None for an empty cell.

    Raises:
        BadCell: it is none.
    """
    if isinstance(cell, date):
        return cell
    given = text(cell)
    if not given:
        return None
    if not isinstance(cell, str) or not _DAY.fullmatch(given):
        raise BadCell(Reason.BAD_DAY, given)
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadCell(Reason.NO_SUCH_DAY, given) from None


def yes(cell: Cell | Formula) -> bool:
    """Whether a cell says yes; an empty one says no.

    Raises:
        BadCell: it says neither.
    """
    given = text(cell).lower()
    if given not in _YES | _NO:
        raise BadCell(Reason.BAD_REMOVE, given, column="remove")
    return given in _YES


def written(amount: Decimal | None, *, decimals: Decimals) -> str:
    """A price as `price` reads it: all its digits, and none that say nothing."""
    if amount is None:
        return ""
    plain = format(amount.normalize(), "f")
    return plain.replace(".", decimals.sign)


def _has_other_digits(given: str) -> bool:
    return any(unicodedata.category(each) == "Nd" and not each.isascii() for each in given)
