import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.gateways.sandbox.phones import SANDBOX
from portal.messaging import numbers
from portal.messaging.errors import InvalidNumber, NumberFault
from portal.messaging.numbers import Kind, Number

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS - {"AC"})


@pytest.mark.parametrize(
    ("given_number", "why"),
    [
        ("", NumberFault.CHARACTERS),
        ("+", NumberFault.CHARACTERS),
        ("Ada", NumberFault.CHARACTERS),
        ("0151 1234567x", NumberFault.CHARACTERS),
        ("+49151+2345678", NumberFault.CHARACTERS),
        ("０１５１１２３４５６７８", NumberFault.CHARACTERS),
        ("+٤٩١٥١١٢٣٤٥٦٧٨", NumberFault.CHARACTERS),
        ("+49\u00a0151 12345678", NumberFault.CHARACTERS),
        ("+4915112345678\n", NumberFault.CHARACTERS),
        ("+4915112345678;ext=5", NumberFault.CHARACTERS),
        ("+49 151 12345678" + " " * 40, NumberFault.CHARACTERS),
        ("+491511", NumberFault.LENGTH),
        ("110", NumberFault.LENGTH),
        ("+4915112345678901", NumberFault.LENGTH),
        ("+9991234567", NumberFault.COUNTRY_CODE),
        ("+491510000000", NumberFault.NOT_ASSIGNED),
        ("+447700900123", NumberFault.NOT_ASSIGNED),
        ("+49900 1234567", NumberFault.KIND),
        ("+49180 1234567", NumberFault.KIND),
        ("0900 1234567", NumberFault.KIND),
        ("+8816 12345678", NumberFault.CLOSED),
        ("00 8816 12345678", NumberFault.CLOSED),
        ("+882 13300655", NumberFault.CLOSED),
        ("+870 773 111 632", NumberFault.CLOSED),
        ("+979 123 456 789", NumberFault.CLOSED),
        ("+247 40123", NumberFault.CLOSED),
    ],
)
def test_no_number_to_send_to(given_number: str, why: NumberFault) -> None:
    with pytest.raises(InvalidNumber) as refused:
        numbers.parse(given_number, default_country="DE")
    assert refused.value.why is why


@pytest.mark.parametrize("given_number", ["011 8816 12345678", "011 882 1330065"])
def test_abroad_by_the_prefix_of_the_default_country_is_closed_too(given_number: str) -> None:
    with pytest.raises(InvalidNumber) as refused:
        numbers.parse(given_number, default_country="US")
    assert refused.value.why is NumberFault.CLOSED


def test_the_prefix_for_abroad_of_the_default_country_is_read() -> None:
    assert numbers.parse("011 48 601 234 567", default_country="US").e164 == "+48601234567"


def test_of_two_readings_the_mobile_one_is_meant() -> None:
    assert numbers.parse("04915 112345678", default_country="DE").kind is Kind.FIXED_LINE
    assert numbers.parse("4915 112345678", default_country="DE").kind is Kind.MOBILE
    assert numbers.parse("30 12345678", default_country="DE").e164 == "+493012345678"
    assert numbers.parse("1 202 555 0101", default_country="US").e164 == "+12025550101"
    assert numbers.parse("48601234567", default_country="PL").e164 == "+48601234567"


def test_a_national_number_needs_a_default_country() -> None:
    with pytest.raises(InvalidNumber) as refused:
        numbers.parse("0151 12345678", default_country=None)
    assert refused.value.why is NumberFault.COUNTRY_CODE
    assert numbers.parse("0151 12345678", default_country="DE").e164 == "+4915112345678"


@pytest.mark.parametrize(
    "given_number",
    [
        "+4915112345678",
        "004915112345678",
        "+49 151 123-456-78",
        "(0151) 1234/5678",
        "0151.1234.5678",
        "+49 (0)151 12345678",
        "4915112345678",
    ],
)
def test_every_way_to_write_a_number_is_one_number(given_number: str) -> None:
    assert numbers.parse(given_number, default_country="DE") == Number(
        "+4915112345678", "DE", Kind.MOBILE
    )


@pytest.mark.parametrize(
    ("given_number", "expected"),
    [
        ("+1 416 555 0123", Number("+14165550123", "CA", Kind.FIXED_LINE_OR_MOBILE)),
        ("+7 701 555 01 23", Number("+77015550123", "KZ", Kind.MOBILE)),
        ("+7 912 345 67 89", Number("+79123456789", "RU", Kind.MOBILE)),
        ("+1 876 555 0123", Number("+18765550123", "JM", Kind.MOBILE)),
        ("+800 1234 5678", None),
        ("+39 312 345 6789", Number("+393123456789", "IT", Kind.MOBILE)),
        ("+33 1 99 00 00 00", Number("+33199000000", "FR", Kind.FIXED_LINE)),
    ],
)
def test_country_and_kind(given_number: str, expected: Number | None) -> None:
    if expected is None:
        with pytest.raises(InvalidNumber):
            numbers.parse(given_number, default_country="DE")
    else:
        assert numbers.parse(given_number, default_country="DE") == expected


def test_digits_are_without_plus() -> None:
    assert numbers.parse("+4915112345678", default_country=None).digits == "4915112345678"


@pytest.mark.parametrize("phone", SANDBOX.values())
def test_sandbox_numbers_are_numbers(phone: str) -> None:
    assert numbers.parse(phone, default_country="DE") == Number(
        phone, "US", Kind.FIXED_LINE_OR_MOBILE
    )


def test_formatted_at_home_and_abroad() -> None:
    assert numbers.formatted("+4915112345678", country="DE") == "01511 2345678"
    assert numbers.formatted("+4915112345678", country="PL") == "+49 1511 2345678"
    assert numbers.formatted("+4915112345678", country=None) == "+49 1511 2345678"


@pytest.mark.parametrize("name", ["SunnyText", "", "+", "+abc", "12345"])
def test_what_is_no_number_is_shown_unchanged(name: str) -> None:
    assert numbers.formatted(name, country="DE") == name


@given(st.sampled_from(COUNTRIES))
def test_the_mobile_numbers_of_every_country_are_read(country: str) -> None:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:  # Tristan da Cunha has none
        return
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    if len(e164) <= 7:  # Saint Helena and the like have fewer digits than any number we take
        return
    number = numbers.parse(e164, default_country=None)
    assert number.e164 == e164
    shown = numbers.formatted(e164, country=None)
    assert numbers.parse(shown, default_country=None) == number


@given(st.text(max_size=30), st.sampled_from(COUNTRIES))
def test_any_text_is_read_or_refused(text: str, country: str) -> None:
    try:
        number = numbers.parse(text, default_country=country)
    except InvalidNumber:
        return
    assert numbers.parse(number.e164, default_country=None) == number


def test_a_national_number_that_is_too_long_with_its_country_is_refused() -> None:
    with pytest.raises(InvalidNumber) as refusal:
        numbers.parse("020100000000000", default_country="DE")
    assert refusal.value.why is NumberFault.LENGTH


@given(st.text(alphabet="0123456789+ -", min_size=7, max_size=18), st.sampled_from(COUNTRIES))
def test_what_is_read_reads_back_as_itself(text: str, country: str) -> None:
    try:
        number = numbers.parse(text, default_country=country)
    except InvalidNumber:
        return
    assert numbers.parse(number.e164, default_country="DE") == number
    assert number.e164.isascii()
