"""What a sheet would change in a price list: the same for its preview and for its import."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

from portal.ledger import units
from portal.pricing.markup import WHOLE
from portal.pricing.rating import Rate


@unique
class Kind(StrEnum):
    """What becomes of a prefix on a day."""

    ADDED = "added"
    RAISED = "raised"
    LOWERED = "lowered"
    ENDED = "ended"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one line does; prices are millionths, and None where there is no rate.

    `old` is what the list says of this very prefix on that day now. `until` is the day of the next
    line for the prefix, from which on another price holds.
    """

    kind: Kind
    prefix: str
    valid_from: date
    old: int | None
    new: int | None
    until: date | None = None

    @property
    def percent_millionths(self) -> int | None:
        """By how much of the old price it rises; None where there is nothing to compare with."""
        if self.old is None or self.new is None or self.old == 0:
            return None
        return units.half_up((self.new - self.old) * WHOLE, self.old)


@dataclass(frozen=True)
class Changes:
    """All changes, the biggest first: endings, then by percent, then what is new."""

    rows: tuple[Change, ...]
    rates: tuple[Rate, ...]
    """What has to be written so that the list says all of it."""

    def counts(self) -> Mapping[Kind, int]:
        """How many there are of each kind, 0 included."""
        found = Counter(row.kind for row in self.rows)
        return {kind: found[kind] for kind in Kind}


def compare(present: Iterable[Rate], sheet: Sequence[Rate]) -> Changes:
    """What a list would say if the lines of a sheet were written into it.

    A line takes the place of the list's line for the same prefix and day; other lines stay as they
    are. A line that says what the list says already is not written, unless a line of the sheet
    itself would make it untrue.
    """
    days: defaultdict[str, dict[date, int | None]] = defaultdict(dict)
    for rate in present:
        days[rate.prefix][rate.valid_from] = rate.price
    wanted: defaultdict[str, dict[date, int | None]] = defaultdict(dict)
    for rate in sheet:
        wanted[rate.prefix][rate.valid_from] = rate.price
    rows: list[Change] = []
    rates: list[Rate] = []
    for prefix, lines in wanted.items():
        of_prefix, to_write = _of_prefix(prefix, present=days.get(prefix, {}), lines=lines)
        rows += of_prefix
        rates += to_write
    return Changes(tuple(sorted(rows, key=_order)), tuple(rates))


def _of_prefix(
    prefix: str, *, present: Mapping[date, int | None], lines: Mapping[date, int | None]
) -> tuple[list[Change], list[Rate]]:
    rows, rates = [], []
    days = sorted({*present, *lines})
    was: int | None = None  # what the list says as it is, day by day
    will: int | None = None  # what it says with the lines written
    for place, day in enumerate(days):
        was = present.get(day, was)
        if day not in lines:
            will = present[day]
            continue
        new = lines[day]
        following = days[place + 1] if place + 1 < len(days) else None
        rows.append(_change(prefix, day, old=was, new=new, until=following))
        if new != present.get(day, will):
            rates.append(Rate(prefix, new, day))
        will = new
    return rows, rates


def _change(
    prefix: str, day: date, *, old: int | None, new: int | None, until: date | None
) -> Change:
    if old == new:
        kind = Kind.UNCHANGED
    elif new is None:
        kind = Kind.ENDED
    elif old is None:
        kind = Kind.ADDED
    else:
        kind = Kind.RAISED if new > old else Kind.LOWERED
    return Change(kind=kind, prefix=prefix, valid_from=day, old=old, new=new, until=until)


def _order(change: Change) -> tuple[int, int, str, date]:
    percent = change.percent_millionths
    first = {Kind.ENDED: 0, Kind.RAISED: 1, Kind.LOWERED: 1, Kind.ADDED: 2, Kind.UNCHANGED: 3}
    # What was free rises by more than any percentage.
    size = -(10**30) if percent is None else -abs(percent)
    if change.kind is Kind.ADDED:
        size = -(change.new or 0)
    return first[change.kind], size, change.prefix, change.valid_from
