"""What can be said of themes beyond their being whole: readable looks, files that are not there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.infra.templates import ThemedEnvironment, ThemeRegistry
from portal.infra.theme_manifest import MANIFEST, line_of
from portal.infra.theme_settings import Preset
from portal.infra.themes import Theme
from portal.tenancy import brand_sheet, palette
from portal.tenancy.brand_sheet import Look
from portal.tenancy.palette import CHOOSABLE

PREVIEW: Final = "preview.png"
_PAPERS: Final = "invoices/"
"""What PDFs are made of: no browser shows it, and it has its styles inside."""
_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
# The Content-Security-Policy of every page lets none of these have an effect.
_INLINE: Final[Mapping[str, re.Pattern[str]]] = {
    "a script of its own": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a <style> of its own": re.compile(r"<style\b", re.IGNORECASE),
    "a style= attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an on…= attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
}


@dataclass(frozen=True)
class Flaw:
    """Something that a theme's author should mend, and where it is."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def compiled(themes: Mapping[str, Theme]) -> None:
    """Parse and compile every template, and see that each finds what it names.

    Raises:
        BrokenTheme: by file and line.
    """
    registry = ThemeRegistry(themes)
    registry.check()
    base = ThemedEnvironment(autoescape=True, extensions=["jinja2.ext.i18n"])
    for name in registry.names:
        registry.environment_for(name, base)


def flaws(theme: Theme) -> Iterator[Flaw]:
    """What is wrong with a theme that is whole: it would work, but not well."""
    yield from _of_presets(theme)
    yield from _of_stylesheets(theme)
    yield from _of_templates(theme)


def _of_presets(theme: Theme) -> Iterator[Flaw]:
    file = theme.folder / MANIFEST
    text = file.read_text(encoding="utf-8")
    for preset in theme.presets:
        line = line_of(text, f'name = "{preset.name}"')
        for token in sorted({*preset.own, *preset.own_dark} - CHOOSABLE):
            yield Flaw(file, line, f"preset {preset.name!r}: a brand has no colour {token!r}")
        for what in unreadable(preset):
            yield Flaw(file, line, f"preset {preset.name!r}: {what}")


def unreadable(preset: Preset) -> Iterator[str]:
    """The texts and outlines of a preset's two palettes that do not stand out enough."""
    look = Look(seed=preset.seed, own=preset.own, own_dark=preset.own_dark)
    for mode, tokens in zip(("light", "dark"), brand_sheet.palettes(look), strict=True):
        for pair in palette.pairs(tokens):
            if not pair.passes:
                yield (
                    f"in the {mode}, {pair.ink} on {pair.ground} has {pair.ratio:.2f}:1,"
                    f" and needs {pair.wanted}:1"
                )


def _of_stylesheets(theme: Theme) -> Iterator[Flaw]:
    for path, file in theme.static.items():
        if not path.endswith(".css"):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for address in _URL.findall(line):
                if address.startswith(("data:", "#")):
                    continue
                if re.match(r"[a-z]+:|//", address, re.IGNORECASE):
                    yield Flaw(file, number, f"{address!r} is elsewhere, and would not be loaded")
                    continue
                bare = address.partition("?")[0].partition("#")[0]
                wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), bare))
                if wanted not in theme.static:
                    yield Flaw(file, number, f"no static file {wanted!r} in this theme")


def _of_templates(theme: Theme) -> Iterator[Flaw]:
    for name, file in theme.templates.items():
        if not name.endswith(".html") or name.startswith(_PAPERS):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for what, pattern in _INLINE.items():
                if pattern.search(line):
                    yield Flaw(file, number, f"{what} has no effect: browsers are told to run none")
