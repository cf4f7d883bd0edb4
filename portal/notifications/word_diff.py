"""What differs between two texts, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique

# A word with the blanks behind it: alone, blanks would be found the same everywhere.
_WORDS = re.compile(r"\n|\S*[^\S\n]+|\S+")


@unique
class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """Some words in a row of which the same is true."""

    kind: Kind
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The texts in pieces: those that stayed and those that are new make up the later one.

    Blanks are no difference; line breaks are.
    """
    return [each for each in _compared(before, after) if each.text]


def _compared(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = difflib.SequenceMatcher(None, _bare(old), _bare(new), autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            same = zip(old[a:b], new[c:d], strict=True)
            yield Piece(Kind.SAME, "".join(max(pair, key=len) for pair in same))
            continue
        yield Piece(Kind.GONE, "".join(old[a:b]))
        yield Piece(Kind.NEW, "".join(new[c:d]))


def _bare(words: list[str]) -> list[str]:
    return [word.strip(" \t") for word in words]
