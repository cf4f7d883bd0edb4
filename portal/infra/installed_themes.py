"""The themes of this installation: those that are shipped, and those in the data folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import jinja2

from portal.infra import data_folder, template_code, templates
from portal.infra.files import shipped, write_whole
from portal.infra.templates import ThemeRegistry
from portal.infra.themes import ROOT_THEME, Theme, read_themes

_places: list[Path] = []
"""The data folders that this process looks into: one, or none."""


def folder(data_dir: Path) -> Path:
    """Where the themes that the operator has installed are, be there any or not."""
    return data_dir / "themes"


def look_in(data_dir: Path) -> None:
    """Let this process use the themes of a data folder too; called once, before `themes`."""
    _places[:] = [data_dir]


def themes() -> dict[str, Theme]:
    """Every theme by its name, read and checked once a process: a new one is there after a start.

    Raises:
        BrokenTheme: by file and line.
    """
    return _read(*_places)


def named(name: str) -> Theme:
    """A theme, or the default one if it was taken out: its resellers still have a portal."""
    return themes().get(name) or themes()[ROOT_THEME]


def are_drawn_with(names: Iterable[str], theme: str) -> bool:
    """Whether one of these themes is this one, or builds on it."""
    return any(theme == each.id for name in set(names) for each in named(name).chain)


def take_over_code(*, secret: str) -> None:
    """Use the compiled templates that an earlier process has left in the data folder."""
    for data_dir in _places:
        template_code.take_over(data_folder.run_dir(data_dir) / "templates", secret=secret)


def leave_code(*, secret: str) -> None:
    """Leave the compiled templates of this process to later ones."""
    for data_dir in _places:
        template_code.write_down(data_folder.run_dir(data_dir) / "templates", secret=secret)


@lru_cache(maxsize=4)
def _read(*data_dirs: Path) -> dict[str, Theme]:
    found = read_themes(shipped("themes"), *map(folder, data_dirs))
    notes = [data_folder.run_dir(each) / "checked-themes" for each in data_dirs]
    seen = _fingerprint(found)
    if not any(_text(note) == seen for note in notes):
        ThemeRegistry(found).check()
        for note in notes:
            with suppress(OSError):  # who cannot write it checks again, and needs no more
                write_whole(note, seen.encode())
    return found


def _fingerprint(themes: Mapping[str, Theme]) -> str:
    """One word for all that a check looks at, so that what was found whole is not checked again."""
    said = hashlib.sha256(jinja2.__version__.encode())
    said.update(Path(templates.__file__).read_bytes())  # a new check has not been passed
    for theme in themes.values():
        said.update(repr((theme.id, [each.id for each in theme.chain])).encode())
        said.update(repr(sorted(theme.static)).encode())
        for name, file in theme.templates.items():
            content = file.read_bytes()
            said.update(f"{name} {file} {len(content)} ".encode() + content)
    return said.hexdigest()


def _text(note: Path) -> str:
    try:
        return note.read_text()
    except OSError:
        return ""
