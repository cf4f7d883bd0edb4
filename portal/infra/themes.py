"""The files of a theme: what its manifest says, which files it has, which theme it builds on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.infra.theme_choices import presets_of, settings_of
from portal.infra.theme_manifest import MANIFEST, BrokenTheme, Manifest, read_manifest
from portal.infra.theme_settings import Preset, Setting

ROOT_THEME: Final = "default"
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
"""What the folder of a theme may be called."""
_OPERATOR_PAGES: Final = "operator/"


@dataclass(frozen=True, kw_only=True)
class Theme:
    """One folder of templates and static files, and the themes that it builds on.

    The files are those that were there at the start: a name that is no key here is never looked
    for on disk, so no name can lead out of the folder.
    """

    id: str
    title: str
    version: str
    parent: Theme | None
    folder: Path
    templates: Mapping[str, Path]
    static: Mapping[str, Path]
    settings: tuple[Setting, ...] = ()
    """What a reseller may choose, its parents' settings first."""
    presets: tuple[Preset, ...] = ()
    """Looks to start from."""

    @property
    def chain(self) -> tuple[Theme, ...]:
        """This theme, its parent, and so on up to the default theme."""
        return (self, *(self.parent.chain if self.parent else ()))


def read_themes(shipped: Path, *installed: Path) -> dict[str, Theme]:
    """Every theme of a folder, by the name of its own folder, and of further ones if there are.

    Raises:
        BrokenTheme: for a manifest that is missing or wrong, an unknown parent, parents in a
            circle, a page that a theme may not replace, or two themes of one name.
    """
    manifests = _manifests(shipped)
    if ROOT_THEME not in manifests:
        raise BrokenTheme(shipped / ROOT_THEME / MANIFEST, 1, "the default theme is missing")
    for folder in installed:
        for name, manifest in _manifests(folder).items():
            if name in manifests:
                raise BrokenTheme(manifest.file, 1, f"there is a theme {name!r} already")
            manifests[name] = manifest
    themes: dict[str, Theme] = {}
    for name in manifests:
        _build(name, manifests, themes, below=())
    return themes


def _manifests(folder: Path) -> dict[str, Manifest]:
    found: dict[str, Manifest] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        file = path / MANIFEST
        if NAME.fullmatch(path.name) and path.is_dir():
            found[path.name] = read_manifest(file)
        elif file.is_file():
            raise BrokenTheme(file, 1, f"{path.name!r} must be small letters, digits and -")
    return found


def _build(
    name: str, manifests: Mapping[str, Manifest], themes: dict[str, Theme], below: tuple[str, ...]
) -> Theme:
    if name in themes:
        return themes[name]
    manifest = manifests[name]
    folder = manifest.file.parent
    parent = None
    if name != ROOT_THEME:
        wanted = manifest.values.get("parent", ROOT_THEME)
        if wanted not in manifests:
            manifest.refuse("parent", f"there is no theme {wanted!r}")
        if wanted in (*below, name):
            manifest.refuse("parent", "a theme is its own ancestor")
        parent = _build(wanted, manifests, themes, (*below, name))
    settings = settings_of(manifest, parent.settings if parent else ())
    themes[name] = Theme(
        id=name,
        title=manifest.values["name"],
        version=manifest.values.get("version", ""),
        parent=parent,
        folder=folder,
        templates=_templates(folder / "templates", name),
        static=_files(folder / "static"),
        settings=settings,
        presets=presets_of(manifest, settings),
    )
    return themes[name]


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
