"""Read the number that a message is to go to, and write it for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from portal.messaging.errors import InvalidNumber, NumberFault

_SEPARATORS = str.maketrans("", "", " -./()")
_SHAPE = re.compile(r"(?:\+|00)?([0-9]+)")
_DIGITS_MIN = 7
_DIGITS_MAX = 15
_GIVEN_CHARACTERS_MAX = 40

CLOSED_PREFIXES = ("247", "800", "808", "870", "878", "881", "882", "883", "888", "979")
"""Dial codes of satellites, of networks of no country, and of places known for fraud alone.

phonenumbers calls some of them mobile or VoIP; a single message there can cost what a thousand
cost elsewhere.
"""


@unique
class Kind(StrEnum):
    """What kind of line a number is, as far as its digits tell."""

    MOBILE = "mobile"
    FIXED_LINE = "fixed_line"
    FIXED_LINE_OR_MOBILE = "fixed_line_or_mobile"
    TOLL_FREE = "toll_free"
    VOIP = "voip"
    PERSONAL = "personal"


# What is not here is refused: premium rate, shared cost, company-wide numbers, pagers, voicemail.
_KINDS = {
    PhoneNumberType.MOBILE: Kind.MOBILE,
    PhoneNumberType.FIXED_LINE: Kind.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Kind.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE: Kind.TOLL_FREE,
    PhoneNumberType.VOIP: Kind.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: Kind.PERSONAL,
}

_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}

_LENGTH_ERRORS = {
    phonenumbers.NumberParseException.TOO_LONG,
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
    phonenumbers.NumberParseException.TOO_SHORT_NSN,
}


@dataclass(frozen=True)
class Number:
    """A number that a message can go to: `+` and digits, its country, and its kind."""

    e164: str
    country: str
    kind: Kind

    @property
    def digits(self) -> str:
        """The number without its plus, as prefixes of price lists are compared with."""
        return self.e164[1:]


@lru_cache(maxsize=20_000)
def parse(given: str, *, default_country: str | None) -> Number:
    """Read a number as typed: international with `+` or `00`, else national in the default country.

    Spaces, dashes, dots, slashes and parentheses are skipped; everything else but ASCII digits is
    refused, since other scripts have digits too and would make two spellings of one number. The
    default country is an ISO 3166 code; without one, only international numbers are read. Two ways
    to write a number give the same E.164 form.

    Raises:
        InvalidNumber: if it is not a number in use, or of a kind or prefix that is never sent to.
    """
    bare = given[: _GIVEN_CHARACTERS_MAX + 1].translate(_SEPARATORS)
    shape = _SHAPE.fullmatch(bare)
    if len(given) > _GIVEN_CHARACTERS_MAX or shape is None:
        raise InvalidNumber(given[:_GIVEN_CHARACTERS_MAX], why=NumberFault.CHARACTERS)
    digits = shape[1]
    if not _DIGITS_MIN <= len(digits) <= _DIGITS_MAX:
        raise InvalidNumber(given, why=NumberFault.LENGTH)
    international = bare != digits
    if international and digits.startswith(CLOSED_PREFIXES):
        raise InvalidNumber(given, why=NumberFault.CLOSED)
    try:
        if international:
            number = phonenumbers.parse("+" + digits, None)
        else:
            number = _at_home(digits, default_country)
    except phonenumbers.NumberParseException as wrong:
        length = wrong.error_type in _LENGTH_ERRORS
        why = NumberFault.LENGTH if length else NumberFault.COUNTRY_CODE
        raise InvalidNumber(given, why=why) from None
    return _checked(number, given=given)


@lru_cache(maxsize=20_000)
def formatted(e164: str, *, country: str | None) -> str:
    """A number for people to read: as dialled at home where it is of that country, else with `+`.

    What is not a number, such as a sender name, comes back unchanged.
    """
    if not e164.startswith("+"):
        return e164
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = country is not None and phonenumbers.region_code_for_number(number) == country
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _at_home(digits: str, country: str | None) -> phonenumbers.PhoneNumber:
    """Digits without a sign of where they begin, as somebody in that country means them.

    4915112345678 typed in Germany is a mobile number whose plus was forgotten, although it would
    also be a line in a town whose area code is 4915: of two readings, the mobile one is meant.
    """
    national = phonenumbers.parse(digits, country)
    if not digits.startswith(str(national.country_code)) or _is_mobile(national):
        return national
    whole = phonenumbers.parse("+" + digits, None)
    return whole if _is_mobile(whole) else national


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in _MOBILE


def _checked(number: phonenumbers.PhoneNumber, *, given: str) -> Number:
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    # Again, on what was understood: a country adds its code, and a prefix of it may lead abroad.
    if not _DIGITS_MIN <= len(e164) - 1 <= _DIGITS_MAX:
        raise InvalidNumber(given, why=NumberFault.LENGTH)
    if e164[1:].startswith(CLOSED_PREFIXES):
        raise InvalidNumber(given, why=NumberFault.CLOSED)
    kind = phonenumbers.number_type(number)
    # Unknown is also what a number is that nobody can have, so this asks for validity as well.
    if kind == PhoneNumberType.UNKNOWN:
        raise InvalidNumber(given, why=NumberFault.NOT_ASSIGNED)
    country = phonenumbers.region_code_for_number(number)
    if kind not in _KINDS or country is None:
        raise InvalidNumber(given, why=NumberFault.KIND)
    return Number(e164, country, _KINDS[kind])
