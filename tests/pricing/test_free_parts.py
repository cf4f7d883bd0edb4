from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pricing import free_parts
from portal.pricing.free_parts import Left, Offer

MARCH = date(2027, 3, 31)


def left(bundle_id: int, parts: int = 10, **good_for: object) -> Left:
    facts = {"ends_on": MARCH, "size": 100, "account_id": bundle_id + 1_000} | good_for
    return Left(bundle_id=bundle_id, parts=parts, **facts)


@pytest.mark.parametrize("wrong", [{"parts": 0}, {"parts": -1}, {"parts": 1, "rollover_max": -1}])
def test_an_offer_gives_something(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no bundle"):
        Offer(**wrong)


def test_a_bundle_for_elsewhere_is_left_out() -> None:
    french = left(1, countries=("FR",))
    mobile = left(2, prefixes=("4915",))
    assert free_parts.in_order([french, mobile], digits="48600", country="PL") == []
    assert free_parts.in_order([french, mobile], digits="33600", country="FR") == [french]
    assert free_parts.in_order([french, mobile], digits="4915112", country="DE") == [mobile]


def test_the_narrower_destination_comes_first() -> None:
    everywhere = left(1, ends_on=MARCH - timedelta(days=9))
    german = left(2, countries=("DE", "AT"))
    mobile = left(3, prefixes=("49", "4915"))
    network = left(4, prefixes=("491511",))
    asked = {"digits": "4915112345", "country": "DE"}
    bundles = [everywhere, german, mobile, network]
    assert free_parts.in_order(bundles, **asked) == [network, mobile, german, everywhere]


def test_of_two_as_narrow_the_one_that_ends_earlier_comes_first() -> None:
    late, early, older = left(3), left(2, ends_on=MARCH - timedelta(days=1)), left(1)
    found = free_parts.in_order([late, early, older], digits="49", country="DE")
    assert found == [early, older, late]


def test_parts_are_taken_in_order_until_there_are_enough() -> None:
    first, empty, second = left(1, 2), left(2, 0), left(3, 5)
    assert free_parts.split(3, [first, empty, second]) == [(first, 2), (second, 1)]
    assert free_parts.split(2, [first, empty, second]) == [(first, 2)]
    assert free_parts.split(0, [first]) == []


def test_more_than_there_is_cannot_be_taken() -> None:
    with pytest.raises(ValueError, match="2 parts are not in the bundles"):
        free_parts.split(9, [left(1, 3), left(2, 4)])


@given(st.lists(st.integers(0, 20), max_size=6), st.data())
def test_what_is_taken_is_what_was_asked_for(sizes: list[int], data: st.DataObject) -> None:
    bundles = [left(number, size) for number, size in enumerate(sizes)]
    asked = data.draw(st.integers(0, sum(sizes)))
    taken = free_parts.split(asked, bundles)
    assert sum(parts for _, parts in taken) == asked
    assert all(0 < parts <= bundle.parts for bundle, parts in taken)
    # Only the last that gave anything may have something left.
    assert all(parts == bundle.parts for bundle, parts in taken[:-1])
