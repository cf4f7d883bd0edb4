"""Our count of parts against that of another program, on ten thousand texts.

What `sms-segments-calculator` says was recorded by `tools/part_counts.py`, without its "smart
encoding", which sends another text than the one written. It agrees on the alphabet of every
text, and on the parts of every text but those of three classes, each with its reason here.
"""

from __future__ import annotations

import gzip
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from portal.messaging import parts
from portal.messaging.encoding import Encoding
from tests.wire.parts import texts

ROOT = Path(__file__).parents[2]
AGAIN = "record the answers anew: .venv/bin/python -m tools.part_counts"

NOTHING = "an empty text is sent in no part, and they begin one"
ROOM_LEFT = "they cut no cluster, which leaves room in a part, and the last overflows"
LONGER_THAN_A_PART = "they put a cluster that no part holds into one all the same"


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    with gzip.open(ROOT / "tests/wire/parts/counts.json.gz") as file:
        found: dict[str, Any] = json.load(file)
    return found


@pytest.fixture(scope="module")
def asked(recorded: dict[str, Any]) -> list[str]:
    return [*texts.generated(), *recorded["real"]]


def test_the_answers_are_to_these_texts_and_of_the_versions_that_are_named(
    recorded: dict[str, Any], asked: Sequence[str]
) -> None:
    manifest = tomllib.loads((ROOT / "vendor.toml").read_text(encoding="utf-8"))
    named = [f"{each['name']}@{each['version']}" for each in manifest["recorded"]]
    assert recorded["packages"] == named, AGAIN
    assert recorded["fingerprint"] == texts.fingerprint(texts.generated()), AGAIN
    assert len(asked) == len(recorded["parts"]) == len(recorded["encodings"]) >= 10_000


def test_both_find_the_same_alphabet(recorded: dict[str, Any], asked: Sequence[str]) -> None:
    letters = {Encoding.GSM7: "g", Encoding.UCS2: "u"}
    ours = "".join(letters[parts.count(text).encoding] for text in asked)
    triples = zip(asked, ours, recorded["encodings"], strict=True)
    assert [text for text, our, their in triples if our != their] == []


def test_both_count_the_same_parts_but_for_reasons_that_are_known(
    recorded: dict[str, Any], asked: Sequence[str]
) -> None:
    why: Counter[str] = Counter()
    for number, (text, theirs) in enumerate(zip(asked, recorded["parts"], strict=True)):
        ours = parts.count(text).parts
        if ours != theirs:
            clusters = recorded["clusters"].get(str(number), [])
            why[reason(text, ours=ours, theirs=theirs, clusters=clusters)] += 1
    assert why == {NOTHING: 1, ROOM_LEFT: 99, LONGER_THAN_A_PART: 488}


def reason(text: str, *, ours: int, theirs: int, clusters: list[list[int]]) -> str:
    """Why two counts differ; each reason is proved on this very text.

    Both fill each part before the next, and give up room to the header of several. They differ in
    what they never cut: we, what is one character to the network (an escape with its character, a
    surrogate pair: SEMANTICS.md 2); they, what is one to a reader (an emoji of several with its
    joiners, a letter with its accents).
    """
    if text == "":
        assert (ours, theirs) == (0, 1)
        return NOTHING
    assert parts.count(text).encoding is Encoding.UCS2
    characters = [2 if ord(character) > 0xFFFF else 1 for character in text]
    whole = list(joined(characters, clusters))
    assert packed(characters) == ours
    assert packed(whole) == theirs
    if max(whole) > parts.UNITS_EACH:
        return LONGER_THAN_A_PART
    assert theirs == ours + 1
    return ROOM_LEFT


def joined(sizes: Sequence[int], clusters: Iterable[Sequence[int]]) -> Iterable[int]:
    """The same sizes with each cluster as one; it is told where it begins and how long it is."""
    lengths = dict(map(tuple, clusters))
    at = 0
    while at < len(sizes):
        length = lengths.get(at, 1)
        yield sum(sizes[at : at + length])
        at += length


def packed(sizes: Sequence[int]) -> int:
    """How many parts hold pieces of these sizes in their order, none of which is cut."""
    if sum(sizes) <= parts.UNITS_ALONE:
        return 1
    count, used = 1, 0
    for size in sizes:
        if used + size > parts.UNITS_EACH:
            count, used = count + 1, 0
        used += size
    return count
