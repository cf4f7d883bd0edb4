"""Whole numbers of shared dial codes: the same answers as phonenumbers gives."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from portal.pricing import number_plans

SHARED = sorted(
    code for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if len(regions) > 1
)


def expected(dial_code: int, national: str) -> str | None:
    """What the library says of a number after it has read it."""
    try:
        number = phonenumbers.parse(f"+{dial_code}{national}")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != dial_code or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.region_code_for_number(number)


@pytest.mark.parametrize(
    ("dial_code", "national"),
    [
        *[(1, ""), (1, "2"), (1, "0000000000"), (1, "20255501010"), (1, "8001234"), (1, "999" * 7)],
        *[(7, "7"), (44, "1624"), (39, "06698"), (47, "790"), (61, "8916")],
    ],
)
def test_nobody_has_such_a_number(dial_code: int, national: str) -> None:
    assert number_plans.of_dial_code(dial_code).country_of(national) is None
    assert expected(dial_code, national) is None


def test_no_digits_say_it() -> None:
    assert number_plans.of_dial_code(1).leading("212") is None
    assert number_plans.of_dial_code(1).leading("") is None
    assert number_plans.of_dial_code(44).leading("7911") is None


@pytest.mark.parametrize(
    ("dial_code", "national", "country"),
    [
        *[(1, "2025550101", "US"), (1, "4165550123", "CA"), (1, "8765550123", "JM")],
        *[(1, "12025550101", "US"), (7, "89161234567", "RU"), (7, "7015550123", "KZ")],
        *[(44, "7781123456", "GG"), (44, "02079460018", "GB"), (39, "0669812345", "VA")],
    ],
)
def test_a_number_is_of_a_country(dial_code: int, national: str, country: str) -> None:
    assert number_plans.of_dial_code(dial_code).country_of(national) == country
    assert expected(dial_code, national) == country


def test_digits_that_only_one_country_has_say_it() -> None:
    assert number_plans.of_dial_code(1).leading("876") == "JM"
    assert number_plans.of_dial_code(7).leading("7") == "KZ"


@pytest.mark.parametrize("dial_code", SHARED)
def test_what_the_patterns_take_for_granted(dial_code: int) -> None:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[dial_code]
    main = PhoneMetadata.metadata_for_region(regions[0])
    assert main is not None
    assert main.national_prefix_transform_rule is None  # a trunk prefix is left out, never changed
    for region in regions:
        metadata = PhoneMetadata.metadata_for_region(region)
        assert metadata is not None
        assert metadata.general_desc is not None
        assert max(metadata.general_desc.possible_length) <= 17


@pytest.mark.parametrize("region", sorted({r for c in SHARED for r in
                         phonenumbers.COUNTRY_CODE_TO_REGION_CODE[c]}))  # fmt: skip
def test_every_kind_of_number_that_a_country_has(region: str) -> None:
    plan = number_plans.of_dial_code(phonenumbers.country_code_for_region(region))
    for kind in phonenumbers.PhoneNumberType.values():
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            national = phonenumbers.national_significant_number(number)
            assert plan.country_of(national) == phonenumbers.region_code_for_number(number)


@given(st.sampled_from(SHARED), st.text(alphabet="0123456789", max_size=19))
@example(61, "1831" + "412345678")
@example(44, "180020" + "7911123456")
@example(7, "8" + "0123456789")
@example(262, "0" + "639012345")
@example(1, "1" * 18)
def test_any_digits(dial_code: int, national: str) -> None:
    plan = number_plans.of_dial_code(dial_code)
    assert plan.country_of(national) == expected(dial_code, national)


@given(st.sampled_from(SHARED), st.data())
def test_digits_that_are_nearly_a_number(dial_code: int, data: st.DataObject) -> None:
    plan = number_plans.of_dial_code(dial_code)
    region = data.draw(st.sampled_from(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[dial_code]))
    number = phonenumbers.example_number(region)
    assert number is not None
    whole = phonenumbers.national_significant_number(number)
    kept = data.draw(st.integers(0, len(whole)))
    rest = data.draw(st.text(alphabet="0123456789", min_size=len(whole) - kept, max_size=12 - kept))
    national = data.draw(st.sampled_from(["", "0", "1", "8"])) + whole[:kept] + rest
    assert plan.country_of(national) == expected(dial_code, national)
