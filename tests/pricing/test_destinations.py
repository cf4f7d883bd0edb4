import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pricing import destinations


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
