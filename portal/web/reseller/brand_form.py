"""The form of the brand studio: what it shows of a brand, and the brand that was sent with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import Field, HiddenField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.http.unit_of_work import session
from portal.infra import installed_themes, theme_settings
from portal.infra.themes import Theme
from portal.tenancy import brand_sheet, offered_themes, palette, rich_text
from portal.tenancy.brand_sheet import RADIUS_PX_MAX, Look
from portal.tenancy.brand_values import MODES, BrandValues
from portal.tenancy.palette import INKS, InvalidColour
from portal.tenancy.rich_text import InvalidRichText
from portal.web.parts import forms
from portal.web.parts.forms import REQUIRED, Form
from portal.web.reseller.brand_fields import ColourField, ThemeField, font_choices
from portal.web.reseller.package_fields import CountField

TITLE_LENGTH_MAX: Final = 60
LAYOUT: Final[Mapping[str, str]] = {
    "text": lazy_gettext("Text"),
    "link": lazy_gettext("Links"),
    "bg": lazy_gettext("Page"),
    "surface": lazy_gettext("Cards"),
    "panel": lazy_gettext("Panels"),
    "nav": lazy_gettext("Navigation bar"),
    "nav-text": lazy_gettext("Text in the navigation bar"),
}
BUTTONS: Final[Mapping[str, str]] = {
    "primary": lazy_gettext("Primary button"),
    "on-primary": lazy_gettext("Primary button: text"),
    "success": lazy_gettext("Success button"),
    "on-success": lazy_gettext("Success button: text"),
    "exit": lazy_gettext("Exit button"),
    "on-exit": lazy_gettext("Exit button: text"),
    "danger": lazy_gettext("Delete button"),
    "on-danger": lazy_gettext("Delete button: text"),
}
COLOURS: Final[Mapping[str, str]] = {**LAYOUT, **BUTTONS}


class BrandForm(Form):
    """What every brand has; `brand_form` adds the colours and the theme's own settings."""

    title = forms.text(lazy_gettext("Title"), length_max=TITLE_LENGTH_MAX, required=True)
    theme = SelectField(lazy_gettext("Theme"), [InputRequired(REQUIRED)])
    seed = ColourField(lazy_gettext("Brand colour"), required=True)
    radius = CountField(
        lazy_gettext("Round corners, in pixels"),
        [InputRequired(REQUIRED), Length(max=20)],
        render_kw={"inputmode": "numeric"},
    )
    font = SelectField(lazy_gettext("Font"), [InputRequired(REQUIRED)], choices=font_choices())
    seen = HiddenField(validators=[Length(max=10)])
    """The version that was live when the page was drawn."""

    theme_fields: list[ThemeField]

    def validate_radius(self, field: CountField) -> None:
        """Refuse corners that are rounder than a button is high.

        Raises:
            ValidationError: they are.
        """
        if field.count is not None and field.count > RADIUS_PX_MAX:
            raise ValidationError(gettext("Write a number from 0 to 24."))


def brand_form(values: BrandValues, *, version: int, sent: bool = True) -> BrandForm:
    """The form of a brand: as it was sent unless that is done with, else as these values say."""
    theme = installed_themes.named(values.theme)
    theme_fields = [ThemeField(setting) for setting in theme.settings]
    fields: dict[str, Any] = {
        f"{mode}-{name}": ColourField(label) for mode in MODES for name, label in COLOURS.items()
    }
    for each in theme_fields:
        fields |= each.unbound()
    kind = type("ThisBrandForm", (BrandForm,), fields)
    written = _written(values, theme, theme_fields, version)
    form: BrandForm = kind(data=written) if sent else kind(None, data=written)
    form.theme_fields = theme_fields
    form.theme.choices = [
        SelectChoice(each.id, each.title) for each in offered_themes.of(session())
    ]
    return form


def read(form: BrandForm, before: BrandValues) -> BrandValues | None:
    """The brand that was sent, if all of it can be; otherwise its fields say why not.

    Colours that the form does not show stay as they were. Another theme keeps of the settings what
    it takes.
    """
    is_good = form.validate()
    fields = {field.name: field for field in form}
    settings = _read_settings(form, fields, before)
    if not is_good or form.errors:
        return None
    theme = installed_themes.named(form.theme.data)
    return replace(
        before,
        title=form.title.data,
        theme=theme.id,
        look=Look(
            seed=form.seed.data or before.look.seed,
            own=_own(before.look.own, fields, "light"),
            own_dark=_own(before.look.own_dark, fields, "dark"),
            radius_px=form.radius.count or 0,
            font=form.font.data,
        ),
        theme_settings=theme_settings.carried_over(theme, settings),
    )


def started_from(values: BrandValues, preset_name: str) -> BrandValues:
    """The values as a preset of the theme has them; the same if there is none of this name."""
    theme = installed_themes.named(values.theme)
    for preset in theme.presets:
        if preset.name == preset_name:
            look = replace(
                values.look,
                seed=preset.seed,
                own=dict(preset.own),
                own_dark=dict(preset.own_dark),
            )
            settings = {**values.theme_settings, **preset.settings}
            return replace(
                values, look=look, theme_settings=theme_settings.carried_over(theme, settings)
            )
    return values


def mended(values: BrandValues, ink: str) -> BrandValues:
    """The values with this ink, or all of them for an empty name, in shades that can be read."""
    inks = [ink] if ink else list(INKS)
    return replace(values, look=brand_sheet.mended(values.look, inks=inks))


def seeded(values: BrandValues, text: str) -> BrandValues:
    """The values in this brand colour; the same if the text is no colour."""
    try:
        return replace(values, look=replace(values.look, seed=palette.colour(text)))
    except InvalidColour:
        return values


def all_automatic(values: BrandValues) -> BrandValues:
    """The values with no colour chosen by hand but the brand's own."""
    return replace(values, look=replace(values.look, own={}, own_dark={}))


def _written(
    values: BrandValues, theme: Theme, theme_fields: list[ThemeField], version: int
) -> dict[str, Any]:
    look = values.look
    written: dict[str, Any] = {
        "title": values.title,
        "theme": theme.id,
        "seed": look.seed,
        "radius": str(look.radius_px),
        "font": look.font,
        "seen": str(version),
    }
    for mode, own in (("light", look.own), ("dark", look.own_dark)):
        written |= {f"{mode}-{name}": own.get(name, "") for name in COLOURS}
    chosen = theme_settings.in_force(theme, values.theme_settings)
    for each in theme_fields:
        written |= each.written(chosen[each.setting.id])
    return written


def _own(before: Mapping[str, str], fields: Mapping[str, Field], mode: str) -> dict[str, str]:
    kept = {name: value for name, value in before.items() if name not in COLOURS}
    sent = {name: fields[f"{mode}-{name}"].data for name in COLOURS}
    return kept | {name: value for name, value in sent.items() if value}


def _read_settings(
    form: BrandForm, fields: Mapping[str, Field], before: BrandValues
) -> dict[str, Any]:
    """What differs from the theme's defaults; pictures are sent by forms of their own."""
    found: dict[str, Any] = {}
    for each in form.theme_fields:
        setting = each.setting
        if not each.unbound():
            value = before.theme_settings.get(setting.id, setting.default)
        else:
            value = each.read(fields)
        if setting.type is theme_settings.Kind.RICH_TEXT:
            value = _cleaned(fields[each.name], value)
        if value != setting.default:
            found[setting.id] = value
    return found


def _cleaned(field: Field, html: str) -> str:
    try:
        return rich_text.cleaned(html).source
    except InvalidRichText:
        field.errors = [gettext("This text cannot be kept: write it more simply.")]
        return html
