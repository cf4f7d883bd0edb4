"""The stylesheet of one brand: values for the tokens that every theme is drawn with."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from portal.infra.fonts import FONTS
from portal.tenancy import palette as colours
from portal.tenancy.palette import BLACK, BUTTONS, INKS, WHITE, Tokens, palette, ratio
from portal.tenancy.rich_styles import Style, rules

RADIUS_PX_MAX: Final = 24
LOGO_GROUNDS: Final = ("surface", "nav", "bg")
LOGIN_BACKGROUND: Final = "login_background"
"""The picture of a brand that its stylesheet shows itself, with `_light` or `_dark` behind it."""

_PICTURE = re.compile(r"[0-9a-f]{32}")


class InvalidLook(ValueError):
    """A radius or a font is none of those that a brand may have."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a reseller chooses: one colour, and by hand as many others as it likes."""

    seed: str
    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    own_dark: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    radius_px: int = 6
    font: str = "system"


@dataclass(frozen=True)
class BrandSheet:
    """A stylesheet, and the hash that is part of its address."""

    css: str
    hash: str


def brand_sheet(
    look: Look,
    *,
    pictures: Mapping[str, str] | None = None,
    theme: Sequence[str] = (),
    rich: Iterable[Style] = (),
) -> BrandSheet:
    """The stylesheet of a look: one rule for both modes, about 2 kB.

    Each token is `light-dark(…)` of the two palettes, so that the page needs no second sheet and
    no media query; a second rule says what else is otherwise in the dark: which logo stands on
    which ground, and the background of the sign-in page. Nothing but checked colours, a bounded
    number, a listed font and names of pictures gets into it, and `theme`: declarations that the
    theme has made of its own settings, which come first so that they replace no token. `rich` are
    the styles of the reseller's own texts, each a rule of its class.

    Raises:
        InvalidColour: for a colour that is not `#rrggbb`.
        InvalidLook: for a radius out of bounds or an unknown font.
    """
    if not 0 <= look.radius_px <= RADIUS_PX_MAX:
        raise InvalidLook(f"radius {look.radius_px} is not within 0 and {RADIUS_PX_MAX}")
    if look.font not in FONTS:
        raise InvalidLook(f"font {look.font!r} is none of {', '.join(FONTS)}")
    light, dark = palettes(look)
    declarations = [
        *theme,
        *(
            f"--b-{name}:{value}"
            if value == dark[name]
            else f"--b-{name}:light-dark({value},{dark[name]})"
            for name, value in light.items()
        ),
    ]
    in_dark: list[str] = []
    for ground in LOGO_GROUNDS:
        plates = (_plate(light[ground]), _plate(dark[ground]))
        declarations.append(f"--b-{ground}-plate:light-dark({plates[0]},{plates[1]})")
        declarations += _logos(ground, on_dark=plates[0] == WHITE)
        in_dark += _logos(ground, on_dark=plates[1] == WHITE)
    declarations += _background(pictures or {}, "light")
    in_dark += _background(pictures or {}, "dark")
    declarations += [f"--b-radius:{look.radius_px}px", f"--b-font:{FONTS[look.font]}"]
    css = f":root{{{';'.join(declarations)}}}\n[data-bs-theme=dark]{{{';'.join(in_dark)}}}\n"
    css += rules(rich, light=light, dark=dark)
    return BrandSheet(css, hashlib.sha256(css.encode()).hexdigest()[:16])


def palettes(look: Look) -> tuple[Tokens, Tokens]:
    """The tokens of the light and of the dark mode.

    A fill chosen by hand holds in both modes unless the dark one is chosen as well, and so does the
    text of a button as long as its fill is the same; a ground does not, since a white card is no
    card for the dark, nor what is written on it.
    """
    light = palette(look.seed, dark=False, own=look.own)
    fills = {name: value for name, value in look.own.items() if name in BUTTONS}
    dark = palette(look.seed, dark=True, own=fills | dict(look.own_dark))
    texts = {
        f"on-{name}": look.own[f"on-{name}"]
        for name in BUTTONS
        if f"on-{name}" in look.own and dark[name] == light[name]
    }
    if texts:
        dark = palette(look.seed, dark=True, own=texts | fills | dict(look.own_dark))
    return light, dark


def mended(look: Look, *, inks: Collection[str] = tuple(INKS)) -> Look:
    """The same look, with those inks that were chosen by hand in shades that can be read."""
    light, dark = palettes(look)
    return replace(
        look,
        own=_mended(look.own, inks, light),
        own_dark=_mended(look.own_dark, inks, dark),
    )


def unreadable(look: Look) -> list[str]:
    """The inks chosen by hand that cannot be read well, in the light, the dark or both."""
    light, dark = palettes(look)
    chosen = {*look.own, *look.own_dark}
    return [
        name
        for name in INKS
        if name in chosen and not (_can_be_read(name, light) and _can_be_read(name, dark))
    ]


def _mended(own: Mapping[str, str], inks: Collection[str], tokens: Tokens) -> dict[str, str]:
    return {
        name: colours.readable(value, tokens[INKS[name][1]])
        if name in inks and name in INKS
        else value
        for name, value in own.items()
    }


def _can_be_read(name: str, tokens: Tokens) -> bool:
    return colours.pair_of(name, tokens).passes


def _background(pictures: Mapping[str, str], mode: str) -> list[str]:
    name = pictures.get(f"{LOGIN_BACKGROUND}_{mode}", "")
    return [f"--b-login-bg:url(/media/{name}.webp)"] if _PICTURE.fullmatch(name) else []


def _logos(ground: str, *, on_dark: bool) -> tuple[str, str]:
    """Which of two logos is displayed on a ground: where there is but one, no page asks."""
    light, dark = ("none", "inline") if on_dark else ("inline", "none")
    return f"--b-{ground}-logo:{light}", f"--b-{ground}-logo-dark:{dark}"


def _plate(ground: str) -> str:
    """What a logo stands on: most are drawn for white paper, and vanish on a dark ground."""
    return "transparent" if ratio(BLACK, ground) >= ratio(WHITE, ground) else WHITE
