"""What the brand studio shows beside its form: contrasts, pictures, presets, versions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.numbers import format_decimal
from flask import url_for
from flask_babel import lazy_gettext
from wtforms import Field

from portal.http.language import language, locale
from portal.infra import installed_themes
from portal.infra.theme_settings import Kind, said
from portal.tenancy import brand_values, palette
from portal.tenancy.brand_sheet import LOGIN_BACKGROUND, palettes
from portal.tenancy.brand_values import (
    CONTENT_LOGO,
    FAVICON,
    LOGIN_LOGO,
    LOGO,
    MODES,
    BrandValues,
    picture_of,
)
from portal.tenancy.studio_models import BrandVersion
from portal.web.reseller.brand_form import COLOURS, BrandForm

THEME_PICTURE: Final = "theme-"
"""What the place of a theme's own picture begins with; its setting's id follows."""

_SLOTS: Final[Mapping[str, tuple[str, str]]] = {
    LOGO: (
        lazy_gettext("Logo"),
        lazy_gettext("In the bar of every page, and in e-mails."),
    ),
    LOGIN_LOGO: (
        lazy_gettext("Logo of the sign-in page"),
        lazy_gettext("Without one, the logo is shown there."),
    ),
    CONTENT_LOGO: (
        lazy_gettext("Picture above the pages"),
        lazy_gettext("Clients see it above what they work with. Without one, nothing is there."),
    ),
    FAVICON: (
        lazy_gettext("Icon of the browser tab"),
        lazy_gettext("It is made square. Without one: your logo if it is square, or a letter."),
    ),
    LOGIN_BACKGROUND: (
        lazy_gettext("Background of the sign-in page"),
        lazy_gettext("A photo, 1600 pixels wide or so. Without one it is drawn in your colours."),
    ),
}
assert tuple(_SLOTS) == brand_values.SLOTS


@dataclass(frozen=True, kw_only=True)
class ColourRow:
    """One colour in one mode: its field, what it is now, and how well it can be read."""

    name: str
    field: Field
    drawn: str
    ratio: str
    passes: bool
    ink: str
    """The text that Fix mends."""


@dataclass(frozen=True, kw_only=True)
class PictureRow:
    """One place for a picture; `shown_url` is what stands there, `is_own` whether it was chosen."""

    place: str
    label: str
    mode: str
    shown_url: str | None
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class SlotRow:
    """A picture for light grounds and its twin for dark ones."""

    label: str
    hint: str
    pictures: list[PictureRow]


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """A published version; `restores` is the one that it brought back."""

    number: int
    at: datetime
    by: str
    title: str
    seed: str
    restores: int | None
    is_live: bool


def colours(form: BrandForm, values: BrandValues) -> dict[str, list[ColourRow]]:
    """Every colour by mode, as the brand would be drawn now."""
    return {
        mode: [_colour(form[f"{mode}-{name}"], name, tokens) for name in COLOURS]
        for mode, tokens in zip(MODES, palettes(values.look), strict=True)
    }


def slots(values: BrandValues) -> list[SlotRow]:
    """The places for pictures of the brand, then those of its theme."""
    found = [
        SlotRow(
            label=str(label),
            hint=str(hint),
            pictures=[_picture(values, slot, mode) for mode in MODES],
        )
        for slot, (label, hint) in _SLOTS.items()
    ]
    for setting in installed_themes.named(values.theme).settings:
        if setting.type is Kind.IMAGE:
            name = values.theme_settings.get(setting.id, setting.default)
            label = said(setting.label, language())
            row = PictureRow(
                place=f"{THEME_PICTURE}{setting.id}",
                label=label,
                mode="light",
                shown_url=_address(name),
                is_own=bool(name),
            )
            found.append(SlotRow(label=label, hint=said(setting.help, language()), pictures=[row]))
    return found


def versions(rows: list[BrandVersion], *, live: int) -> list[VersionRow]:
    """The published versions, with who made them."""
    return [
        VersionRow(
            number=row.number,
            at=row.created_at,
            by=row.person_name,
            title=row.values["title"],
            seed=row.values["look"]["seed"],
            restores=row.restores,
            is_live=row.number == live,
        )
        for row in rows
    ]


def ink_names(inks: list[str]) -> list[str]:
    """What the form calls some inks."""
    return [str(COLOURS[ink]) for ink in inks if ink in COLOURS]


def _colour(field: Field, name: str, tokens: palette.Tokens) -> ColourRow:
    pair = palette.pair_of(name, tokens)
    drawn = tokens[palette.INKS[name][0] if name in palette.INKS else name]
    # Cut off, so that 4.49 is never shown as the 4.5 that it should be.
    ratio = math.floor(pair.ratio * 10) / 10
    inks = {token: ink for ink, (token, _) in palette.INKS.items()}
    return ColourRow(
        name=name,
        field=field,
        drawn=drawn,
        ratio=format_decimal(ratio, format="0.0", locale=locale()),
        passes=pair.passes,
        ink=inks.get(pair.ink, "text"),
    )


def _picture(values: BrandValues, slot: str, mode: str) -> PictureRow:
    name = picture_of(values.pictures, slot, mode) if slot != CONTENT_LOGO else None
    own = values.pictures.get(f"{slot}_{mode}")
    return PictureRow(
        place=f"{slot}_{mode}",
        label=str(_MODE_NAMES[mode]),
        mode=mode,
        shown_url=_address(own or (name if slot != FAVICON else None)),
        is_own=own is not None,
    )


_MODE_NAMES: Final[Mapping[str, str]] = {
    "light": lazy_gettext("For light grounds"),
    "dark": lazy_gettext("For dark grounds"),
}


def _address(name: str | None) -> str | None:
    return url_for("public.media", name=name) if name else None
