import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messaging import encoding, parts
from portal.messaging.encoding import Encoding
from portal.messaging.errors import EmptyText, TextTooLong

GSM = sorted(encoding.GSM)
LONG_GSM = st.text(alphabet=GSM, max_size=700)
ESCAPES = st.text(alphabet="a€[", max_size=700)
LONG_WIDE = st.text(alphabet="aж😀", max_size=400)
ANY = st.one_of(st.text(), LONG_GSM, ESCAPES, LONG_WIDE)


@pytest.mark.parametrize("nothing", ["", " ", "\n \r\n", "\u00a0"])
def test_nothing_to_send_is_refused(nothing: str) -> None:
    with pytest.raises(EmptyText) as refused:
        parts.within_limits(nothing)
    assert refused.value.code == "empty_text"


def test_one_character_over_five_parts_is_refused() -> None:
    with pytest.raises(TextTooLong) as refused:
        parts.within_limits("a" * 766)
    assert vars(refused.value) == {
        "parts": 6,
        "parts_max": 5,
        "characters": 766,
        "characters_max": 1000,
    }
    assert parts.within_limits("a" * 765).parts == 5


def test_the_smaller_limit_of_characters_counts() -> None:
    with pytest.raises(TextTooLong) as refused:
        parts.within_limits("a" * 101, characters_max=100)
    assert refused.value.parts == 1
    assert parts.within_limits("a" * 100, characters_max=100).parts == 1


# SEMANTICS 2, rule 1
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ж" * 66 + "😀" + "ж" * 66, 3),
        ("é" * 160, 1),
        ("ç" * 160, 3),
        ("\f" * 80, 1),
        ("\f" * 81, 2),
        ("^{}\\[~]|€\f" * 8, 1),
    ],
)
def test_parts(text: str, expected: int) -> None:
    assert parts.count(text).parts == expected
    assert len(parts.split(text)) == expected


def test_what_is_told_of_a_short_text() -> None:
    assert parts.count("Hello [you]") == parts.Parts(
        Encoding.GSM7, parts=1, characters=11, units=13, units_left=147
    )


def test_what_is_told_of_a_long_text() -> None:
    assert parts.count("a" * 161) == parts.Parts(
        Encoding.GSM7, parts=2, characters=161, units=161, units_left=145
    )


def test_what_is_told_of_a_text_with_an_emoji() -> None:
    assert repr(parts.count("Hi 😀").units) == "5"  # a whole number
    assert parts.count("Hi 😀 – ж") == parts.Parts(
        Encoding.UCS2,
        parts=1,
        characters=8,
        units=9,
        units_left=61,
        forcing=("😀", "–", "ж"),
    )


def test_a_part_that_could_not_take_an_escape_stays_one_short() -> None:
    text = "a" * 152 + "€" + "a" * 152
    assert parts.split(text) == ["a" * 152, "€" + "a" * 151, "a"]
    assert parts.count(text) == parts.Parts(
        Encoding.GSM7, parts=3, characters=305, units=306, units_left=152
    )


def test_a_part_that_could_not_take_an_emoji_stays_one_short() -> None:
    text = "ж" * 66 + "😀" + "ж" * 66
    assert parts.split(text) == ["ж" * 66, "😀" + "ж" * 65, "ж"]
    assert parts.count(text).units_left == 66


def test_a_full_last_part_has_nothing_left() -> None:
    assert parts.count("a" * 160).units_left == 0
    assert parts.count("a" * 306).units_left == 0
    assert parts.count("ж" * 134).units_left == 0


def test_an_escape_character_of_the_text_is_not_taken_for_ours() -> None:
    assert parts.count("\x1b€").encoding is Encoding.UCS2
    assert parts.split("\x1b€") == ["\x1b€"]


def test_a_lone_surrogate_does_not_break_the_count() -> None:
    assert parts.count("\ud83d" * 71).parts == 2


def test_half_a_pair_is_cut_off_like_any_character() -> None:
    text = "ж" * 66 + "\ud83d" + "ж" * 67
    assert parts.count(text).parts == 2
    assert parts.split(text) == ["ж" * 66 + "\ud83d", "ж" * 67]
    assert parts.split("ж" * 66 + "\ude00" * 5)[0] == "ж" * 66 + "\ude00"


@given(ANY)
def test_parts_joined_are_the_text_and_as_many_as_counted(text: str) -> None:
    cut = parts.split(text)
    assert "".join(cut) == text
    assert len(cut) == parts.count(text).parts


@given(ANY)
def test_every_part_fits_and_the_last_has_what_is_said_left(text: str) -> None:
    cut = parts.split(text)
    counted = parts.count(text)
    gsm = counted.encoding is Encoding.GSM7
    alone, each = (160, 153) if gsm else (70, 67)
    room = alone if len(cut) <= 1 else each
    sizes = [septets(part) if gsm else len(part.encode("utf-16-be")) // 2 for part in cut]
    assert all(0 < size <= room for size in sizes)
    assert sum(sizes) == counted.units
    assert counted.characters == len(text)
    if sizes:
        assert counted.units_left == room - sizes[-1]


@given(ANY)
def test_no_part_but_the_last_is_more_than_one_short(text: str) -> None:
    cut = parts.split(text)
    gsm = parts.count(text).encoding is Encoding.GSM7
    for part in cut[:-1]:
        size = septets(part) if gsm else len(part.encode("utf-16-be")) // 2
        assert size >= (152 if gsm else 66)


@given(ANY, st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(GSM)))
def test_appending_never_makes_it_fewer(text: str, more: str) -> None:
    assert parts.count(text + more).parts >= parts.count(text).parts


def septets(text: str) -> int:
    return sum(2 if character in encoding.EXTENSION else 1 for character in text)
