"""A bank statement as it was read, whichever way it was written, and what tells its lines apart."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.infra.legible import one_line
from portal.payments.bank.statuses import Fault, Kind, Unreadable

BYTES_MAX: Final = 5 * 1024 * 1024
LINES_MAX: Final = 5_000
TEXT_LENGTH_MAX: Final = 1_000
_NAME_LENGTH_MAX: Final = 140
_ACCOUNT_LENGTH_MAX: Final = 40
_NO_NUMBER: Final = frozenset({"", "0", "NONREF", "NOTPROVIDED", "NOTAVAILABLE", "UNKNOWN", "N/A"})
"""What banks write where a line has no number."""


class UnreadableStatement(ValueError):
    """A file cannot be read as a statement; `about` is the account that it is of, or empty."""

    def __init__(self, why: Unreadable, *, about: str = "") -> None:
        super().__init__(f"{why} {about}".rstrip())
        self.why = why
        self.about = about


class UnreadableLine(ValueError):
    """A line cannot be read."""

    def __init__(self, why: Fault) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a statement; `amount` is in millionths and above zero."""

    kind: Kind
    booked_on: date
    amount: int
    currency: str
    name: str = ""
    payer: str = ""
    text: str = ""
    servicer: str = ""
    """The bank's own number of it."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Lines in their order, and which could not be read, by number from 1."""

    lines: tuple[Line, ...]
    faults: dict[int, Fault]


def line(
    *,
    kind: Kind,
    booked_on: date,
    amount: int,
    currency: str,
    name: str = "",
    payer: str = "",
    text: str = "",
    servicer: str = "",
) -> Line:
    """A line with its words as rows can hold them and people can read them.

    Raises:
        UnreadableLine: the amount is not above zero.
    """
    if amount <= 0:
        raise UnreadableLine(Fault.AMOUNT)
    return Line(
        kind=kind,
        booked_on=booked_on,
        amount=amount,
        currency=currency,
        name=_words(name, _NAME_LENGTH_MAX),
        payer=_words(payer, _ACCOUNT_LENGTH_MAX),
        text=_words(text, TEXT_LENGTH_MAX),
        servicer=_words(servicer, _NAME_LENGTH_MAX),
    )


def keyed(lines: Sequence[Line], *, account: str) -> Iterator[tuple[str, Line]]:
    """Each line with the key that it has in every file; `account` is the number that it is of.

    A line that has no number of the bank's is told from those that say just the same by its place
    among them: an earlier file has the first of them, and a later one the second, too.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for each in lines:
        said: tuple[str, ...] = (
            account,
            each.kind.value,
            each.booked_on.isoformat(),
            str(each.amount),
            each.currency,
        )
        if each.servicer.upper() in _NO_NUMBER:
            said = (*said, "says", each.name, each.payer, each.text)
            seen[said] += 1
            said = (*said, str(seen[said]))
        else:
            said = (*said, "number", each.servicer)
        yield hashlib.sha256("\x1f".join(said).encode()).hexdigest(), each


def _words(said: str, length_max: int) -> str:
    # Half of a surrogate pair is no text that a row could hold.
    return one_line(said.encode("utf-8", "replace").decode())[:length_max].rstrip()
