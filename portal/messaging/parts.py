"""Count and cut the parts that a text is sent in, and refuse what is too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.messaging import encoding
from portal.messaging.encoding import Encoding
from portal.messaging.errors import EmptyText, TextTooLong

PARTS_MAX = 5
CHARACTERS_MAX = 1000

SEPTETS_ALONE = 160
SEPTETS_EACH = 153
UNITS_ALONE = 70
UNITS_EACH = 67
"""A part of several gives up seven septets, or three units, to the header that joins them."""

_ESCAPE = "\x1b"
_SURROGATES_HIGH = range(0xD8, 0xDC)
_SURROGATES_LOW = range(0xDC, 0xE0)


@dataclass(frozen=True)
class Parts:
    """What a text takes.

    `characters` are code points, as a person counts; `units` are septets (GSM-7) or UTF-16 units
    (UCS-2) over all parts; `units_left` is what the last part still holds; `forcing` names the
    characters that made it UCS-2.
    """

    encoding: Encoding
    parts: int
    characters: int
    units: int
    units_left: int
    forcing: tuple[str, ...] = ()


def count(text: str) -> Parts:
    """Count the text as it is; the empty text has no parts.

    Line ends are not touched: give it what is really sent (`encoding.normalised`).
    """
    characters = len(text)
    if encoding.is_basic(text):
        if 0 < characters <= SEPTETS_ALONE:
            left = SEPTETS_ALONE - characters
            return Parts(Encoding.GSM7, 1, characters, characters, left)
        parts = -(-characters // SEPTETS_EACH)
        left = parts * SEPTETS_EACH - characters
        return Parts(Encoding.GSM7, parts, characters, characters, left)
    forcing = encoding.forcing(text)
    if forcing:
        wide = _utf16(text)
        return _packed(Encoding.UCS2, text, len(wide) // 2, list(_cuts_utf16(wide)), forcing)
    septets = _septets(text)
    return _packed(Encoding.GSM7, text, len(septets), list(_cuts_septets(septets)), forcing)


def split(text: str) -> list[str]:
    """The text of each part, as many as `count` says; joined they are the text.

    No escape and no surrogate pair is ever cut, so a part may be one unit short.
    """
    if encoding.forcing(text):
        wide = _utf16(text)
        return [_text(wide[2 * start : 2 * end]) for start, end in _cuts_utf16(wide)]
    septets = _septets(text)
    return [septets[start:end].replace(_ESCAPE, "") for start, end in _cuts_septets(septets)]


def within_limits(
    text: str, *, parts_max: int = PARTS_MAX, characters_max: int = CHARACTERS_MAX
) -> Parts:
    """Count a text that is to be sent. Of several limits the caller gives the smallest.

    Raises:
        EmptyText: if there is nothing in it but white space.
        TextTooLong: if it is over either limit; texts are refused, never cut.
    """
    if not text or text.isspace():
        raise EmptyText
    counted = count(text)
    if counted.parts > parts_max or counted.characters > characters_max:
        raise TextTooLong(
            parts=counted.parts,
            parts_max=parts_max,
            characters=counted.characters,
            characters_max=characters_max,
        )
    return counted


def _packed(
    how: Encoding, text: str, units: int, cuts: list[tuple[int, int]], forcing: tuple[str, ...]
) -> Parts:
    if how is Encoding.GSM7:
        room = SEPTETS_ALONE if len(cuts) == 1 else SEPTETS_EACH
    else:
        room = UNITS_ALONE if len(cuts) == 1 else UNITS_EACH
    start, end = cuts[-1]
    return Parts(how, len(cuts), len(text), units, room - (end - start), forcing)


def _cuts_septets(septets: str) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends in a text whose escapes are written out."""
    size = len(septets)
    room = SEPTETS_ALONE if size <= SEPTETS_ALONE else SEPTETS_EACH
    start = 0
    while start < size:
        end = min(start + room, size)
        if septets[end - 1] == _ESCAPE:
            end -= 1
        yield start, end
        start = end


def _cuts_utf16(wide: bytes) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends, in units of two bytes, the higher first."""
    size = len(wide) // 2
    room = UNITS_ALONE if size <= UNITS_ALONE else UNITS_EACH
    start = 0
    while start < size:
        end = min(start + room, size)
        if end < size and _is_pair(wide[2 * end - 2 : 2 * end + 2]):
            end -= 1
        yield start, end
        start = end


def _is_pair(units: bytes) -> bool:
    return units[0] in _SURROGATES_HIGH and units[2] in _SURROGATES_LOW


def _septets(text: str) -> str:
    """The text with its escapes written out, so that each character is one septet."""
    for character in encoding.EXTENSION:
        text = text.replace(character, _ESCAPE + character)
    return text


def _utf16(text: str) -> bytes:
    # A lone surrogate is refused at the edge; where one comes through it counts as one unit.
    return text.encode("utf-16-be", "surrogatepass")


def _text(wide: bytes) -> str:
    return wide.decode("utf-16-be", "surrogatepass")
