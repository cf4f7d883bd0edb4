"""Read JSON as its standard says, and refuse what would surprise whoever stores it."""

from __future__ import annotations

import json
from typing import Any, Never

DEPTH_MAX = 20


class NotJson(ValueError):
    """The bytes are no JSON that can be worked with; the text says why."""


def loads(body: bytes) -> object:
    """The value of a JSON text in UTF-8.

    Python's own reader would take `NaN`, the last of two equal names, NUL and half characters.

    Raises:
        NotJson: for those, for deep nesting, and for what is no JSON at all.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_named_once
        )
    except UnicodeDecodeError:
        raise NotJson("the body is not UTF-8") from None
    except RecursionError:
        raise NotJson("the body is nested too deeply") from None
    except json.JSONDecodeError as wrong:
        raise NotJson(f"the body is not JSON: {wrong.msg} at character {wrong.pos}") from None
    except NotJson:
        raise
    except ValueError:  # a whole number of more digits than Python reads
        raise NotJson("a number is too long") from None
    _check(value)
    return value


def _no_constant(name: str) -> Never:
    raise NotJson(f"{name} is no JSON number")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise NotJson("a name stands twice in one object")
    return named


def _check(value: object) -> None:
    """Walk all of it, a level at a time."""
    level = [value]
    for _ in range(DEPTH_MAX + 1):
        if not level:
            return
        level = [inner for outer in level for inner in _inside(outer)]
    raise NotJson("the body is nested too deeply")


def _inside(value: object) -> list[object]:
    if isinstance(value, str):
        _check_text(value)
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    if "\0" in text:
        raise NotJson("a text holds a NUL character")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise NotJson("a text holds half a character (a lone surrogate)")
