"""Which country digits lie in: by hand, by example numbers, and as the library says by itself."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from portal.pricing import destinations

SHARED = sorted(
    code for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if len(regions) > 1
)


@pytest.mark.parametrize(
    "digits", ["", "+", "0", "0049", "999", "80", "881", "8816123", "882", "٤٩", "49a", "-49"]
)
def test_no_country(digits: str) -> None:
    assert destinations.country_of(digits) is None


@pytest.mark.parametrize(
    ("digits", "country"),
    [
        *[("49", "DE"), ("+49", "DE"), ("4915112345678", "DE"), ("48", "PL"), ("247", "AC")],
        *[("1", "US"), ("1212", "US"), ("1416", "CA"), ("1876", "JM"), ("1809", "DO")],
        *[("1787", "PR"), ("1721", "SX"), ("+12025550101", "US"), ("+14165550123", "CA")],
        *[("7", "RU"), ("79", "RU"), ("77", "KZ"), ("7701", "KZ"), ("+77015550123", "KZ")],
        *[("44", "GB"), ("447", "GB"), ("447781", "GG"), ("47", "NO"), ("4779", "SJ")],
        *[("39", "IT"), ("3906698", "VA"), ("599", "CW"), ("5997", "BQ"), ("61", "AU")],
    ],
)
def test_country_of(digits: str, country: str) -> None:
    assert destinations.country_of(digits) == country


def test_every_country_is_listed_once_with_its_dial_code() -> None:
    codes = [country.code for country in destinations.COUNTRIES]
    assert codes == sorted(phonenumbers.SUPPORTED_REGIONS)
    assert len(set(codes)) == len(codes)
    assert destinations.dial_code("DE") == "49"
    assert destinations.dial_code("CA") == "1"
    assert destinations.dial_code("KZ") == "7"
    assert destinations.dial_code("XX") is None


@pytest.mark.parametrize("country", destinations.COUNTRIES, ids=lambda country: country.code)
def test_a_number_of_a_country_lies_in_it_or_where_its_code_is_shared(
    country: destinations.Country,
) -> None:
    example = phonenumbers.example_number(country.code)
    assert example is not None
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert destinations.country_of(e164) == phonenumbers.region_code_for_number(example)


@given(st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_a_prefix_lies_in_a_country_of_its_dial_code(digits: str) -> None:
    country = destinations.country_of(digits)
    if country is not None:
        assert digits.startswith(destinations.dial_code(country) or "?")


def whole_number(digits: str) -> str | None:
    """The country of a number that somebody can have, read by the library."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.region_code_for_number(number) if valid else None


def slowly(dial_code: int, national: str) -> str:
    """The same answer by trying all ways to make a number of the digits."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[dial_code]
    if not national:
        return regions[0]
    metadata = [PhoneMetadata.metadata_for_region(region) for region in regions]
    leading = (
        each.id
        for each in metadata
        if each and each.leading_digits and re.match(each.leading_digits, national)
    )
    own = whole_number(f"{dial_code}{national}") or next(leading, None)
    if own is not None:
        return own
    assert metadata[0] is not None
    assert metadata[0].general_desc is not None
    found = {
        whole_number(f"{dial_code}{(national + ending)[:length]}")
        for length in metadata[0].general_desc.possible_length
        if length > len(national)
        for ending in destinations._ENDINGS
    } - {None}
    return (found.pop() if len(found) == 1 else None) or regions[0]


def test_two_digits_more_are_the_same_as_the_library_says() -> None:
    nationals = ["", *(f"{n:0{length}d}" for length in (1, 2) for n in range(10**length))]
    for dial_code in SHARED:
        for national in nationals:
            found = destinations.country_of(f"{dial_code}{national}")
            assert found == slowly(dial_code, national), f"+{dial_code} {national}"


@given(st.sampled_from(SHARED), st.text(alphabet="0123456789", max_size=13))
@example(44, "7624")
@example(44, "1481")
@example(61, "89162")
@example(7, "8")
@example(39, "06698")
@example(599, "9")
def test_any_digits_are_the_same_as_the_library_says(dial_code: int, national: str) -> None:
    found = destinations.country_of(f"{dial_code}{national}")
    assert found == slowly(dial_code, national)
