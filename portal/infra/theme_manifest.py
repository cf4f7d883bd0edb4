"""The manifest of a theme as it is written: read, its plain keys checked, its lines known."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn

MANIFEST: Final = "theme.toml"
BYTES_MAX: Final = 65_536
CONTRACT_VERSIONS: Final = frozenset({1})

KINDS: Final[Mapping[type, str]] = MappingProxyType(
    {str: "a text", int: "a whole number", dict: "a table"}
)
"""Types, in words for whoever writes a manifest."""
_KEYS: Final[Mapping[str, type]] = {"name": str, "parent": str, "version": str, "api": int}
_LISTS: Final = ("setting", "preset")


class BrokenTheme(Exception):
    """A theme cannot be used; the text starts with the file and the line that is wrong."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        super().__init__(f"{file}:{line}: {what}")
        self.file = file
        self.line = line
        self.what = what


@dataclass(frozen=True)
class Manifest:
    """What a manifest says, each value of the type that it must have."""

    file: Path
    text: str
    values: Mapping[str, Any]

    def refuse(self, key: str, what: str) -> NoReturn:
        """Refuse the theme for what stands at a key."""
        raise BrokenTheme(self.file, line_of(self.text, key), what)


@dataclass(frozen=True)
class Entry:
    """One `[[setting]]` or `[[preset]]`, and where it stands."""

    manifest: Manifest
    kind: str
    number: int
    values: Mapping[str, Any]

    def refuse(self, key: str, what: str) -> NoReturn:
        """Refuse the theme for what stands at a key of this entry."""
        line = _line_in_entry(self.manifest.text, self.kind, self.number, key)
        raise BrokenTheme(self.manifest.file, line, what)

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"{key!r} must be a text")
        return value


def read_manifest(file: Path) -> Manifest:
    """The manifest of a theme, with its plain keys checked.

    Raises:
        BrokenTheme: by file and line, for one that is missing, too long, not TOML, or whose keys
            are unknown, missing or of another type.
    """
    if not file.is_file():
        raise BrokenTheme(file, 1, "the manifest is missing")
    if file.stat().st_size > BYTES_MAX:
        raise BrokenTheme(file, 1, f"the manifest has more than {BYTES_MAX:,} bytes")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        line = file.read_bytes()[: wrong.start].count(b"\n") + 1
        raise BrokenTheme(file, line, "the manifest is not written in UTF-8") from None
    try:
        manifest = Manifest(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong_toml:
        found = re.search(r"at line (\d+)", str(wrong_toml))
        line = int(found[1]) if found else max(1, len(text.splitlines()))
        raise BrokenTheme(file, line, str(wrong_toml)) from None
    except RecursionError:
        raise BrokenTheme(file, 1, "the manifest is nested too deep") from None
    _check_keys(manifest)
    return manifest


def line_of(text: str, start: str) -> int:
    """The number of the first line of a text that starts with these words, else 1."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.lstrip().startswith(start)), 1)


def entries(manifest: Manifest, kind: str) -> Iterator[Entry]:
    """Every `[[setting]]`, or `[[preset]]`, in order.

    Raises:
        BrokenTheme: the manifest has something else under this name.
    """
    found = manifest.values.get(kind, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BrokenTheme(
            manifest.file,
            max(line_of(manifest.text, kind), line_of(manifest.text, f"[{kind}")),
            f"write each {kind} under a line of its own that says [[{kind}]]",
        )
    for number, values in enumerate(found):
        yield Entry(manifest, kind, number, values)


def _check_keys(manifest: Manifest) -> None:
    for key, value in manifest.values.items():
        if key in _LISTS:
            continue
        if key not in _KEYS:
            known = ", ".join((*_KEYS, *(f"[[{name}]]" for name in _LISTS)))
            manifest.refuse(key, f"{key!r} is none of {known}")
        if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            manifest.refuse(key, f"{key!r} must be {KINDS[_KEYS[key]]}")
    for key in ("name", "api"):
        if key not in manifest.values:
            raise BrokenTheme(manifest.file, 1, f"{key!r} is missing")
    if manifest.values["api"] not in CONTRACT_VERSIONS:
        manifest.refuse("api", f"the portal does not know api {manifest.values['api']}")


def _line_in_entry(text: str, kind: str, number: int, key: str) -> int:
    """The line of a key in the n-th entry of a kind; the entry's first line where it has none."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{kind}\s*\]\]", line)]
    if number >= len(heads):
        return line_of(text, kind)
    head = heads[number]
    for n in range(head + 1, len(lines)):
        stripped = lines[n].lstrip()
        if stripped.startswith("[["):
            break
        if re.match(rf"(?:\[{kind}\.)?{re.escape(key)}\b", stripped):
            return n + 1
    return head + 1
