"""Reads what a theme lets a reseller choose: the settings and presets of its manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from portal.infra.theme_manifest import KINDS, Entry, Manifest, entries
from portal.infra.theme_settings import (
    RICH_TEXT_CHARACTERS_MAX,
    SETTINGS_MAX,
    TEXT_CHARACTERS_MAX,
    InvalidThemeSetting,
    Kind,
    Preset,
    Setting,
    Words,
    checked,
    is_colour,
    what_is_wrong,
)

PRESETS_MAX: Final = 20

_OF_SETTING: Final = frozenset(
    {"id", "type", "default", "group", "label", "help", "choices", "css", "minimum", "maximum"}
    | {"was"}
)
_OF_PRESET: Final[Mapping[str, type]] = {
    "name": str,
    "seed": str,
    "own": dict,
    "own_dark": dict,
    "settings": dict,
}
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CHOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.%-]{0,39}")
_CSS = re.compile(r"--[bt]-[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][A-Za-z]+)?")
_IN_CSS: Final = frozenset({Kind.BOOL, Kind.CHOICE, Kind.NUMBER, Kind.COLOUR, Kind.FONT})
_LENGTHS: Final[Mapping[Kind, int]] = {
    Kind.TEXT: TEXT_CHARACTERS_MAX,
    Kind.RICH_TEXT: RICH_TEXT_CHARACTERS_MAX,
    Kind.MENU: TEXT_CHARACTERS_MAX,
}
_NO_WORDS: Final[Words] = MappingProxyType({})


def settings_of(manifest: Manifest, inherited: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """The settings of a theme: those of its parent, some with other defaults, and its own.

    An entry with the id of an inherited setting may have a `default`, and nothing else.

    Raises:
        BrokenTheme: by file and line, for the first setting that is wrong.
    """
    settings = {setting.id: setting for setting in inherited}
    named: set[str] = set()
    for entry in entries(manifest, "setting"):
        name = entry.text("id")
        if _ID.fullmatch(name) is None:
            entry.refuse("id", f"{name!r} must be small letters, digits and _, and begin so")
        if name in named:
            entry.refuse("id", f"there are two settings {name!r}")
        named.add(name)
        present = settings.get(name)
        settings[name] = _redefined(entry, present) if present else _setting(entry, name)
        if len(settings) > SETTINGS_MAX:
            entry.refuse("id", f"a theme has at most {SETTINGS_MAX} settings, with its parents'")
        _check_former_ids(entry, settings)
    return tuple(settings.values())


@dataclass(frozen=True)
class _Choosable:
    """Settings of a theme that is not whole yet."""

    settings: tuple[Setting, ...]


def presets_of(manifest: Manifest, settings: tuple[Setting, ...]) -> tuple[Preset, ...]:
    """The looks that come with a theme; they are its own, none is inherited.

    Raises:
        BrokenTheme: by file and line, for the first preset that is wrong.
    """
    presets: dict[str, Preset] = {}
    for entry in entries(manifest, "preset"):
        preset = _preset(entry, settings)
        if preset.name in presets:
            entry.refuse("name", f"there are two presets {preset.name!r}")
        presets[preset.name] = preset
        if len(presets) > PRESETS_MAX:
            entry.refuse("name", f"a theme has at most {PRESETS_MAX} presets")
    return tuple(presets.values())


def _preset(entry: Entry, settings: tuple[Setting, ...]) -> Preset:
    for key, value in entry.values.items():
        if key not in _OF_PRESET:
            entry.refuse(key, f"{key!r} is none of {', '.join(_OF_PRESET)}")
        if not isinstance(value, _OF_PRESET[key]):
            entry.refuse(key, f"{key!r} must be {KINDS[_OF_PRESET[key]]}")
    name, seed = entry.text("name"), entry.text("seed")
    if not is_colour(seed):
        entry.refuse("seed", "'seed' must be a colour like #1a2b3c")
    for key in ("own", "own_dark"):
        for token, colour in entry.values.get(key, {}).items():
            if not is_colour(colour):
                entry.refuse(key, f"{token!r} must be a colour like #1a2b3c")
    try:
        chosen = checked(_Choosable(settings), entry.values.get("settings", {}))
    except InvalidThemeSetting as wrong:
        entry.refuse("settings", str(wrong))
    return Preset(
        name=name,
        seed=seed,
        own=MappingProxyType(dict(entry.values.get("own", {}))),
        own_dark=MappingProxyType(dict(entry.values.get("own_dark", {}))),
        settings=MappingProxyType(chosen),
    )


def _redefined(entry: Entry, present: Setting) -> Setting:
    for key in entry.values:
        if key not in {"id", "default"}:
            entry.refuse(key, f"{present.id!r} is inherited: only its default can be another")
    changed = {"default": entry.values.get("default", present.default)}
    return _with_default(entry, Setting(**{**vars(present), **changed}))


def _setting(entry: Entry, name: str) -> Setting:
    for key in entry.values:
        if key not in _OF_SETTING:
            entry.refuse(key, f"{key!r} is none of {', '.join(sorted(_OF_SETTING))}")
    try:
        kind = Kind(entry.values.get("type", ""))
    except ValueError:
        entry.refuse("type", f"'type' must be one of {', '.join(Kind)}")
    for key in ("default", "label"):
        if key not in entry.values:
            entry.refuse(key, f"{key!r} of {name!r} is missing")
    minimum, maximum = _bounds(entry, kind)
    return _with_default(
        entry,
        Setting(
            id=name,
            type=kind,
            default=entry.values["default"],
            group=_words(entry, "group", entry.values.get("group", {"en": ""})),
            label=_words(entry, "label", entry.values["label"]),
            help=_words(entry, "help", entry.values["help"])
            if "help" in entry.values
            else _NO_WORDS,
            choices=_choices(entry, kind),
            css=_css(entry, kind),
            minimum=minimum,
            maximum=maximum,
            was=_was(entry),
        ),
    )


def _with_default(entry: Entry, setting: Setting) -> Setting:
    wrong = what_is_wrong(setting, setting.default)
    if wrong is not None:
        entry.refuse("default", f"the default of {setting.id!r} {wrong}")
    return setting


def _words(entry: Entry, key: str, given: object) -> Words:
    """One text in several languages; a bare text is English."""
    words = {"en": given} if isinstance(given, str) else given
    if not isinstance(words, dict) or "en" not in words:
        entry.refuse(key, f'{key!r} must be a text, or a table like {{ en = "Menu" }}')
    for code, text in words.items():
        if _LANGUAGE.fullmatch(code) is None or not isinstance(text, str):
            entry.refuse(key, f"{key!r} has no text under a language code at {code!r}")
        if len(text) > TEXT_CHARACTERS_MAX:
            entry.refuse(key, f"{key!r} has more than {TEXT_CHARACTERS_MAX} characters")
    return MappingProxyType(dict(words))


def _choices(entry: Entry, kind: Kind) -> Mapping[str, Words]:
    given = entry.values.get("choices")
    if kind is not Kind.CHOICE:
        if given is not None:
            entry.refuse("choices", f"a {kind} has no choices")
        return MappingProxyType({})
    if isinstance(given, list):
        given = {value: value for value in given if isinstance(value, str)}
    if not isinstance(given, dict) or len(given) < 2:
        entry.refuse("choices", "'choices' must be a list of two or more texts, or a table of them")
    for value in given:
        if _CHOICE.fullmatch(value) is None:
            entry.refuse("choices", f"the choice {value!r} must be letters, digits and . % -")
    return MappingProxyType(
        {value: _words(entry, "choices", words) for value, words in given.items()}
    )


def _css(entry: Entry, kind: Kind) -> str | None:
    given = entry.values.get("css")
    if given is None:
        return None
    if not isinstance(given, str) or _CSS.fullmatch(given) is None:
        entry.refuse("css", "'css' must be a name like --t-density")
    if kind not in _IN_CSS:
        entry.refuse("css", f"a {kind} cannot stand in a stylesheet")
    return given


def _bounds(entry: Entry, kind: Kind) -> tuple[int, int]:
    least, most = (entry.values.get(key) for key in ("minimum", "maximum"))
    for key, value in (("minimum", least), ("maximum", most)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            entry.refuse(key, f"{key!r} must be a whole number")
    if kind is Kind.NUMBER:
        if least is None or most is None or not -1_000_000 <= least < most <= 1_000_000:
            entry.refuse("minimum", "a number needs a 'minimum' below its 'maximum'")
        return least, most
    if least is not None or (most is not None and kind not in _LENGTHS):
        entry.refuse("minimum" if least is not None else "maximum", f"a {kind} has no such bound")
    longest = _LENGTHS.get(kind, 0)
    if most is not None and not 1 <= most <= longest:
        entry.refuse("maximum", f"'maximum' must be within 1 and {longest:,}")
    return 0, longest if most is None else most


def _was(entry: Entry) -> tuple[str, ...]:
    given = entry.values.get("was", [])
    if not isinstance(given, list) or not all(
        isinstance(former, str) and _ID.fullmatch(former) for former in given
    ):
        entry.refuse("was", "'was' must be a list of the ids that the setting had before")
    return tuple(given)


def _check_former_ids(entry: Entry, settings: Mapping[str, Setting]) -> None:
    formers = [former for setting in settings.values() for former in setting.was]
    for former in formers:
        if former in settings or formers.count(former) > 1:
            entry.refuse("was", f"{former!r} is the id of two settings")
