"""Which country of a shared dial code a whole number is of, by patterns that are compiled once.

The answers are those of `phonenumbers`, which reads each number anew and takes far longer; a test
holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberDesc

_NATIONAL_DIGITS_MIN: Final = 2
_NONE: Final = "(?!)"


@dataclass(frozen=True, kw_only=True)
class NumberPlan:
    """All numbers of one dial code, and the countries that share it, the main one first.

    `lengths` are how many digits those of the main country have, after the dial code. In the
    patterns, a country's part is a group of its name.
    """

    lengths: tuple[int, ...]
    _local_lengths: tuple[int, ...]
    _trunk_prefix: re.Pattern[str] | None
    _usual: re.Pattern[str]
    _leading: re.Pattern[str]
    _numbers: Mapping[int, re.Pattern[str]]

    def country_of(self, national: str) -> str | None:
        """The country of a number without its dial code; None if nobody can have that number.

        A trunk prefix, as in 8 for Russia, is left out if the number is possible without it.
        """
        if len(national) < _NATIONAL_DIGITS_MIN:
            return None
        national = self._without_trunk_prefix(national)
        numbers = self._numbers.get(len(national))
        found = numbers.match(national) if numbers else None
        return found.lastgroup if found else None

    def leading(self, national: str) -> str | None:
        """The country that alone has numbers which begin so; None if no digits say it."""
        found = self._leading.match(national)
        return found.lastgroup if found else None

    def _without_trunk_prefix(self, national: str) -> str:
        found = self._trunk_prefix.match(national) if self._trunk_prefix else None
        if found is None:
            return national
        rest = national[found.end() :]
        if self._usual.fullmatch(national) and not self._usual.fullmatch(rest):
            return national
        is_possible = len(rest) in self.lengths or len(rest) > self.lengths[-1]
        return rest if is_possible and len(rest) not in self._local_lengths else national


@lru_cache(maxsize=300)
def of_dial_code(dial_code: int) -> NumberPlan:
    """The plan of a dial code that several countries share."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[dial_code]
    countries = [
        country for each in regions if (country := PhoneMetadata.metadata_for_region(each))
    ]
    main = _numbers(countries[0].general_desc)
    trunk_prefix = countries[0].national_prefix_for_parsing
    lengths = {each for country in countries for each in _numbers(country.general_desc).lengths}
    leading = (f"(?P<{each.id}>{each.leading_digits})" for each in countries if each.leading_digits)
    return NumberPlan(
        lengths=main.lengths,
        _local_lengths=main.local_lengths,
        _trunk_prefix=re.compile(trunk_prefix) if trunk_prefix else None,
        _usual=re.compile(main.pattern),
        _leading=re.compile("|".join(leading)),
        _numbers={
            length: re.compile("|".join(_pattern(each, length=length) for each in countries))
            for length in lengths
        },
    )


@dataclass(frozen=True)
class _Numbers:
    """What numbers of a kind look like, and how many digits they have."""

    pattern: str
    lengths: tuple[int, ...]
    local_lengths: tuple[int, ...]


def _numbers(found: PhoneNumberDesc | None) -> _Numbers:
    if found is None or not found.national_number_pattern:
        return _Numbers(_NONE, (), ())
    return _Numbers(
        found.national_number_pattern,
        tuple(found.possible_length),
        tuple(found.possible_length_local_only),
    )


def _pattern(country: PhoneMetadata, *, length: int) -> str:
    """What a country's numbers of a length look like.

    With the leading digits of a country a number is no other's, even where it is none of its own:
    then the pattern matches, but not its group.
    """
    numbers = f"(?P<{country.id}>{_valid(country, length=length)})"
    return f"(?={country.leading_digits})(?:{numbers}|)" if country.leading_digits else numbers


def _valid(country: PhoneMetadata, *, length: int) -> str:
    general = _numbers(country.general_desc)
    kinds = (
        country.fixed_line,
        country.mobile,
        country.toll_free,
        country.premium_rate,
        country.shared_cost,
        country.voip,
        country.personal_number,
        country.pager,
        country.uan,
        country.voicemail,
    )
    fitting = [kind.pattern for kind in map(_numbers, kinds) if length in kind.lengths]
    if not fitting or length not in general.lengths:
        return _NONE
    return rf"(?=(?:{general.pattern})\Z)(?:{'|'.join(fitting)})\Z"
