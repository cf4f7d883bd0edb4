"""`portal themes`: lists, checks, begins, traces and installs themes."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.cli import installation, theme_checks, theme_installing, theme_trace
from portal.cli.opened import add_data_option, opened
from portal.cli.table import table
from portal.infra import installed_themes
from portal.infra.config import Settings
from portal.infra.processes import CannotStart
from portal.infra.theme_archives import UnfitArchive
from portal.infra.themes import NAME as THEME_NAME
from portal.infra.themes import ROOT_THEME, Theme
from portal.tenancy import theme_users

NAME = "themes"
HELP = "list, check, begin, trace and install themes"
_HEADS = ("theme", "title", "version", "builds on", "settings", "looks", "where", "used by")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with themes."""
    acts = parser.add_subparsers(metavar="ACT", required=True)
    listed = acts.add_parser("list", help="every theme, what it builds on and who uses it")
    listed.set_defaults(act=_list)
    check = acts.add_parser("check", help="say what is wrong with themes; exit status 1 if any is")
    check.add_argument("theme", nargs="*", metavar="THEME", help="only these (all)")
    check.set_defaults(act=_check)
    new = acts.add_parser("new", help="write the folder of a new theme, ready to be changed")
    new.add_argument("theme", metavar="NAME", help="small letters, digits and -")
    new.add_argument("--parent", default=ROOT_THEME, help="the theme that it builds on (default)")
    new.add_argument("--into", metavar="DIR", type=Path, help="where (themes/ of the data folder)")
    new.set_defaults(act=_new)
    trace = acts.add_parser("trace", help="say which theme gives a template, and its blocks")
    trace.add_argument("template", metavar="TEMPLATE", help="such as partials/navigation.html")
    trace.add_argument("--theme", help="as this theme sees it (every theme)")
    trace.set_defaults(act=_trace)
    install = acts.add_parser("install", help="install a theme from a zip or a folder")
    install.add_argument("source", metavar="FILE", type=Path, help="a zip, or a folder")
    install.add_argument("--name", help="what to call it (as its folder or its file)")
    install.add_argument("--replace", action="store_true", help="in place of the one of its name")
    install.set_defaults(act=_install)
    for act in (listed, check, new, trace, install):
        add_data_option(act)


def run(args: argparse.Namespace) -> int:
    """Do what was asked for.

    Raises:
        SettingError, CannotStart: what keeps it from being done, in a sentence.
        BrokenTheme: a theme cannot be used, by file and line.
    """
    status: int = args.act(args)
    return status


def _list(args: argparse.Namespace) -> int:
    with opened(os.environ, data=args.data) as there:
        themes = installed_themes.themes()
        with there.database.across_resellers() as session:
            users = theme_users.by_theme(session)
    rows: list[tuple[object, ...]] = [
        (
            theme.id,
            theme.title,
            theme.version,
            theme.parent.id if theme.parent else None,
            len(theme.settings),
            len(theme.presets),
            "installed" if _is_installed(theme) else "shipped",
            users.get(theme.id),
        )
        for theme in themes.values()
    ]
    rows += [
        (name, None, None, None, None, None, "gone: shown as default", count)
        for name, count in sorted(users.items())
        if name not in themes
    ]
    print(table(_HEADS, rows))
    return 0


def _check(args: argparse.Namespace) -> int:
    themes = _themes(args)
    theme_checks.compiled(themes)
    bad = 0
    for theme in [_named(themes, name) for name in args.theme] or list(themes.values()):
        found = list(theme_checks.flaws(theme))
        bad += len(found)
        for flaw in found:
            print(flaw)
        if not found:
            print(f"{theme.id}: in order{_facts(theme)}")
    if bad:
        print(f"{bad} to mend")
    return 1 if bad else 0


def _facts(theme: Theme) -> str:
    """What was looked at, so that an empty theme does not pass for a good one."""
    counts = {
        "templates": len(theme.templates),
        "static files": len(theme.static),
        "settings": len(theme.settings),
        "presets": len(theme.presets),
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items())
    without = "" if (theme.folder / theme_checks.PREVIEW).is_file() else "; it has no preview.png"
    return f" ({said}{without})"


def _new(args: argparse.Namespace) -> int:
    themes = _themes(args)
    if THEME_NAME.fullmatch(args.theme) is None:
        raise CannotStart(f"{args.theme!r} must be small letters, digits and -, 32 at most.")
    if args.theme in themes:
        raise CannotStart(f"There is a theme {args.theme!r} already.")
    _named(themes, args.parent)
    folder = (args.into or installed_themes.folder(_data_dir(args))) / args.theme
    theme_installing.begin(folder, parent=args.parent)
    print(f"Written to {folder}. Change it, then: portal themes check")
    return 0


def _trace(args: argparse.Namespace) -> int:
    themes = _themes(args)
    chosen = [_named(themes, args.theme)] if args.theme else list(themes.values())
    template = args.template.lstrip("~")
    if not any(list(theme_trace.levels(theme, template)) for theme in chosen):
        near = theme_trace.nearest(chosen[0], template)
        raise CannotStart(
            f"No theme has a template {template!r}" + (f"; is it {near!r}?" if near else ".")
        )
    for theme in chosen:
        for line in _traced(theme, template):
            print(line)
    return 0


def _traced(theme: Theme, template: str) -> Iterator[str]:
    yield f"{template} in the theme {theme.id}"
    reached = True
    for level in theme_trace.levels(theme, template):
        yield f"  {level.theme}: {level.file}" + ("" if reached else " (replaced, not drawn)")
        if level.extends:
            yield f"    builds on {level.extends}"
        for block in level.blocks:
            around = " (keeps what it replaces)" if block.keeps else ""
            yield f"    block {block.name}, line {block.line}{around}"
        reached = reached and level.extends == f"~{template}"


def _install(args: argparse.Namespace) -> int:
    data_dir = _data_dir(args)
    try:
        theme = theme_installing.install(
            args.source.expanduser(), data_dir=data_dir, name=args.name, replace=args.replace
        )
    except UnfitArchive as unfit:
        said = str(unfit)
        raise CannotStart(f"{said[:1].upper()}{said[1:]}. Nothing was installed.") from None
    print(f"Installed {theme.id} in {theme.folder}.")
    print("It is there for resellers once the portal is started anew.")
    for flaw in theme_checks.flaws(theme):
        print(f"  to mend: {flaw}")
    return 0


def _themes(args: argparse.Namespace) -> Mapping[str, Theme]:
    installed_themes.look_in(_data_dir(args))
    return installed_themes.themes()


def _named(themes: Mapping[str, Theme], name: str) -> Theme:
    if name not in themes:
        raise CannotStart(f"There is no theme {name!r}; there are {', '.join(themes)}.")
    return themes[name]


def _data_dir(args: argparse.Namespace) -> Path:
    """The data folder; no secret is needed to look at files."""
    told = {**os.environ, **({"PORTAL_DATA_DIR": args.data} if args.data else {})}
    settings = Settings.from_environment({**told, "PORTAL_DEMO": "yes"})
    return installation.data_dir(told, settings=settings)


def _is_installed(theme: Theme) -> bool:
    return theme.folder.parent != installed_themes.themes()[ROOT_THEME].folder.parent
