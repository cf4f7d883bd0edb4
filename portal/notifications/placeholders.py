"""Fill `[name]` in texts that resellers write, in one pass, with values typed by trust.

|          | into HTML                  | into plain text | into a header |
| -------- | -------------------------- | --------------- | ------------- |
| `Ours`   | our markup, or escaped     | as it is        | on one line   |
| `Theirs` | on one line, and escaped   | on one line     | on one line   |

`Ours` is what the portal makes: amounts, links, dates. `Theirs` is what somebody has typed: names,
companies, texts of messages. When in doubt, a value is theirs.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

_NAME = re.compile(r"\[([a-z_]{1,32})\]")
_LIKE_A_NAME = re.compile(r"\[([A-Za-z_]{1,32})\]")

# A tag whole, its quoted attributes included, or else a placeholder in the text.
_TAG_OR_NAME = re.compile(
    r"""<[a-zA-Z/](?:[^<>"']|"[^"]*"|'[^']*')*+>|\[(?P<name>[a-z_]{1,32})\]"""
)
_LINE_BREAKERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class UnknownPlaceholder(Exception):
    """The text names a value that this text does not have."""

    def __init__(self, name: str, *, nearest: str | None) -> None:
        super().__init__(f"there is no [{name}]; nearest is {nearest}")
        self.name = name
        self.nearest = nearest


@dataclass(frozen=True)
class Ours:
    """A value that the portal made; `markup` is its HTML, if that is more than its text."""

    text: str
    markup: str | None = None


@dataclass(frozen=True)
class Theirs:
    """A value that somebody typed."""

    text: str


Value = Ours | Theirs


@unique
class Kind(StrEnum):
    """What a filled text is going to be part of."""

    HTML = "html"
    PLAIN = "plain"
    HEADER = "header"


def fill(text: str, values: Mapping[str, Value], *, into: Kind) -> str:
    """Put the values in; what is put in is never looked at again, and unknown names stay.

    For HTML, the text itself is markup that was cleaned when it was saved. Inside of a tag only
    `Ours` are filled in: a company called `javascript:…` must not become a link.
    """
    if into is Kind.HTML:
        return _TAG_OR_NAME.sub(lambda found: _in_html(found, values), text)
    if into is Kind.HEADER:
        return _NAME.sub(lambda found: _in_header(found, values), one_line(text))
    return _NAME.sub(lambda found: _in_plain(found, values), text)


def names(text: str) -> Iterator[str]:
    """The names that a text uses, in order, as often as it does."""
    return (found[1] for found in _NAME.finditer(text))


def check(text: str, known: Collection[str]) -> None:
    """Make sure that a text uses only names that it has.

    A name in capitals is not filled in; it is taken for a slip where the name is known in small
    letters, and for words in brackets otherwise.

    Raises:
        UnknownPlaceholder: for the first other name, with the nearest that is known.
    """
    for found in _LIKE_A_NAME.finditer(text):
        name = found[1]
        if name in known or (name != name.lower() and name.lower() not in known):
            continue
        nearest = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.0)
        raise UnknownPlaceholder(name, nearest=nearest[0] if nearest else None)


def one_line(text: str) -> str:
    """The text with line breaks and other control characters as single spaces."""
    return _LINE_BREAKERS.sub(" ", text)


def as_html(value: Value) -> str:
    """A value as it stands between tags, or between the quotes of an attribute of ours."""
    if isinstance(value, Theirs):
        return html.escape(one_line(value.text))
    return html.escape(value.text) if value.markup is None else value.markup


def as_plain(value: Value) -> str:
    """A value in plain text; what somebody typed cannot begin a line of its own."""
    return value.text if isinstance(value, Ours) else one_line(value.text)


def as_header(value: Value) -> str:
    """A value in a subject or a display name, where a line break would begin another header."""
    return one_line(value.text)


def _in_html(found: re.Match[str], values: Mapping[str, Value]) -> str:
    name = found["name"]
    if name is None:
        return _NAME.sub(lambda inner: _in_tag(inner, values), found[0])
    value = values.get(name)
    return found[0] if value is None else as_html(value)


def _in_tag(found: re.Match[str], values: Mapping[str, Value]) -> str:
    value = values.get(found[1])
    return html.escape(value.text) if isinstance(value, Ours) else found[0]


def _in_plain(found: re.Match[str], values: Mapping[str, Value]) -> str:
    value = values.get(found[1])
    return found[0] if value is None else as_plain(value)


def _in_header(found: re.Match[str], values: Mapping[str, Value]) -> str:
    value = values.get(found[1])
    return found[0] if value is None else as_header(value)
