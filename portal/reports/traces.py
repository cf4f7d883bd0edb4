"""Finds words of others in a text: names, addresses and host names that do not belong there."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

AROUND_CHARACTERS: Final = 40
WORD_CHARACTERS_MIN: Final = 3

_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Foreign:
    """Something that must not be found on a portal, and what it is: `the operator's name`."""

    text: str
    what: str


@dataclass(frozen=True)
class Trace:
    """A foreign word that was found, with what stands around it."""

    foreign: Foreign
    around: str


class Detector:
    """Looks for many words at once.

    A word of several parts (`Kestrel Wholesale Ltd`, `sms.kestrel.example`) is found wherever its
    parts follow each other, whatever stands between them, in small or capital letters; a part is
    never found inside a longer one. A name of one part (`Console`) is often a word of everybody's
    as well, so that it is not found where it stands in small letters. It takes one pass, however
    many words there are.
    """

    def __init__(self, foreign: Iterable[Foreign], *, own: Iterable[str] = ()) -> None:
        """`own` are words that the portal may show, also where another has the same."""
        allowed = {_parts(word) for word in own}
        self._by_first: dict[str, list[tuple[tuple[str, ...], Foreign]]] = defaultdict(list)
        for each in dict.fromkeys(foreign):
            parts = _parts(each.text)
            if len("".join(parts)) >= WORD_CHARACTERS_MIN and parts not in allowed:
                self._by_first[parts[0]].append((parts, each))

    def __len__(self) -> int:
        """How many words are looked for."""
        return sum(len(words) for words in self._by_first.values())

    def find(self, text: str) -> Iterator[Trace]:
        """Every foreign word of a text, each once; entities of HTML are read as what they mean."""
        plain = html.unescape(text)
        tokens = list(_TOKEN.finditer(plain))
        small = [token[0].lower() for token in tokens]
        seen: set[Foreign] = set()
        for start, token in enumerate(small):
            for parts, foreign in self._by_first.get(token, ()):
                end = start + len(parts)
                if foreign in seen or tuple(small[start:end]) != parts:
                    continue
                if len(parts) == 1 and tokens[start][0] == token != foreign.text:
                    continue
                seen.add(foreign)
                first, last = tokens[start].start(), tokens[end - 1].end()
                yield Trace(foreign, _around(plain, first, last))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(token.lower() for token in _TOKEN.findall(text))


def _around(text: str, first: int, last: int) -> str:
    shown = text[max(0, first - AROUND_CHARACTERS) : last + AROUND_CHARACTERS]
    return " ".join("".join(c if c.isprintable() else " " for c in shown).split())
