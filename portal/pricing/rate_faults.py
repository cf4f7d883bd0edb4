"""What can be wrong with a cell of a rate sheet, and how each is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final


@unique
class Reason(StrEnum):
    """What is wrong."""

    NO_COLUMN = "no_column"
    STRANGE_COLUMN = "strange_column"
    COLUMN_TWICE = "column_twice"
    CELLS = "cells"
    FORMULA = "formula"
    NO_PREFIX = "no_prefix"
    BAD_PREFIX = "bad_prefix"
    LONG_PREFIX = "long_prefix"
    PREFIX_AND_COUNTRY = "prefix_and_country"
    UNKNOWN_COUNTRY = "unknown_country"
    COUNTRY_NOT_TOLD_APART = "country_not_told_apart"
    TWICE = "twice"
    NO_PRICE = "no_price"
    PRICE_AND_REMOVE = "price_and_remove"
    BAD_REMOVE = "bad_remove"
    BAD_PRICE = "bad_price"
    NEGATIVE = "negative"
    EXPONENT = "exponent"
    OTHER_DIGITS = "other_digits"
    COMMA = "comma"
    POINT = "point"
    DECIMALS = "decimals"
    TOO_HIGH = "too_high"
    BAD_DAY = "bad_day"
    NO_SUCH_DAY = "no_such_day"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with a sheet, by the line and the head of its column."""

    line: int
    column: str
    reason: Reason
    given: str = ""
    other: str = ""
    """The line of the rate that this one contradicts, or the columns that there are."""


def N_(text: str) -> str:  # noqa: N802 - the name by which catalogues find what is said later
    """A sentence that whoever shows it translates."""
    return text


SENTENCES: Final[Mapping[Reason, str]] = {
    Reason.NO_COLUMN: N_("There is no column “%(given)s”: the first line names the columns."),
    Reason.STRANGE_COLUMN: N_("“%(given)s” is no column of a price list. There are: %(other)s."),
    Reason.COLUMN_TWICE: N_("There are two columns “%(given)s”: keep one of them."),
    Reason.CELLS: N_(
        "This line has another number of cells than the first, namely %(given)s: look for a comma "
        "too many, or put quotes round the price."
    ),
    Reason.FORMULA: N_("This cell has a formula: put the value in its place."),
    Reason.NO_PREFIX: N_("Write the digits that the numbers begin with, such as 49 or 1876."),
    Reason.BAD_PREFIX: N_(
        "“%(given)s” is no prefix: write digits with the country code first, such as 49 or 1876."
    ),
    Reason.LONG_PREFIX: N_("“%(given)s” has more than 15 digits, which no number has."),
    Reason.PREFIX_AND_COUNTRY: N_("Write a prefix or a country in a line, not both."),
    Reason.UNKNOWN_COUNTRY: N_(
        "“%(given)s” is no country code: write two letters such as DE, or US/CA for all of +1."
    ),
    Reason.COUNTRY_NOT_TOLD_APART: N_(
        "The numbers of “%(given)s” begin like those of another country: write its prefixes."
    ),
    Reason.TWICE: N_(
        "There are two rates for %(given)s from the same day: the other is in line %(other)s."
    ),
    Reason.NO_PRICE: N_("Write a price, or yes in the column “remove” to end this rate."),
    Reason.PRICE_AND_REMOVE: N_("Write a price or remove the rate, not both."),
    Reason.BAD_REMOVE: N_("“%(given)s” is neither yes nor no."),
    Reason.BAD_PRICE: N_("“%(given)s” is no price: write digits only, such as 0.045."),
    Reason.NEGATIVE: N_("A price is not below zero: “%(given)s”."),
    Reason.EXPONENT: N_("“%(given)s” has an exponent: write all digits, such as 0.00001."),
    Reason.OTHER_DIGITS: N_("“%(given)s” has other digits than 0 to 9."),
    Reason.COMMA: N_(
        "“%(given)s” has a comma, but the prices of this sheet have a point: write a point, or "
        "choose the comma for the whole sheet."
    ),
    Reason.POINT: N_(
        "“%(given)s” has a point, but the prices of this sheet have a comma: write a comma, or "
        "choose the point for the whole sheet."
    ),
    Reason.DECIMALS: N_("“%(given)s” has more than 6 decimals: round it."),
    Reason.TOO_HIGH: N_("“%(given)s” is more than a price can be, which is 999999999."),
    Reason.BAD_DAY: N_("“%(given)s” is no day: write it as 2027-01-31."),
    Reason.NO_SUCH_DAY: N_("“%(given)s” is a day that no calendar has."),
}
assert SENTENCES.keys() == set(Reason)


def english(fault: Fault) -> str:
    """What is wrong and how to mend it, in English, without its place."""
    return SENTENCES[fault.reason] % {"given": fault.given, "other": fault.other}
