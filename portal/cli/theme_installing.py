"""Puts a theme into the data folder: a fresh one, or one that somebody else has made."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from portal.cli import theme_checks
from portal.infra import installed_themes
from portal.infra.files import shipped
from portal.infra.processes import CannotStart
from portal.infra.theme_archives import UnfitArchive, unpack
from portal.infra.theme_manifest import BrokenTheme
from portal.infra.themes import Theme, read_themes

_MANIFEST: Final = """name = "{title}"
parent = "{parent}"
version = "0.1.0"
api = 1

# What a reseller may choose; a template reads it as {{{{ theme.greeting }}}}.
[[setting]]
id = "greeting"
type = "text"
default = ""
group = {{ en = "Foot of the page", de = "Fuß der Seite" }}
label = {{ en = "A line at the end of every page", de = "Eine Zeile unten auf jeder Seite" }}

# A look to start from: one colour, and by hand as many others as you like.
[[preset]]
name = "First"
seed = "#0f766e"
"""
_BASE: Final = """\
{#- `~base.html` is the one that this theme replaces. Only what differs is here. -#}
{% extends "~base.html" %}
{% block footer %}
{% if theme.greeting -%}
<p class="container-xl greeting" dir="auto">{{ theme.greeting }}</p>
{%- endif %}
{{ super() }}
{% endblock %}
"""
_STYLE: Final = """/* Linked by itself, after the stylesheets of the themes it builds on. */

.greeting { color: var(--b-bg-muted); }
"""


def begin(folder: Path, *, parent: str) -> None:
    """Write a small theme that works: a manifest with a setting, a template, a stylesheet.

    Raises:
        CannotStart: there is something in the folder already, or it cannot be written.
    """
    title = folder.name.replace("-", " ").capitalize()
    files = {
        "theme.toml": _MANIFEST.format(title=title, parent=parent),
        "templates/base.html": _BASE,
        "static/theme.css": _STYLE,
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise CannotStart(f"{folder} is there already.") from None
    except OSError as failed:
        raise CannotStart(f"{failed.filename}: {failed.strerror}.") from None


def install(
    source: Path, *, data_dir: Path, name: str | None = None, replace: bool = False
) -> Theme:
    """Install the theme of a zip or a folder, once it was read and compiled with all others.

    Where anything is wrong, what was there before is there still, and nothing else.

    Raises:
        UnfitArchive: it is no theme, there is one of its name, or it is a shipped one's.
        BrokenTheme: it could not be used, by file and line.
        CannotStart: the data folder cannot be written.
    """
    place = installed_themes.folder(data_dir)
    if not source.exists():
        raise UnfitArchive(f"There is no {source}")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="theme-", dir=data_dir) as workplace:
            return _install(source, place, Path(workplace), name=name, replace=replace)
    except OSError as failed:
        raise CannotStart(f"{failed.filename}: {failed.strerror}.") from None


def _install(
    source: Path, place: Path, workplace: Path, *, name: str | None, replace: bool
) -> Theme:
    fresh, others = workplace / "fresh", workplace / "others"
    candidate = unpack(source, fresh, name=name)
    target = place / candidate.name
    if (shipped("themes") / candidate.name).exists():
        raise UnfitArchive(f"the portal comes with a theme {candidate.name!r}: choose another name")
    if target.exists() and not replace:
        raise UnfitArchive(f"there is a theme {candidate.name!r} already: say --replace")
    # Tried beside copies of the others: what is installed is not touched before all are whole.
    if place.is_dir():
        shutil.copytree(place, others, ignore=lambda *_: {candidate.name})
    try:
        theme_checks.compiled(read_themes(shipped("themes"), fresh, others))
    except BrokenTheme as broken:
        raise BrokenTheme(_as_given(broken.file, workplace), broken.line, broken.what) from None
    place.mkdir(exist_ok=True)
    if target.exists():
        target.rename(workplace / "former")
    candidate.rename(target)
    return read_themes(shipped("themes"), place)[candidate.name]


def _as_given(file: Path, workplace: Path) -> Path:
    """A file of a copy by the name that whoever installs it knows: from the theme's folder on."""
    inside = file.is_relative_to(workplace)
    return Path(*file.relative_to(workplace).parts[1:]) if inside else file
