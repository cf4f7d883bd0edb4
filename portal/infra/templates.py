"""Pages of several themes side by side: one environment, and so one template cache, per theme."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
    select_autoescape,
)

from portal.infra.static_files import StaticFile, static_file
from portal.infra.template_code import SharedCode
from portal.infra.theme_manifest import BrokenTheme
from portal.infra.theme_settings import in_force
from portal.infra.themes import Theme, read_themes

_OWN_STYLESHEET = "theme.css"
# Everything is HTML but what says in its name that it is plain text.
_AUTOESCAPE = select_autoescape(disabled_extensions=("txt",), default_for_string=True, default=True)
_PARSER = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
_NAMING_NODES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


class NoSuchAsset(LookupError):
    """No theme of the chain has this static file."""


class ChainLoader(BaseLoader):
    """Finds a template in the nearest theme of a chain; each leading `~` starts one higher."""

    def __init__(self, theme: Theme) -> None:
        self.chain = theme.chain

    def find(self, name: str) -> tuple[int, Path]:
        """The level in the chain that has this template, and its file."""
        path = name.lstrip("~")
        for level in range(len(name) - len(path), len(self.chain)):
            if path in self.chain[level].templates:
                return level, self.chain[level].templates[path]
        raise TemplateNotFound(name)

    def meant(self, template: str, parent: str) -> str:
        """A name as `parent` writes it, with as many `~` as its file is levels up the chain."""
        if not template.startswith("~"):
            return template
        level, _ = self.find(parent)
        return "~" * (level + 1) + template.lstrip("~")

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template, its file, and whether that is still what is on disk."""
        del environment
        _, file = self.find(template)
        read_at = file.stat().st_mtime_ns
        return (
            file.read_text(encoding="utf-8"),
            str(file),
            lambda: file.is_file() and file.stat().st_mtime_ns == read_at,
        )

    def list_templates(self) -> list[str]:
        """Every name that some theme of the chain has."""
        return sorted({name for theme in self.chain for name in theme.templates})


class ThemedEnvironment(Environment):
    """Jinja's environment, with a theme's own globals and with `~` for the template replaced."""

    theme_globals: Mapping[str, Any] = {}

    def join_path(self, template: str, parent: str) -> str:
        """Read `~x`, written in some theme's file, as "the x that this theme replaces"."""
        loader = self.loader
        return loader.meant(template, parent) if isinstance(loader, ChainLoader) else template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A template's own globals over the theme's over everybody's."""
        return ChainMap({} if d is None else d, dict(self.theme_globals), self.globals)


