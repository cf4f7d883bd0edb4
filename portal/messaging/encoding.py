"""Which alphabet a text needs, and how it could be written to need the cheaper one.

The GSM 7-bit default alphabet and its extension table are those of 3GPP TS 23.038.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum, unique

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each. The escape itself (position 27) is no character of a text."""

EXTENSION = "\f^{}\\[~]|€"
"""Two septets each: an escape and the character."""

GSM = frozenset(BASIC + EXTENSION)

_OUTSIDE_BASIC = re.compile(f"[^{re.escape(BASIC)}]")

_LINE_ENDS = re.compile(r"\r\n?")

# What Unicode's own decompositions do not say, or say in a way that would change the meaning.
_PLAIN = {
    **dict.fromkeys("“”„‟«»″‶¨", '"'),
    **dict.fromkeys("‘’‚‛‹›′‵´`ʼʻ", "'"),
    **dict.fromkeys("‐‑‒–—―−⁃", "-"),
    **dict.fromkeys("•‣·∙", "-"),
    **dict.fromkeys("\t\v\u0085\u1680\u180e", " "),
    **dict.fromkeys("\u2028\u2029", "\n"),
    # Soft hyphen, zero-width space, direction marks, word joiner, byte order mark: nothing to see.
    **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff", ""),
    **dict(zip("×⁄∕ŁłĐđÐðıĸŊŋĦħŐőŰűſŦŧ", "x//LlDdDdikNnHhÖöÜüsTt", strict=True)),
    # Greek capitals that look like Latin ones: the alphabet has only the others.
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
    "Œ": "OE",
    "œ": "oe",
    "ẞ": "SS",
    "Þ": "Th",
    "þ": "th",
    "©": "(c)",
    "®": "(R)",
    "™": "TM",
    "№": "No",
}

# Superscripts and fractions are left out: 10² is not 102, and 1¼ is not 11/4.
_SAME_MEANING = frozenset({"<compat>", "<wide>", "<narrow>", "<noBreak>", "<font>"})
_ACCENTS = range(0x0300, 0x0370)


@unique
class Encoding(StrEnum):
    """How a text travels."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


def is_basic(text: str) -> bool:
    """Whether each character is one septet, as in most messages; the quick first question."""
    return _OUTSIDE_BASIC.search(text) is None


def forcing(text: str) -> tuple[str, ...]:
    """The characters that turn the whole text into UCS-2, each once, as they first appear."""
    return tuple(character for character in dict.fromkeys(text) if character not in GSM)


def normalised(text: str) -> str:
    """The text with every line end as a line feed.

    Browsers post CR LF, which would count, and cost, two characters a line.
    """
    return _LINE_ENDS.sub("\n", text) if "\r" in text else text


def replacement(character: str) -> str | None:
    """How one character outside GSM-7 can be written in it; None where it cannot.

    Empty for characters that show nothing, such as a zero-width space. A replacement never changes
    what is meant: a script is not transliterated, and a superscript is not made a digit.
    """
    known = _PLAIN.get(character)
    if known is not None:
        return known
    if ord(character) in _ACCENTS:
        return ""
    return _decomposed(character)


def suggestions(text: str) -> dict[str, str | None]:
    """Each character that forces UCS-2, in order, with its `replacement`."""
    return {character: replacement(character) for character in forcing(text)}


def plain(text: str) -> str:
    """The text with each character replaced that has a replacement; the others stay.

    Accents typed as characters of their own are joined first, so that an e and an accent are é,
    which the alphabet has, and not e.
    """
    composed = unicodedata.normalize("NFC", text)
    table = {ord(c): by for c, by in suggestions(composed).items() if by is not None}
    return composed.translate(table)


def _decomposed(character: str) -> str | None:
    tag, _, _ = unicodedata.decomposition(character).partition(" ")
    if not tag or (tag.startswith("<") and tag not in _SAME_MEANING):
        return None
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if ord(c) not in _ACCENTS)
    written = "".join(_PLAIN.get(c, c) for c in bare)
    if not GSM.issuperset(written):
        return None
    # A lone accent, as in ˘, decomposes to a space and the accent: a space does not replace it.
    return None if written == " " and not character.isspace() else written
