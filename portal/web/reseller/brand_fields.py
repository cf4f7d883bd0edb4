"""Fields of the brand studio: colours, and whatever a theme lets one choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from portal.http.language import language
from portal.infra.fonts import FONTS
from portal.infra.theme_settings import (
    AUTO,
    MENU_ITEMS_MAX,
    OWN_FONT,
    Kind,
    Setting,
    Wrong,
    said,
    what_is_wrong,
)
from portal.tenancy import palette
from portal.tenancy.palette import InvalidColour
from portal.web.parts.forms import trimmed

FONT_NAMES: Final[Mapping[str, str]] = {
    "system": lazy_gettext("As the device: plain"),
    "serif": lazy_gettext("With serifs, like a book"),
    "rounded": lazy_gettext("Rounded"),
}
assert FONT_NAMES.keys() == FONTS.keys()

WRONG: Final[Mapping[Wrong, str]] = {
    Wrong.UNKNOWN_SETTING: lazy_gettext("The theme does not have this."),
    Wrong.NOT_YES_OR_NO: lazy_gettext("Tick it or leave it."),
    Wrong.NOT_A_CHOICE: lazy_gettext("Choose one of the list."),
    Wrong.NOT_A_NUMBER: lazy_gettext("Write a whole number in digits."),
    Wrong.OUT_OF_BOUNDS: lazy_gettext("Write a number from %(least)s to %(most)s."),
    Wrong.NOT_A_TEXT: lazy_gettext("Write one line of text."),
    Wrong.TOO_LONG: lazy_gettext("This is too long: at most %(most)s characters."),
    Wrong.NOT_A_COLOUR: lazy_gettext(
        "Write a colour as # and six of the digits 0 to 9 and letters a to f, as in #1a2b3c."
    ),
    Wrong.NOT_A_PICTURE: lazy_gettext("There is no such picture."),
    Wrong.NOT_A_FONT: lazy_gettext("Choose one of the list."),
    Wrong.NOT_A_LINK: lazy_gettext(
        "Write an address as in https://example.com, mailto:help@example.com or /help."
    ),
    Wrong.NOT_A_MENU: lazy_gettext("Each entry needs both: what it says, and where it leads."),
    Wrong.TOO_MANY: lazy_gettext("These are too many."),
}
assert WRONG.keys() == set(Wrong)

MENU_ROWS: Final = MENU_ITEMS_MAX
_COLOUR_LENGTH_MAX: Final = 20
_WORD_ATTRIBUTES: Final = {"autocomplete": "off", "spellcheck": "false"}


class ColourField(StringField):
    """A colour as `#rrggbb`; an empty one is the automatic one."""

    data: str | None

    def __init__(self, label: object, *, required: bool = False, **options: Any) -> None:
        super().__init__(
            label,
            filters=[trimmed],
            render_kw={**_WORD_ATTRIBUTES, "maxlength": str(_COLOUR_LENGTH_MAX)},
            **options,
        )
        self.is_required = required

    def pre_validate(self, form: object) -> None:
        """Refuse what is no colour; a good one is written in small letters.

        Raises:
            ValidationError: it is none, or there has to be one.
        """
        del form
        written = self.data or ""
        if not written and not self.is_required:
            return
        try:
            self.data = palette.colour(written)
        except InvalidColour:
            raise ValidationError(str(WRONG[Wrong.NOT_A_COLOUR])) from None


def font_choices() -> list[SelectChoice]:
    """The fonts that a portal may be set in."""
    return [SelectChoice(name, label) for name, label in FONT_NAMES.items()]


class ThemeField:
    """A setting of a theme as one or more fields of the form."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.name = f"theme-{setting.id}"

    def unbound(self) -> dict[str, Any]:
        """The fields, by name; a picture has none, since it is sent by a form of its own."""
        setting = self.setting
        label = said(setting.label, language())
        options: dict[str, Any] = {"description": said(setting.help, language())}
        match setting.type:
            case Kind.IMAGE:
                return {}
            case Kind.BOOL:
                field: Any = BooleanField(label, **options)
            case Kind.CHOICE:
                choices = [
                    SelectChoice(key, said(words, language()))
                    for key, words in setting.choices.items()
                ]
                field = SelectField(label, choices=choices, **options)
            case Kind.FONT:
                fonts = [SelectChoice(OWN_FONT, gettext("The brand's font")), *font_choices()]
                field = SelectField(label, choices=fonts, **options)
            case Kind.COLOUR:
                field = ColourField(label, **options)
            case Kind.RICH_TEXT:
                field = TextAreaField(label, render_kw={"rows": "4"}, **options)
            case Kind.MENU:
                return self._entries(label, options)
            case Kind.NUMBER | Kind.TEXT | Kind.LINK:
                field = StringField(label, [Length(max=1_000)], filters=[trimmed], **options)
        return {self.name: field}

    def written(self, value: Any) -> dict[str, Any]:
        """What stands in the fields for a value."""
        if self.setting.type is Kind.MENU:
            entries = [*value, {"label": "", "link": ""}]
            return {
                f"{self.name}-{number}-{part}": entry[part]
                for number, entry in enumerate(entries)
                for part in ("label", "link")
            }
        if self.setting.type is Kind.COLOUR:
            return {self.name: "" if value == AUTO else value}
        return {self.name: str(value) if self.setting.type is Kind.NUMBER else value}

    def read(self, fields: Mapping[str, Field]) -> Any:
        """The value that was sent; one that the theme does not take is said at its field."""
        value = self._read(fields)
        wrong = what_is_wrong(self.setting, value)
        if wrong is not None:
            shown = fields.get(self.name) or fields[f"{self.name}-0-label"]
            least, most = self.setting.minimum, self.setting.maximum
            shown.errors = [str(WRONG[wrong]) % {"least": least, "most": most}]
        return value

    def _read(self, fields: Mapping[str, Field]) -> Any:
        if self.setting.type is Kind.MENU:
            return self._read_entries(fields)
        data = fields[self.name].data
        if self.setting.type is Kind.COLOUR:
            return data or AUTO
        if self.setting.type is Kind.NUMBER:
            return int(data) if data and data.isascii() and data.isdigit() else data
        return bool(data) if self.setting.type is Kind.BOOL else data or ""

    def _entries(self, label: str, options: Mapping[str, str]) -> dict[str, Any]:
        words = {"label": gettext("what it says"), "link": gettext("where it leads")}
        return {
            f"{self.name}-{number}-{part}": StringField(
                f"{label}: {word}", [Length(max=1_000)], filters=[trimmed], **options
            )
            for number in range(MENU_ROWS)
            for part, word in words.items()
        }

    def _read_entries(self, fields: Mapping[str, Field]) -> list[dict[str, str]]:
        entries = (
            {part: fields[f"{self.name}-{n}-{part}"].data or "" for part in ("label", "link")}
            for n in range(MENU_ROWS)
        )
        return [entry for entry in entries if any(entry.values())]
