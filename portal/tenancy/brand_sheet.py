"""The stylesheet of one brand: values for the tokens that every theme is drawn with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from portal.tenancy.palette import BLACK, BUTTONS, WHITE, Tokens, palette, ratio

RADIUS_PX_MAX: Final = 24
LOGO_GROUNDS: Final = ("surface", "nav")
FONTS: Final[Mapping[str, str]] = {
    "system": 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif',
    "serif": 'ui-serif,Georgia,"Noto Serif",serif',
    "rounded": 'ui-rounded,"SF Pro Rounded",system-ui,sans-serif',
}


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


def brand_sheet(look: Look) -> BrandSheet:
    """The stylesheet of a look: one rule for both modes, about 2 kB.

    Each token is `light-dark(…)` of the two palettes, so that the page needs no second sheet and
    no media query; a second rule says which logo stands on which ground in the dark, since that is
    no colour. Nothing but checked colours, a bounded number and a listed font gets into it.

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
        f"--b-{name}:{value}"
        if value == dark[name]
        else f"--b-{name}:light-dark({value},{dark[name]})"
        for name, value in light.items()
    ]
    logos_in_dark: list[str] = []
    for ground in LOGO_GROUNDS:
        plates = (_plate(light[ground]), _plate(dark[ground]))
        declarations.append(f"--b-{ground}-plate:light-dark({plates[0]},{plates[1]})")
        declarations += _logos(ground, on_dark=plates[0] == WHITE)
        logos_in_dark += _logos(ground, on_dark=plates[1] == WHITE)
    declarations += [f"--b-radius:{look.radius_px}px", f"--b-font:{FONTS[look.font]}"]
    css = f":root{{{';'.join(declarations)}}}\n[data-bs-theme=dark]{{{';'.join(logos_in_dark)}}}\n"
    return BrandSheet(css, hashlib.sha256(css.encode()).hexdigest()[:16])


def palettes(look: Look) -> tuple[Tokens, Tokens]:
    """The tokens of the light and of the dark mode.

    A fill chosen by hand holds in both modes unless the dark one is chosen as well; a ground does
    not, since a white card is no card for the dark.
    """
    own_dark = {name: value for name, value in look.own.items() if name in BUTTONS}
    return (
        palette(look.seed, dark=False, own=look.own),
        palette(look.seed, dark=True, own=own_dark | dict(look.own_dark)),
    )


def _logos(ground: str, *, on_dark: bool) -> tuple[str, str]:
    """Which of two logos is displayed on a ground: where there is but one, no page asks."""
    light, dark = ("none", "inline") if on_dark else ("inline", "none")
    return f"--b-{ground}-logo:{light}", f"--b-{ground}-logo-dark:{dark}"


def _plate(ground: str) -> str:
    """What a logo stands on: most are drawn for white paper, and vanish on a dark ground."""
    return "transparent" if ratio(BLACK, ground) >= ratio(WHITE, ground) else WHITE
