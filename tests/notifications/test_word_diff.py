"""What differs between two texts, for people to read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notifications.word_diff import Kind, Piece, pieces


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", []),
        ("a b", "a b", [Piece(Kind.SAME, "a b")]),
        ("", "a b", [Piece(Kind.NEW, "a b")]),
        (
            "your balance is low",
            "your balance is very low",
            [
                Piece(Kind.SAME, "your balance is "),
                Piece(Kind.NEW, "very "),
                Piece(Kind.SAME, "low"),
            ],
        ),
        (
            "Hello [firstname],\n\nbye",
            "Dear [firstname],\nbye",
            [
                Piece(Kind.GONE, "Hello "),
                Piece(Kind.NEW, "Dear "),
                Piece(Kind.SAME, "[firstname],\n"),
                Piece(Kind.GONE, "\n"),
                Piece(Kind.SAME, "bye"),
            ],
        ),
    ],
)
def test_word_by_word(before: str, after: str, found: list[Piece]) -> None:
    assert pieces(before, after) == found


@given(st.text(alphabet="ab \n[]", max_size=40), st.text(alphabet="ab \n[]", max_size=40))
def test_both_texts_are_in_the_pieces(before: str, after: str) -> None:
    found = pieces(before, after)
    earlier = "".join(each.text for each in found if each.kind is not Kind.NEW)
    assert earlier.split() == before.split()
    assert earlier.count("\n") == before.count("\n")
    later = "".join(each.text for each in found if each.kind is not Kind.GONE)
    assert later.split() == after.split()
