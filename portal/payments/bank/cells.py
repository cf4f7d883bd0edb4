"""Read the cells of a bank's CSV file: amounts and days, each in one chosen way of writing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from portal.ledger import units
from portal.ledger.units import COMMA, POINT

DAYS: Final[dict[str, str]] = {
    "dd.mm.yyyy": "%d.%m.%Y",
    "dd.mm.yy": "%d.%m.%y",
    "yyyy-mm-dd": "%Y-%m-%d",
    "dd/mm/yyyy": "%d/%m/%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
    "dd-mm-yyyy": "%d-%m-%Y",
    "yyyymmdd": "%Y%m%d",
}
"""The ways to write a day, as staff choose them."""
MARKS: Final = (COMMA, POINT)
_DAY: Final = re.compile(r"\d{1,4}([./-]?)\d{1,2}\1\d{2,4}", re.ASCII)
_YEARS: Final = range(2000, 2200)
_CURRENCY: Final = "(?:[A-Za-z]{3}|[€$£¥₹₽₺₴₩]|zł|kr|Kč|Ft)"
_BEFORE: Final = re.compile(rf"^{_CURRENCY}\s*")
_BEHIND: Final = re.compile(rf"\s*{_CURRENCY}$")
_MINUS: Final = "-\u2212\u2013"
_GROUPS: Final = {
    mark: re.compile(rf"[0-9]{{1,3}}(?:(?P<by>[{by} '\u2019])[0-9]{{3}})(?:(?P=by)[0-9]{{3}})*")
    for mark, by in ((COMMA, POINT), (POINT, COMMA))
}
_BLANKS: Final = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "))


class NotADay(ValueError):
    """A cell has no day in it."""


def amount(text: str, *, mark: str) -> int:
    """The millionths of an amount with this decimal mark; below zero with a minus at either end.

    Digits may stand in groups of three with the other mark, a blank or an apostrophe between them,
    and a currency beside them. Nothing is guessed: 1.5 is none where a comma is the mark.

    Raises:
        NotAnAmount: it is none.
    """
    plain = text.translate(_BLANKS).strip()
    bare, minus = _unsigned(plain)
    bare = _BEHIND.sub("", _BEFORE.sub("", bare, count=1), count=1)
    if not minus:
        bare, minus = _unsigned(bare)
    whole, found, fraction = bare.partition(mark)
    if _GROUPS[mark].fullmatch(whole):
        whole = re.sub("[^0-9]", "", whole)
    try:
        read = units.parse(f"{whole}{found}{fraction}", mark=mark)
    except units.NotAnAmount:
        raise units.NotAnAmount(text) from None
    return -read if minus else read


def _unsigned(text: str) -> tuple[str, bool]:
    """What is left without one sign, and whether that was a minus."""
    if text[:1] and text[0] in f"+{_MINUS}":
        return text[1:].strip(), text[0] in _MINUS
    if text[-1:] and text[-1] in f"+{_MINUS}":
        return text[:-1].strip(), text[-1] in _MINUS
    return text, False


def day(text: str, *, way: str) -> date:
    """A day that is written in one of `DAYS`; a time behind it is left out.

    Raises:
        NotADay: it is none.
    """
    said = text.strip().replace("T", " ").split(" ")[0]
    try:
        if not _DAY.fullmatch(said):
            raise NotADay(said[:20])
        found = datetime.strptime(said, DAYS[way]).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise NotADay(said[:20]) from None
    if found.year not in _YEARS:
        raise NotADay(said[:20])
    return found


def mark_of(cells: Iterable[str]) -> str:
    """The mark that all these amounts can be read with; a comma where both can."""
    written = [each for each in cells if each.strip()]
    return next((mark for mark in MARKS if _all_read(written, mark)), COMMA)


def _all_read(cells: Iterable[str], mark: str) -> bool:
    try:
        for each in cells:
            amount(each, mark=mark)
    except units.NotAnAmount:
        return False
    return True


def way_of(cells: Iterable[str]) -> str:
    """The way in which most of these days can be read; the first where none can."""
    written = [each for each in cells if each.strip()]

    def read(way: str) -> int:
        return sum(is_day(each, way) for each in written)

    return max(DAYS, key=read)


def is_day(text: str, way: str) -> bool:
    """Whether a cell is a day, written in this way."""
    try:
        day(text, way=way)
    except NotADay:
        return False
    return True


def is_amount(text: str) -> bool:
    """Whether a cell is an amount with either mark."""
    return any(_all_read([text], mark) for mark in MARKS)
