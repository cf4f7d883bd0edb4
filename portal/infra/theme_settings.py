"""What a theme lets a reseller choose: the settings that it declares and the values they take."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Protocol

from portal.infra.fonts import FONTS

SETTINGS_MAX: Final = 20
TEXT_CHARACTERS_MAX: Final = 200
RICH_TEXT_CHARACTERS_MAX: Final = 20_000
LINK_CHARACTERS_MAX: Final = 500
MENU_ITEMS_MAX: Final = 8
AUTO: Final = "auto"
"""The colour that a theme takes from the brand."""
OWN_FONT: Final = "brand"
"""The font that the brand has."""
Words = Mapping[str, str]
"""One text by language code, such as `{"en": "Menu", "de": "Menü"}`; `en` is always there."""
Values = Mapping[str, Any]
"""Values by the id of their setting, as JSON keeps them."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PICTURE = re.compile(r"[0-9a-f]{32}")
_LINK = re.compile(r"(?:https://[^\s/]\S*|/(?![/\\])\S*|mailto:\S+@\S+|tel:\+?[0-9]+)")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Kind(StrEnum):
    """Every type that a setting can have."""

    BOOL = "bool"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    RICH_TEXT = "richtext"
    COLOUR = "color"
    IMAGE = "image"
    FONT = "font"
    LINK = "link"
    MENU = "menu"


class Wrong(StrEnum):
    """Why a value is none that its setting takes."""

    UNKNOWN_SETTING = "the theme has no such setting"
    NOT_YES_OR_NO = "must be yes or no"
    NOT_A_CHOICE = "is none of the choices"
    NOT_A_NUMBER = "must be a whole number"
    OUT_OF_BOUNDS = "is out of bounds"
    NOT_A_TEXT = "must be one line of text"
    TOO_LONG = "is too long"
    NOT_A_COLOUR = "must be auto, or a colour like #1a2b3c"
    NOT_A_PICTURE = "must be the name of a picture of the portal, or empty"
    NOT_A_FONT = "is none of the fonts"
    NOT_A_LINK = "must be a page like /help, or an address with https:, mailto: or tel:"
    NOT_A_MENU = "must be a list of entries, each with a label and a link"
    TOO_MANY = "has too many entries"


class InvalidThemeSetting(ValueError):
    """A value is none that a theme's setting takes; says which setting, and why."""

    def __init__(self, setting_id: str, what: Wrong) -> None:
        super().__init__(f"{setting_id!r} {what}")
        self.setting_id = setting_id
        self.what = what


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One thing that a reseller may choose for its theme."""

    id: str
    type: Kind
    default: Any
    group: Words
    """The heading that it stands under in the form; settings of one group follow each other."""
    label: Words
    help: Words = field(default_factory=lambda: MappingProxyType({}))
    """A sentence below the field; empty where there is none."""
    choices: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))
    """What a `choice` can be, in order, with the words for it."""
    css: str | None = None
    """The custom property of the brand's stylesheet that has its value."""
    minimum: int = 0
    """The least that a `number` can be."""
    maximum: int = 0
    """The most that a `number` can be; of a text, how many characters."""
    was: tuple[str, ...] = ()
    """The ids that it had in earlier versions of the theme."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A look that comes with a theme: what a reseller may start from."""

    name: str
    seed: str
    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    own_dark: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    settings: Values = field(default_factory=lambda: MappingProxyType({}))
    """Values of the theme's own settings that belong to the look."""


