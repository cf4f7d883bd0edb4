"""What amounts are counted in, and how they are read and written: whole numbers only.

An amount of a currency is in millionths of its unit; an amount of parts is a number of parts.
"""

from __future__ import annotations

import re

from babel.core import get_global
from babel.numbers import get_currency_precision

MICROS = 1_000_000
MICROS_DIGITS = 6
PARTS = "parts"

WHOLE_DIGITS_MAX = 9
AMOUNT_MAX = 10**WHOLE_DIGITS_MAX * MICROS - 1
"""What nobody may write more than at once, in any field or file: less than 10⁹ of a unit."""

POINT, COMMA = ".", ","
"""The marks that part whole units from their fractions; which one, says who reads."""

_WRITTEN = {
    mark: re.compile(rf"([0-9]+)(?:{re.escape(mark)}([0-9]+))?", re.ASCII)
    for mark in (POINT, COMMA)
}
_SHOWN_MAX = 40


class UnknownUnit(ValueError):
    """Neither a currency nor parts."""

    def __init__(self, given: str) -> None:
        super().__init__(f"{given!r} is neither a currency nor {PARTS!r}")
        self.given = given


class NotAnAmount(ValueError):
    """Not written as an amount: up to nine digits, and up to six after a point."""

    def __init__(self, given: str, *, wrong: str = "is not an amount such as 12 or 0.045") -> None:
        shown = given if len(given) <= _SHOWN_MAX else f"{given[:_SHOWN_MAX]}…"
        super().__init__(f"{shown!r} {wrong}")
        self.given = given


class TooManyDigits(NotAnAmount):
    """An amount, but of 10⁹ or more, or finer than a millionth."""

    def __init__(self, given: str) -> None:
        super().__init__(
            given,
            wrong=f"has too many digits: {WHOLE_DIGITS_MAX} before the point and {MICROS_DIGITS}"
            " after it are the most",
        )


CURRENCIES = frozenset(get_global("all_currencies"))
"""The ISO 4217 codes that Babel knows; withdrawn ones too, since books outlive currencies."""

CURRENCIES_IN_USE = frozenset(
    code
    for uses in get_global("territory_currencies").values()
    for code, _since, until, tender in uses
    if until is None and tender
)
"""Those that are legal tender somewhere: what a form offers."""


def checked(unit: str) -> str:
    """The unit itself.

    Raises:
        UnknownUnit: if it is neither a currency nor parts; codes are upper case.
    """
    if unit != PARTS and unit not in CURRENCIES:
        raise UnknownUnit(unit)
    return unit


def parse(text: str, *, mark: str = POINT) -> int:
    """Read an amount of money, not below zero, as millionths; at most `AMOUNT_MAX`.

    Strict, since `int` and `Decimal` would also read `1_000`, `1e3`, `NaN`, spaces, and the digits
    of other scripts. Only people of a language that writes a comma give another `mark`, and then no
    point is read: 1.500 is a thousand and a half to one reader and one and a half to another.

    Raises:
        NotAnAmount: for everything but digits and one mark between them.
        TooManyDigits: for more than nine before the mark, and for a seventh after it.
    """
    found = _WRITTEN[mark].fullmatch(text)
    if found is None:
        raise NotAnAmount(text)
    whole, fraction = found.groups("")
    if len(whole) > WHOLE_DIGITS_MAX or len(fraction) > MICROS_DIGITS:
        raise TooManyDigits(text)
    return int(whole) * MICROS + int(fraction.ljust(MICROS_DIGITS, "0"))


def parse_signed(text: str, *, mark: str = POINT) -> int:
    """Read an amount that may begin with a minus, as in a correction.

    Raises:
        NotAnAmount: as `parse` does, and for a minus before nothing (`-0`): a sign that changes
            nothing was meant otherwise.
    """
    if not text.startswith("-"):
        return parse(text, mark=mark)
    try:
        amount = parse(text[1:], mark=mark)
    except TooManyDigits:
        raise TooManyDigits(text) from None
    except NotAnAmount:
        raise NotAnAmount(text) from None
    if amount == 0:
        raise NotAnAmount(text)
    return -amount


def decimal_string(amount: int, unit: str) -> str:
    """Write an amount for programs: a point, no grouping, no exponent, nothing rounded.

    Money has at least the digits of its currency ("1.50" USD, "0.045" USD, "3" JPY); parts are
    whole.

    Raises:
        UnknownUnit: if the unit is neither a currency nor parts.
    """
    if checked(unit) == PARTS:
        return str(amount)
    whole, millionths = divmod(abs(amount), MICROS)
    digits = get_currency_precision(unit)
    fraction = f"{millionths:06d}".rstrip("0").ljust(digits, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest whole number, halves away from zero.

    That is what `ROUND_HALF_UP` means to `decimal`: 5/2 is 3 and -5/2 is -3, so that reversing an
    amount reverses its rounding.

    Raises:
        ValueError: if the denominator is not above zero.
    """
    if denominator <= 0:
        raise ValueError(f"the denominator is {denominator}, but must be above zero")
    nearest = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -nearest if numerator < 0 else nearest
