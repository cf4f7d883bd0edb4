"""Everything that a reseller chooses for its brand, as one value: live, draft or version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any, Final

from portal.infra.themes import ROOT_THEME
from portal.tenancy.brand_sheet import LOGIN_BACKGROUND, Look

LOGO: Final = "logo"
LOGIN_LOGO: Final = "login_logo"
CONTENT_LOGO: Final = "content_logo"
FAVICON: Final = "favicon"
SLOTS: Final = (LOGO, LOGIN_LOGO, CONTENT_LOGO, FAVICON, LOGIN_BACKGROUND)
"""Where a brand shows a picture; each may have one for light grounds and one for dark ones."""

MODES: Final = ("light", "dark")
PLACES: Final = tuple(f"{slot}_{mode}" for slot, mode in product(SLOTS, MODES))
"""The pictures that a brand may have; columns of its row have the same names."""


@dataclass(frozen=True, kw_only=True)
class BrandValues:
    """What was chosen; `pictures` by place, `theme_settings` by the id of the setting."""

    title: str
    look: Look
    theme: str = ROOT_THEME
    pictures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    theme_settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def look_as_json(look: Look) -> dict[str, Any]:
    """A look as its column keeps it."""
    return {
        "seed": look.seed,
        "own": dict(look.own),
        "own_dark": dict(look.own_dark),
        "radius_px": look.radius_px,
        "font": look.font,
    }


def as_json(values: BrandValues) -> dict[str, Any]:
    """The values as drafts and versions keep them."""
    return {
        "title": values.title,
        "theme": values.theme,
        "look": look_as_json(values.look),
        "pictures": {place: name for place, name in values.pictures.items() if name},
        "theme_settings": dict(values.theme_settings),
    }


def from_json(kept: Mapping[str, Any]) -> BrandValues:
    """The values of a draft or a version."""
    return BrandValues(
        title=kept["title"],
        theme=kept["theme"],
        look=Look(**kept["look"]),
        pictures=dict(kept["pictures"]),
        theme_settings=dict(kept["theme_settings"]),
    )


def picture_of(pictures: Mapping[str, str], slot: str, mode: str) -> str | None:
    """Which picture a place shows: its own, or else that of the logo on such a ground.

    A background has no substitute. Whoever chose one picture of a slot for light grounds alone does
    not want the logo beside it on dark ones.
    """
    own = pictures.get(f"{slot}_{mode}")
    if own or slot in {LOGO, LOGIN_BACKGROUND}:
        return own
    if mode == "dark" and pictures.get(f"{slot}_light"):
        return None
    return pictures.get(f"{LOGO}_{mode}")