class Configurable(Protocol):
    """A theme, as far as its settings are concerned."""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What can be chosen, in the order of the form."""
        ...


def checked(theme: Configurable, values: Values) -> dict[str, Any]:
    """The values, each under its present id, if the theme takes all of them.

    A setting that is not named keeps its default, so none is added here. A rich text still has to
    be cleaned by whoever stores it, and a picture to be there.

    Raises:
        InvalidThemeSetting: for the first one that the theme does not have or take.
    """
    settings = {setting.id: setting for setting in theme.settings}
    renamed = _present_ids(theme)
    found: dict[str, Any] = {}
    for given, value in values.items():
        name = renamed.get(given, given)
        if name not in settings:
            raise InvalidThemeSetting(given, Wrong.UNKNOWN_SETTING)
        wrong = what_is_wrong(settings[name], value)
        if wrong is not None:
            raise InvalidThemeSetting(name, wrong)
        if given == name or name not in values:  # what it is called now has the last word
            found[name] = value
    return found


def carried_over(theme: Configurable, values: Values) -> dict[str, Any]:
    """Those of some stored values that this theme takes, each under its present id.

    For values that were stored under an earlier version, or under another theme: nothing is
    refused, what no longer fits is left out.
    """
    kept: dict[str, Any] = {}
    for name, value in values.items():
        try:
            kept |= {k: v for k, v in checked(theme, {name: value}).items() if k not in kept}
        except InvalidThemeSetting:
            continue
    return kept


def in_force(theme: Configurable, values: Values) -> dict[str, Any]:
    """A value for every setting of the theme: the stored one where it still fits, or the default.

    Never fails, since a portal must not go out because its theme was upgraded.
    """
    return {setting.id: setting.default for setting in theme.settings} | carried_over(theme, values)


def declarations(theme: Configurable, values: Values) -> list[str]:
    """Custom properties for the brand's stylesheet, such as `--t-gap:12`, without semicolons.

    One for every setting with a `css` name; a colour that is left to the brand has none, so that
    the theme's own fallback holds: `var(--t-accent, var(--b-primary))`. Put them before the brand's
    own tokens, which a theme then cannot replace.
    """
    chosen = in_force(theme, values)
    written = (
        (setting.css, _as_css(setting, chosen[setting.id]))
        for setting in theme.settings
        if setting.css
    )
    return [f"{name}:{value}" for name, value in written if value is not None]


def said(words: Words, language: str) -> str:
    """A text in this language, or in its bare one (`fr` for `fr-CA`), or in English; or nothing."""
    for code in (language, language.partition("-")[0].partition("_")[0], "en"):
        if code in words:
            return words[code]
    return ""


def what_is_wrong(setting: Setting, value: object) -> Wrong | None:
    """Why a setting does not take a value, or None if it does."""
    return _CHECKS[setting.type](setting, value)


def is_colour(value: object) -> bool:
    """Whether it is a colour like `#1a2b3c`."""
    return isinstance(value, str) and _COLOUR.fullmatch(value) is not None


def _present_ids(theme: Configurable) -> dict[str, str]:
    return {former: setting.id for setting in theme.settings for former in setting.was}


def _as_css(setting: Setting, value: Any) -> str | None:
    if setting.type is Kind.BOOL:
        return "1" if value else "0"
    if setting.type is Kind.COLOUR and value == AUTO:
        return None
    if setting.type is Kind.FONT:
        return "var(--b-font)" if value == OWN_FONT else FONTS[value]
    return str(value)


def _bool(_setting: Setting, value: object) -> Wrong | None:
    return None if isinstance(value, bool) else Wrong.NOT_YES_OR_NO


def _choice(setting: Setting, value: object) -> Wrong | None:
    known = isinstance(value, str) and value in setting.choices
    return None if known else Wrong.NOT_A_CHOICE


def _number(setting: Setting, value: object) -> Wrong | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return Wrong.NOT_A_NUMBER
    return None if setting.minimum <= value <= setting.maximum else Wrong.OUT_OF_BOUNDS


def _text(setting: Setting, value: object) -> Wrong | None:
    if not isinstance(value, str) or _UNSEEN.search(value):
        return Wrong.NOT_A_TEXT
    return Wrong.TOO_LONG if len(value) > setting.maximum else None


def _rich_text(setting: Setting, value: object) -> Wrong | None:
    if not isinstance(value, str) or _UNSEEN.search(re.sub(r"[\t\r\n]", "", value)):
        return Wrong.NOT_A_TEXT
    return Wrong.TOO_LONG if len(value) > setting.maximum else None


def _colour(_setting: Setting, value: object) -> Wrong | None:
    return None if value == AUTO or is_colour(value) else Wrong.NOT_A_COLOUR


def _image(_setting: Setting, value: object) -> Wrong | None:
    named = isinstance(value, str) and (not value or _PICTURE.fullmatch(value))
    return None if named else Wrong.NOT_A_PICTURE


def _font(_setting: Setting, value: object) -> Wrong | None:
    known = isinstance(value, str) and (value == OWN_FONT or value in FONTS)
    return None if known else Wrong.NOT_A_FONT


def _link(_setting: Setting, value: object) -> Wrong | None:
    if not isinstance(value, str) or _UNSEEN.search(value):
        return Wrong.NOT_A_LINK
    if len(value) > LINK_CHARACTERS_MAX:
        return Wrong.TOO_LONG
    return None if not value or _LINK.fullmatch(value) else Wrong.NOT_A_LINK


def _menu(setting: Setting, value: object) -> Wrong | None:
    if not isinstance(value, list):
        return Wrong.NOT_A_MENU
    if len(value) > MENU_ITEMS_MAX:
        return Wrong.TOO_MANY
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != {"label", "link"} or "" in entry.values():
            return Wrong.NOT_A_MENU
        wrong = _text(setting, entry["label"]) or _link(setting, entry["link"])
        if wrong is not None:
            return wrong
    return None


_CHECKS: Final[Mapping[Kind, Callable[[Setting, object], Wrong | None]]] = {
    Kind.BOOL: _bool,
    Kind.CHOICE: _choice,
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.RICH_TEXT: _rich_text,
    Kind.COLOUR: _colour,
    Kind.IMAGE: _image,
    Kind.FONT: _font,
    Kind.LINK: _link,
    Kind.MENU: _menu,
}
assert _CHECKS.keys() == set(Kind)
