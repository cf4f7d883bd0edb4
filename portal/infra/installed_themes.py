"""The themes of this installation: those that are shipped, and those in the data folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from portal.infra.files import shipped
from portal.infra.templates import ThemeRegistry
from portal.infra.themes import ROOT_THEME, Theme, read_themes

_places: list[Path] = []


def folder(data_dir: Path) -> Path:
    """Where the themes that the operator has installed are, be there any or not."""
    return data_dir / "themes"


def look_in(data_dir: Path) -> None:
    """Let this process use the themes of a data folder too; called once, before `themes`."""
    _places[:] = [folder(data_dir)]


def themes() -> dict[str, Theme]:
    """Every theme by its name, read and checked once a process: a new one is there after a start.

    Raises:
        BrokenTheme: by file and line.
    """
    return _read(*_places)


def named(name: str) -> Theme:
    """A theme, or the default one if it was taken out: its resellers still have a portal."""
    return themes().get(name) or themes()[ROOT_THEME]


@lru_cache(maxsize=4)
def _read(*places: Path) -> dict[str, Theme]:
    found = read_themes(shipped("themes"), *places)
    ThemeRegistry(found).check()
    return found