class ThemeRegistry:
    """The themes of an installation, their static files, and an environment for each."""

    def __init__(self, themes: Mapping[str, Theme], *, watching: bool = False) -> None:
        """With `watching`, every page looks whether its files have changed, for who writes them.

        Without, no page asks the disk for anything: what was read at the start is what there is.
        """
        self._themes = themes
        self._watching = watching
        self._environments: dict[str, ThemedEnvironment] = {}
        self._static: dict[tuple[str, str], StaticFile] = {}

    @classmethod
    def load(cls, folder: Path, *installed: Path, watching: bool = False) -> ThemeRegistry:
        """Read every theme of a folder, and of further ones if there are.

        Raises:
            BrokenTheme: by file and line, for a wrong manifest, an unknown parent, a template that
                cannot be parsed, or one that names a template or a static file nobody has.
        """
        registry = cls(read_themes(folder, *installed), watching=watching)
        registry.check()
        return registry

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all themes."""
        return tuple(self._themes)

    def theme(self, name: str) -> Theme:
        """A theme by its name, or KeyError."""
        return self._themes[name]

    def environment_for(self, name: str, base: ThemedEnvironment) -> ThemedEnvironment:
        """The environment of a theme: an overlay of `base`, made and compiled on first use.

        Every theme needs its own: Jinja keeps compiled templates by loader and name, so that one
        environment whose loader looks at the request would serve one portal's page to another.
        Call it when `base` has all its filters and globals, for every theme, before serving.

        Raises:
            BrokenTheme: for a template that uses a filter or a test that `base` does not have.
        """
        if name not in self._environments:
            theme = self.theme(name)
            environment = base.overlay(
                loader=ChainLoader(theme),
                autoescape=_AUTOESCAPE,
                undefined=StrictUndefined,
                auto_reload=self._watching,
                cache_size=-1,
                bytecode_cache=SharedCode(),
            )
            environment.theme_globals = {
                "asset": partial(self.asset_url, name),
                "theme_styles": self.styles(name),
                "theme": in_force(theme, {}),  # a page of a portal brings its own values
            }
            _compile(environment)
            self._environments[name] = environment
        return self._environments[name]

    def asset_url(self, name: str, path: str) -> str:
        """The address of a static file as this theme sees it.

        Raises:
            NoSuchAsset: if no theme of the chain has it.
        """
        for theme in self.theme(name).chain:
            if path in theme.static:
                return self._file(theme, path).url
        raise NoSuchAsset(path)

    def find_static(self, owner: str, path: str) -> StaticFile | None:
        """The static file that exactly this theme has under this path; no other is ever served."""
        theme = self._themes.get(owner)
        if theme is None or path not in theme.static:
            return None
        return self._file(theme, path)

    def styles(self, name: str) -> list[str]:
        """The themes' own stylesheets, parents first, so that the child has the last word."""
        chain = reversed(self.theme(name).chain)
        return [
            self._file(theme, _OWN_STYLESHEET).url
            for theme in chain
            if _OWN_STYLESHEET in theme.static
        ]

    def _file(self, theme: Theme, path: str) -> StaticFile:
        found = self._static.get((theme.id, path))
        if found is None or self._watching:
            found = self._static[theme.id, path] = static_file(theme.id, path, theme.static[path])
        return found

    def check(self) -> None:
        """Make sure that every template can be parsed and finds what it names.

        Raises:
            BrokenTheme: by file and line.
        """
        for theme in self._themes.values():
            self._check(theme)

    def _check(self, theme: Theme) -> None:
        loader = ChainLoader(theme)
        used: set[str] = set()
        for name, file in theme.templates.items():
            named = _named(file)
            for line, wanted in named.templates:
                target = loader.meant(wanted, name)
                used.add(target.lstrip("~"))
                try:
                    loader.find(target)
                except TemplateNotFound:
                    raise BrokenTheme(file, line, f"no template {wanted!r}") from None
            for line, path in named.assets:
                if not any(path in each.static for each in theme.chain):
                    raise BrokenTheme(file, line, f"no static file {path!r}")
        _refuse_orphans(theme, used)


def _refuse_orphans(theme: Theme, used: set[str]) -> None:
    """A template that replaces nothing and that nothing uses has a typo in its name."""
    if theme.parent is None:
        return
    inherited = {name for each in theme.parent.chain for name in each.templates}
    for name, file in theme.templates.items():
        if name not in inherited and name not in used:
            close = get_close_matches(name, sorted(inherited), n=1)
            meant = f"; is it {close[0]!r}?" if close else ""
            raise BrokenTheme(
                file, 1, f"{name!r} replaces no template, and none here uses it{meant}"
            )


def _compile(environment: ThemedEnvironment) -> None:
    for name in environment.list_templates():
        try:
            environment.get_template(name)
        except TemplateSyntaxError as wrong:
            raise BrokenTheme(
                Path(wrong.filename or name), wrong.lineno, wrong.message or "cannot be compiled"
            ) from None


@dataclass(frozen=True)
class _Named:
    """What a template names, each with its line."""

    templates: tuple[tuple[int, str], ...]
    assets: tuple[tuple[int, str], ...]


def _named(file: Path) -> _Named:
    try:
        return _named_in(file.read_text(encoding="utf-8"))
    except TemplateSyntaxError as wrong:
        raise BrokenTheme(file, wrong.lineno, wrong.message or "cannot be parsed") from None
    except UnicodeDecodeError:
        raise BrokenTheme(file, 1, "the template is not written in UTF-8") from None


@lru_cache(maxsize=1024)  # themes that were changed are read again, most of their files were not
def _named_in(text: str) -> _Named:
    tree = _PARSER.parse(text)
    return _Named(tuple(_named_templates(tree)), tuple(_named_assets(tree)))


def _named_templates(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for node in tree.find_all(_NAMING_NODES):
        named = getattr(node, "template")  # noqa: B009 - the four kinds share it, not their base
        if isinstance(named, nodes.Const) and isinstance(named.value, str):
            yield node.lineno, named.value


def _named_assets(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for call in tree.find_all(nodes.Call):
        called: nodes.Node = call.node
        arguments: Sequence[nodes.Expr] = call.args
        if isinstance(called, nodes.Name) and called.name == "asset" and arguments:
            first = arguments[0]
            if isinstance(first, nodes.Const):
                yield call.lineno, first.value
