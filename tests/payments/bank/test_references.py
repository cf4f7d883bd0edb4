"""A reference is found however it was typed, and never where a digit is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.payments.bank import references
from portal.payments.bank.references import found_in, make, spaced

MADE = st.builds(
    make,
    client_number=st.integers(1, 10**9),
    count=st.integers(1, references.COUNT_MAX),
)
CASE = st.sampled_from([str.upper, str.lower, str.title])
BETWEEN = st.sampled_from(["", " ", "-", "  ", "\n", ".", "/", "\u00a0", "_"])


@pytest.mark.parametrize(
    ("number", "count"), [(0, 1), (-1, 1), (1, 0), (1, references.COUNT_MAX + 1)]
)
def test_there_is_none_of_nobody(number: int, count: int) -> None:
    with pytest.raises(ValueError, match="no reference"):
        make(client_number=number, count=count)


def test_it_is_made_of_the_clients_number_and_a_count() -> None:
    made = make(client_number=1042, count=3)
    assert (made, spaced(made)) == ("RF810010420003", "RF81 0010 4200 03")


@pytest.mark.parametrize(
    "text",
    [
        "RF810010420003",
        "rf81 0010 4200 03",
        "SVWZ+Guthaben RF81-0010-4200-03 danke",
        "surf81 0010 4200 03",
        "RF81 OO1O 42OO O3",
        "Rechnung 12 RF8100104200\n03Datum",
        "ＲＦ８１ ００１０ ４２００ ０３",
        "RFRF810010420003",
        "RF8100104200031",
    ],
)
def test_it_is_found_as_people_and_banks_write_it(text: str) -> None:
    assert "RF810010420003" in found_in(text)


@pytest.mark.parametrize(
    "text", ["", "RF", "RF81", "810010420003", "RF980010420003", "RF81 0010 4200", "RF٨١0010420003"]
)
def test_what_is_none_is_not_found(text: str) -> None:
    assert found_in(text) == []


@given(MADE, st.text(max_size=30), st.text(max_size=30), CASE, BETWEEN)
def test_it_is_found_in_any_text(made: str, before: str, behind: str, case, between: str) -> None:
    typed = between.join(spaced(made).split(" "))
    assert made in found_in(f"{before} {case(typed)} |{behind}") or made in found_in(case(typed))


@given(MADE, CASE, BETWEEN, st.sampled_from(["Danke", "", "Kunde Mueller", "17", "2026-11-01"]))
def test_words_and_numbers_around_it_do_no_harm(made: str, case, between: str, beside: str) -> None:
    typed = between.join(made)
    assert made in found_in(f"{beside} {case(typed)}")
    if len(made) < references._DIGITS_MAX:
        assert made in found_in(f"{case(typed)} {beside}")


@given(MADE, st.data())
def test_a_wrong_digit_is_noticed(made: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(2, len(made) - 1))
    digit = data.draw(st.sampled_from("0123456789".replace(made[at], "")))
    assert made[:at] + digit + made[at + 1 :] not in found_in(made[:at] + digit + made[at + 1 :])


@given(MADE, st.data())
def test_two_digits_that_are_swapped_are_noticed(made: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(4, len(made) - 2))
    swapped = made[:at] + made[at + 1] + made[at] + made[at + 2 :]
    assert swapped == made or swapped not in found_in(swapped)
