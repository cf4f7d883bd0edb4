"""What lines of a bank statement are, and what became of them."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """What a line of a statement is; only a credit may become a deposit."""

    CREDIT = "credit"
    DEBIT = "debit"
    REVERSAL = "reversal"
    """The bank takes back a line that it had booked."""
    PENDING = "pending"
    """Announced, not booked: it comes again once it is."""


@unique
class Became(StrEnum):
    """What became of a line."""

    OPEN = "open"
    """Money came in, and nobody has said yet whose it is."""
    BOOKED = "booked"
    IGNORED = "ignored"
    """Staff said that it is no deposit."""
    SHOWN = "shown"
    """It is no money that came in: shown and never credited."""


@unique
class Form(StrEnum):
    """How a statement was written."""

    CAMT = "camt"
    CSV = "csv"


@unique
class Unreadable(StrEnum):
    """Why a file is not read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    UNKNOWN = "unknown"
    """Neither CAMT nor CSV."""
    OTHER_CAMT = "other_camt"
    """An announcement or a notice, as CAMT.052 and .054 are, and no statement."""
    BROKEN = "broken"
    OTHER_ACCOUNT = "other_account"
    NO_LINES = "no_lines"
    """It is a statement, and nothing in it can be read as a line."""


@unique
class Fault(StrEnum):
    """Why a single line is not read."""

    DATE = "date"
    AMOUNT = "amount"
    CURRENCY = "currency"
    DIRECTION = "direction"


@unique
class Fit(StrEnum):
    """Why a deposit is suggested for a line, the surest first."""

    REFERENCE = "reference"
    OTHER_AMOUNT = "other_amount"
    """Its reference, but another amount than was asked for."""
    PAID_BEFORE = "paid_before"
    """Its reference, but it is credited already."""
    AMOUNT_AND_NAME = "amount_and_name"
    AMOUNT = "amount"
