"""The files of a theme: what its manifest says, which files it has, which theme it builds on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MANIFEST: Final = "theme.toml"
ROOT_THEME: Final = "default"
CONTRACT_VERSIONS: Final = frozenset({1})
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KEYS: Final[Mapping[str, type]] = {"name": str, "parent": str, "version": str, "api": int}
_OPERATOR_PAGES: Final = "operator/"


class BrokenTheme(Exception):
    """A theme cannot be used; the text starts with the file and the line that is wrong."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        super().__init__(f"{file}:{line}: {what}")
        self.file = file
        self.line = line
        self.what = what


@dataclass(frozen=True, kw_only=True)
class Theme:
    """One folder of templates and static files, and the themes that it builds on.

    The files are those that were there at the start: a name that is no key here is never looked
    for on disk, so no name can lead out of the folder.
    """

    id: str
    title: str
    parent: Theme | None
    folder: Path
    templates: Mapping[str, Path]
    static: Mapping[str, Path]

    @property
    def chain(self) -> tuple[Theme, ...]:
        """This theme, its parent, and so on up to the default theme."""
        return (self, *(self.parent.chain if self.parent else ()))


def read_themes(folder: Path) -> dict[str, Theme]:
    """Every theme of a folder, by the name of its own folder.

    Raises:
        BrokenTheme: for a manifest that is missing or wrong, an unknown parent, parents in a
            circle, or a page that a theme may not replace.
    """
    manifests = {
        path.name: _manifest(path / MANIFEST)
        for path in sorted(folder.iterdir())
        if path.is_dir() and _NAME.fullmatch(path.name)
    }
    if ROOT_THEME not in manifests:
        raise BrokenTheme(folder / ROOT_THEME / MANIFEST, 1, "the default theme is missing")
    themes: dict[str, Theme] = {}
    for name in manifests:
        _build(folder, name, manifests, themes, below=())
    return themes


def line_of(file: Path, text: str) -> int:
    """The number of the first line that starts with a text, else 1."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.lstrip().startswith(text)), 1)


def _build(
    folder: Path,
    name: str,
    manifests: Mapping[str, Mapping[str, str]],
    themes: dict[str, Theme],
    below: tuple[str, ...],
) -> Theme:
    if name in themes:
        return themes[name]
    file = folder / name / MANIFEST
    parent = None
    if name != ROOT_THEME:
        wanted = manifests[name].get("parent", ROOT_THEME)
        if wanted not in manifests:
            raise BrokenTheme(file, line_of(file, "parent"), f"there is no theme {wanted!r}")
        if wanted in (*below, name):
            raise BrokenTheme(file, line_of(file, "parent"), "a theme is its own ancestor")
        parent = _build(folder, wanted, manifests, themes, (*below, name))
    themes[name] = Theme(
        id=name,
        title=manifests[name]["name"],
        parent=parent,
        folder=folder / name,
        templates=_templates(folder / name / "templates", name),
        static=_files(folder / name / "static"),
    )
    return themes[name]


def _manifest(file: Path) -> dict[str, str]:
    if not file.is_file():
        raise BrokenTheme(file, 1, "the manifest is missing")
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        found = re.search(r"at line (\d+)", str(wrong))
        raise BrokenTheme(file, int(found[1]) if found else 1, str(wrong)) from None
    for key, value in values.items():
        if key not in _KEYS:
            known = ", ".join(_KEYS)
            raise BrokenTheme(file, line_of(file, key), f"{key!r} is none of {known}")
        if not isinstance(value, _KEYS[key]):
            wanted = {str: "a text", int: "a number"}[_KEYS[key]]
            raise BrokenTheme(file, line_of(file, key), f"{key!r} must be {wanted}")
    for key in ("name", "api"):
        if key not in values:
            raise BrokenTheme(file, 1, f"{key!r} is missing")
    if values["api"] not in CONTRACT_VERSIONS:
        raise BrokenTheme(
            file, line_of(file, "api"), f"the portal does not know api {values['api']}"
        )
    return {key: str(value) for key, value in values.items()}


def _templates(folder: Path, theme: str) -> dict[str, Path]:
    templates = _files(folder)
    if theme != ROOT_THEME:
        # A theme is installed for resellers; it never draws for the person above all of them.
        for name, file in templates.items():
            if name.startswith(_OPERATOR_PAGES):
                raise BrokenTheme(file, 1, "a theme may not replace the operator's pages")
    return templates


def _files(folder: Path) -> dict[str, Path]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}
