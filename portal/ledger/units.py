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

_AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?")


class UnknownUnit(ValueError):
    """Neither a currency nor parts."""

    def __init__(self, given: str) -> None:
        super().__init__(f"{given!r} is neither a currency nor {PARTS!r}")
        self.given = given


class NotAnAmount(ValueError):
    """Not written as an amount: up to nine digits, and up to six after a point."""

    def __init__(self, given: str) -> None:
        super().__init__(f"{given!r} is not an amount such as 12 or 0.045")
        self.given = given


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


def parse(text: str) -> int:
    """Read an amount of money, not below zero, as millionths.

    Strict, since `int` and `Decimal` would also read `1_000`, `1e3`, `NaN`, spaces, and the digits
    of other scripts.

    Raises:
        NotAnAmount: for everything but digits and one point, and for a seventh decimal.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise NotAnAmount(text)
    whole, fraction = found.groups("")
    return int(whole) * MICROS + int(fraction.ljust(MICROS_DIGITS, "0"))


def parse_signed(text: str) -> int:
    """Read an amount that may begin with a minus, as in a correction.

    Raises:
        NotAnAmount: as `parse` does.
    """
    if not text.startswith("-"):
        return parse(text)
    try:
        return -parse(text[1:])
    except NotAnAmount:
        raise NotAnAmount(text) from None


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
