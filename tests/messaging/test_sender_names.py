import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messaging import sender_names
from portal.messaging.errors import SenderFault, SenderNotAllowed


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("", SenderFault.EMPTY),
        ("Sunny Text", SenderFault.CHARACTERS),
        ("Sunny-Text", SenderFault.CHARACTERS),
        ("Café", SenderFault.CHARACTERS),
        ("Sunny\n", SenderFault.CHARACTERS),
        ("\x00", SenderFault.CHARACTERS),
        ("SunnyText123", SenderFault.LENGTH),
        ("123456", SenderFault.NO_LETTER),
        ("112", SenderFault.NO_LETTER),
        ("+", SenderFault.NUMBER),
        ("+12", SenderFault.NUMBER),
        ("+49Sunny", SenderFault.NUMBER),
        ("+491510000000", SenderFault.NUMBER),
        ("PayPal", SenderFault.RESERVED),
        ("PAYPAL", SenderFault.RESERVED),
        ("PayPalInfo", SenderFault.RESERVED),
        ("P4yPa1", SenderFault.RESERVED),
        ("PayPaI", SenderFault.RESERVED),  # a capital i
        ("РауРаl", SenderFault.RESERVED),  # mostly Cyrillic
        ("ＰａｙＰａｌ", SenderFault.RESERVED),
        ("P-a-y-P-a-l", SenderFault.RESERVED),
        ("Visa", SenderFault.RESERVED),
        ("VISA24", SenderFault.RESERVED),
        ("V1SA", SenderFault.RESERVED),
        ("Arnazon", SenderFault.RESERVED),
        ("POLICE", SenderFault.RESERVED),
        ("Police112", SenderFault.RESERVED),
        ("DHL", SenderFault.RESERVED),
        ("Finanzamt", SenderFault.RESERVED),
        ("GOVUK", SenderFault.RESERVED),
        ("G0V", SenderFault.RESERVED),
    ],
)
def test_refused(sender: str, why: SenderFault) -> None:
    with pytest.raises(SenderNotAllowed) as refused:
        sender_names.check(sender)
    assert refused.value.why is why
    assert refused.value.sender == sender


@pytest.mark.parametrize(
    "sender",
    [
        "SunnyText",
        "a",
        "A1",
        "4You",
        "Harbour2026",
        "Pineapple",
        "Visagist",
        "Amazonas",
        "Upside",
        "Elsterwerda",
    ],
)
def test_names(sender: str) -> None:
    assert sender_names.check(sender) == sender
    assert not sender_names.is_number(sender)


def test_a_number_is_returned_in_one_form() -> None:
    assert sender_names.check("+49 151 1234-5678") == "+4915112345678"
    assert sender_names.is_number("+4915112345678")


def test_names_that_look_alike_fold_alike() -> None:
    assert sender_names.folded("HarbourLine") == sender_names.folded("HARB0UR-1INE")
    assert sender_names.folded("modern") == sender_names.folded("modem")


@given(st.text(max_size=14))
def test_what_passes_has_the_shape_that_networks_take(text: str) -> None:
    try:
        sender = sender_names.check(text)
    except SenderNotAllowed:
        return
    assert re.fullmatch(r"\+[0-9]{7,15}|(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", sender)
    assert sender_names.check(sender) == sender


@given(st.text(alphabet="PpAaYyl1I4|", min_size=1))
def test_folding_knows_no_case_and_no_leetspeak(text: str) -> None:
    assert set(sender_names.folded(text)) <= set("payl")
