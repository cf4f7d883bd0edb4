"""Free parts: what a package gives, what is left of it, and which bundle a message takes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique


@unique
class Counts(StrEnum):
    """Which messages take free parts."""

    SENT = "sent"
    RECEIVED = "received"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Free parts that a package gives for each billing period.

    Without countries and prefixes they are good for every destination. What is left lapses unless
    `rollover_max` says how many parts may be carried into the next period. A pooled bundle is one
    for all sub-accounts of a client that have the package.
    """

    parts: int
    counts: Counts = Counts.BOTH
    countries: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    rollover_max: int = 0
    pooled: bool = False

    def __post_init__(self) -> None:
        if self.parts <= 0 or self.rollover_max < 0:
            raise ValueError(f"no bundle: {self}")


@dataclass(frozen=True, kw_only=True)
class Left:
    """A bundle in its period, and how many parts it still has."""

    bundle_id: int
    account_id: int
    parts: int
    size: int
    ends_on: date
    noticed_percent: int = 0
    countries: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    def narrowness(self, *, digits: str, country: str) -> int | None:
        """How narrowly it fits a number: the longer its prefix the more; None if it does not."""
        fitting = [len(prefix) for prefix in self.prefixes if digits.startswith(prefix)]
        if fitting:
            return 1 + max(fitting)
        if country in self.countries:
            return 1
        return None if self.prefixes or self.countries else 0


def in_order(bundles: Iterable[Left], *, digits: str, country: str) -> list[Left]:
    """The bundles good for a number: narrower destinations first, then those that end earlier."""
    fitting = [
        (narrowness, bundle)
        for bundle in bundles
        if (narrowness := bundle.narrowness(digits=digits, country=country)) is not None
    ]
    fitting.sort(key=lambda found: (-found[0], found[1].ends_on, found[1].bundle_id))
    return [bundle for _, bundle in fitting]


def split(parts: int, bundles: Sequence[Left]) -> list[tuple[Left, int]]:
    """How so many parts are taken from bundles in their order; those that give none are left out.

    Raises:
        ValueError: if they do not hold so many.
    """
    taken = []
    for bundle in bundles:
        given = min(parts, bundle.parts)
        if given > 0:
            taken.append((bundle, given))
            parts -= given
    if parts:
        raise ValueError(f"{parts} parts are not in the bundles")
    return taken
