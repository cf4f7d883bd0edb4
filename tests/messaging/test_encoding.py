import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messaging import encoding


def test_characters_outside_the_alphabet_are_named_once_in_order() -> None:
    assert encoding.forcing("Straße №5 ‘ж’ ж № – {ok} €") == ("№", "‘", "ж", "’", "–")


@pytest.mark.parametrize("character", ["ç", "á", "`", "\t", "\x1b", "\u00a0", "α", "😀", "\x00"])
def test_lookalikes_are_outside_the_alphabet(character: str) -> None:
    assert encoding.forcing(character) == (character,)


def test_the_alphabet_has_127_characters_and_the_extension_ten() -> None:
    assert len(encoding.BASIC) == 127  # 128 places, one of them the escape
    assert len(encoding.EXTENSION) == 10
    assert len(encoding.GSM) == 137
    assert encoding.forcing(encoding.BASIC + encoding.EXTENSION) == ()


def test_extension_is_not_basic() -> None:
    assert encoding.is_basic(encoding.BASIC)
    assert not any(encoding.is_basic(character) for character in encoding.EXTENSION)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("one\r\ntwo", "one\ntwo"),
        ("one\rtwo", "one\ntwo"),
        ("one\ntwo", "one\ntwo"),
        ("\r\n\r\n", "\n\n"),
        ("\r\r\n", "\n\n"),
        ("no end", "no end"),
    ],
)
def test_line_ends_become_line_feeds(given_text: str, expected: str) -> None:
    assert encoding.normalised(given_text) == expected


@pytest.mark.parametrize("character", ["ж", "中", "😀", "²", "¼", "①", "₽", "˘", "\ufe0f", "\x00"])
def test_no_replacement_where_the_meaning_would_change(character: str) -> None:
    assert encoding.replacement(character) is None


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        *[("“", '"'), ("”", '"'), ("„", '"'), ("«", '"'), ("‘", "'"), ("’", "'"), ("`", "'")],
        *[("–", "-"), ("—", "-"), ("−", "-"), ("…", "..."), ("•", "-"), ("×", "x")],
        *[
            ("\u00a0", " "),
            ("\u202f", " "),
            ("\u3000", " "),
            ("\t", " "),
            ("\u200b", ""),
            ("\u0301", ""),
        ],
        *[("Á", "A"), ("Ê", "E"), ("Č", "C"), ("á", "a"), ("ç", "c"), ("ł", "l"), ("ő", "ö")],
        *[("œ", "oe"), ("ẞ", "SS"), ("Ａ", "A"), ("７", "7"), ("ﬁ", "fi"), ("Α", "A"), ("™", "TM")],
        # Of a character that is taken apart, each piece is looked up in its turn.
        *[("ŉ", "'n"), ("Ά", "A"), ("ΐ", None)],
    ],
)
def test_replacement(character: str, expected: str | None) -> None:
    assert encoding.replacement(character) == expected


def test_suggestions_stand_beside_each_forcing_character() -> None:
    assert encoding.suggestions("“Ça va” ж") == {"“": '"', "”": '"', "ж": None}


def test_plain_replaces_what_it_can() -> None:
    assert encoding.plain("„Öl“ – 5\u00a0€ … ж") == '"Öl" - 5 € ... ж'


def test_plain_joins_accents_before_it_drops_them() -> None:
    assert encoding.plain("cafe\u0301 e\u0302") == "café e"


@given(st.characters())
def test_a_replacement_is_always_in_the_alphabet(character: str) -> None:
    replaced = encoding.replacement(character)
    assert replaced is None or encoding.forcing(replaced) == ()


@given(st.text())
def test_plain_leaves_only_what_has_no_replacement(text: str) -> None:
    left = encoding.forcing(encoding.plain(text))
    assert all(encoding.replacement(character) is None for character in left)


@given(st.text(alphabet=sorted(encoding.GSM)))
def test_plain_leaves_the_alphabet_alone(text: str) -> None:
    assert encoding.plain(text) == text == unicodedata.normalize("NFC", text)
