"""Which prefixes are a country's, and what country a prefix of a price list is in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from portal.pricing import destinations

USA_AND_CANADA: Final = ("US/CA", "USA/CANADA", "CA/US")
"""Ways to write everything that begins with +1 where sheets name countries."""

_NORTH_AMERICA: Final = "1"
_TELLING_DIGITS: Final = 3


@lru_cache(maxsize=20_000)
def country_of(prefix: str) -> str:
    """The country that a prefix lies in, or the main one of several; empty if it is in none."""
    if prefix.startswith(_NORTH_AMERICA):
        # The three digits after the 1 tell its countries apart, and the rest only takes time.
        prefix = prefix[: 1 + _TELLING_DIGITS]
    return destinations.country_of(prefix) or ""


@lru_cache(maxsize=300)
def prefixes_of(country: str) -> tuple[str, ...]:
    """The fewest prefixes that a country's numbers begin with, and no other country's.

    Where several share a dial code, three more digits have to tell them apart; the main country of
    the code has what is left. None at all: its numbers cannot be told from another country's.
    US/CA stands for the whole of +1, the Caribbean included.

    Raises:
        ValueError: there is no such country.
    """
    if country in USA_AND_CANADA:
        return (_NORTH_AMERICA,)
    dial_code = destinations.dial_code(country)
    if dial_code is None:
        raise ValueError(country)
    if sum(each.dial_code == dial_code for each in destinations.COUNTRIES) == 1:
        return (dial_code,)
    own = {
        f"{dial_code}{digits:0{_TELLING_DIGITS}d}"
        for digits in range(10**_TELLING_DIGITS)
        if country_of(f"{dial_code}{digits:0{_TELLING_DIGITS}d}") == country
    }
    return tuple(sorted(_shortened(own, dial_code=dial_code)))


def _shortened(prefixes: set[str], *, dial_code: str) -> Iterator[str]:
    """The same numbers with fewer prefixes: ten that differ in their last digit are one."""
    for length in range(_TELLING_DIGITS, 0, -1):
        shorter = len(dial_code) + length - 1
        whole = {
            stem
            for stem in {each[:shorter] for each in prefixes}
            if all(f"{stem}{digit}" in prefixes for digit in range(10))
        }
        yield from (each for each in prefixes if each[:shorter] not in whole)
        prefixes = whole
    yield from prefixes
