"""Which country a number or a prefix belongs to, and all countries with their dial codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from portal.pricing import number_plans

_NO_COUNTRY = "001"  # what phonenumbers calls satellites and other networks of no country
_DIAL_CODE_DIGITS_MAX = 3

# Ways to make a number of a prefix: if all that are valid lie in one country, so does the prefix.
_ENDINGS = ("2345678901", "5550123456", *(digit * 10 for digit in "0123456789"))


@dataclass(frozen=True)
class Country:
    """A country by its ISO 3166 code; several may share a dial code."""

    code: str
    dial_code: str


COUNTRIES: tuple[Country, ...] = tuple(
    Country(code, str(phonenumbers.country_code_for_region(code)))
    for code in sorted(phonenumbers.SUPPORTED_REGIONS)
)
"""Every country that numbers are known of, in order of code."""

_DIAL_CODES = {country.code: country.dial_code for country in COUNTRIES}


def dial_code(country: str) -> str | None:
    """The digits that numbers of a country begin with; None for what is no country."""
    return _DIAL_CODES.get(country)


@lru_cache(maxsize=20_000)
def country_of(digits: str) -> str | None:
    """The ISO code of the country that a number or prefix lies in; a leading plus is allowed.

    Shared dial codes are told apart as far as the digits go (1416 is Canada, 1876 Jamaica, 77
    Kazakhstan); where they do not suffice, it is the main country of the code (1 is the United
    States, 7 Russia). None where there is no such dial code, or where it is no country's.
    """
    digits = digits.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    dial = _dial_code_of(digits)
    if dial is None:
        return None
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(dial)]
    if regions[0] == _NO_COUNTRY:
        return None
    if len(regions) == 1 or digits == dial:
        return regions[0]
    return _told_apart(digits, dial=dial, regions=regions)


def _dial_code_of(digits: str) -> str | None:
    for length in range(1, _DIAL_CODE_DIGITS_MAX + 1):
        if int(digits[:length] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return digits[:length] if not digits.startswith("0") else None
    return None


def _told_apart(digits: str, *, dial: str, regions: tuple[str, ...]) -> str:
    plan = number_plans.of_dial_code(int(dial))
    national = digits[len(dial) :]
    own = plan.country_of(national) or plan.leading(national)
    if own is not None:
        return own
    found = None
    for length in plan.lengths:
        if length <= len(national):
            continue
        for ending in _ENDINGS:
            country = plan.country_of((national + ending)[:length])
            if country is not None and country != found:
                if found is not None or country == regions[0]:
                    return regions[0]  # the main country, or several
                found = country
    return found or regions[0]
