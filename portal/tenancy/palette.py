"""One brand colour in, a whole light and dark palette out, in which every text can be read.

Shades are searched in OKLCH; contrast is measured on the final 8-bit colour, as WCAG 2.2 defines
it. It cannot fail: for any ground the better of black and white has a ratio of at least the square
root of 21, 4.58, and each ink is solved against one ground only, with that one as its last resort.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from coloraide import Color

TEXT_RATIO: Final = 4.5  # WCAG 2.2, success criterion 1.4.3
OUTLINE_RATIO: Final = 3.0  # 1.4.11
BODY_RATIO: Final = 9.0  # long texts deserve more than the least
LIFT_RATIO: Final = 1.6  # below this, a button vanishes on its card
SPARE: Final = 0.1  # so that rounding never decides
WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
GROUNDS: Final = ("bg", "surface", "panel", "nav")
STATE_HUES: Final[Mapping[str, float]] = {
    "success": 150,
    "danger": 27,
    "warning": 75,
    "info": 240,
}
BUTTONS: Final = ("primary", "exit", *STATE_HUES)
INKS: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("surface-text", "surface"),
    "link": ("surface-link", "surface"),
    "nav-text": ("nav-text", "nav"),
    **{f"on-{name}": (f"on-{name}", name) for name in BUTTONS},
}
"""What may be written in a colour chosen by hand: its token, and the ground that it is drawn on."""

CHOOSABLE: Final = frozenset({*GROUNDS, *BUTTONS, *INKS})
_COLOUR = re.compile(r"#[0-9a-f]{6}")

Tokens = dict[str, str]


class Shade(NamedTuple):
    """A colour in OKLCH: lightness 0 to 1, chroma 0 to about 0.4, hue in degrees."""

    lightness: float
    chroma: float
    hue: float


class Pair(NamedTuple):
    """A text or outline, the ground that templates draw it on, their ratio and the least one."""

    ink: str
    ground: str
    ratio: float
    wanted: float

    @property
    def passes(self) -> bool:
        """Whether it is as strong as it has to be."""
        return self.ratio >= self.wanted


class InvalidColour(ValueError):
    """A text is not `#rrggbb`; nothing else ever reaches a stylesheet."""


def colour(text: str) -> str:
    """A colour as `#rrggbb` in small letters.

    Raises:
        InvalidColour: for anything else.
    """
    lowered = text.strip().lower()
    if not _COLOUR.fullmatch(lowered):
        raise InvalidColour(text)
    return lowered


@lru_cache(maxsize=65536)
def luminance(colour: str) -> float:
    """WCAG's relative luminance, 0 to 1."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(k * c for k, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def ratio(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palette(seed: str, *, dark: bool, own: Mapping[str, str] | None = None) -> Tokens:
    """All tokens of one mode.

    `own` holds what was chosen by hand (`CHOOSABLE`); everything else is derived around it and
    around the seed. A text or a link chosen by hand is drawn as it is on cards, and on the other
    grounds in its nearest shade that can be read there. It is the only thing that may not be
    readable: `pair_of` says whether it is, `readable` mends it.

    Raises:
        InvalidColour: for a seed or an own colour that is not `#rrggbb`.
    """
    chosen = {name: colour(value) for name, value in (own or {}).items() if name in CHOOSABLE}
    seed = colour(seed)
    brand = shade_of(seed)
    tokens = _grounds(brand, dark=dark) | {g: chosen[g] for g in GROUNDS if g in chosen}
    for ground in GROUNDS:
        tokens |= _inks(tokens[ground], ground, brand)
    tokens |= _chosen_inks(chosen, tokens)
    tint = min(brand.chroma, 0.012)
    tokens["border"] = _hex(0.34, tint * 1.3, brand.hue) if dark else _hex(0.90, tint, brand.hue)
    tokens["control"] = _ink(
        tokens["surface"],
        Shade(0.5 if dark else 0.74, tint * 1.5, brand.hue),
        wanted=OUTLINE_RATIO,
    )
    for name, fill in _fills(seed, brand).items():
        visible = _lifted(_with_white_text(fill), tokens["surface"], dark=dark)
        tokens |= _button(name, chosen.get(name, visible), chosen.get(f"on-{name}"), dark=dark)
    return tokens


def pairs(tokens: Tokens) -> Iterator[Pair]:
    """Every pair that templates may draw; the branding form shows this list."""
    for ground in GROUNDS:
        for ink in ("text", "muted", "link"):
            yield _pair(tokens, f"{ground}-{ink}", ground, TEXT_RATIO)
    for name in BUTTONS:
        yield _pair(tokens, f"on-{name}", name, TEXT_RATIO)
        yield _pair(tokens, f"on-{name}", f"{name}-hover", TEXT_RATIO)
        yield _pair(tokens, f"on-{name}-soft", f"{name}-soft", TEXT_RATIO)
    yield _pair(tokens, "control", "surface", OUTLINE_RATIO)


def pair_of(name: str, tokens: Tokens) -> Pair:
    """How well a choosable colour can be read: an ink on its ground, a ground or fill below its."""
    ink, ground = INKS.get(name) or (f"on-{name}" if name in BUTTONS else f"{name}-text", name)
    return _pair(tokens, ink, ground, TEXT_RATIO)


def readable(text: str, ground: str, *, wanted: float = TEXT_RATIO) -> str:
    """The nearest shade of a colour chosen by hand that can be read on a ground."""
    if ratio(text, ground) >= wanted:
        return text
    lightness, chroma, hue = shade_of(text)
    return _ink(ground, Shade(min(0.99, max(0.01, lightness)), chroma, hue), wanted=wanted)


def _grounds(brand: Shade, *, dark: bool) -> Tokens:
    tint = min(brand.chroma, 0.012)
    nav_chroma = min(brand.chroma, 0.06)
    if dark:
        return {
            "bg": _hex(0.185, tint, brand.hue),
            "surface": _hex(0.225, tint, brand.hue),
            "panel": _hex(0.265, tint * 1.3, brand.hue),
            "nav": _hex(0.15, nav_chroma, brand.hue),
        }
    return {
        "bg": _hex(0.975, tint / 2, brand.hue),
        "surface": WHITE,
        "panel": _hex(0.955, tint, brand.hue),
        "nav": _hex(0.28, nav_chroma, brand.hue),
    }


def _inks(ground: str, name: str, brand: Shade) -> Tokens:
    tint = min(brand.chroma, 0.012)
    light = _best_on(ground) == WHITE
    link = max(brand.lightness, 0.6) if light else min(brand.lightness, 0.62)
    text = Shade(0.93 if light else 0.32, tint, brand.hue)
    muted = Shade(0.68 if light else 0.60, tint * 1.5, brand.hue)
    return {
        f"{name}-text": _ink(ground, text, wanted=BODY_RATIO),
        f"{name}-muted": _ink(ground, muted, wanted=TEXT_RATIO + SPARE),
        f"{name}-link": _ink(
            ground, Shade(link, brand.chroma, brand.hue), wanted=TEXT_RATIO + SPARE
        ),
    }


def _chosen_inks(chosen: Mapping[str, str], tokens: Tokens) -> Tokens:
    inks = {"nav-text": chosen["nav-text"]} if "nav-text" in chosen else {}
    for name in ("text", "link"):
        if name in chosen:
            inks |= {f"{g}-{name}": readable(chosen[name], tokens[g]) for g in ("bg", "panel")}
            inks[f"surface-{name}"] = chosen[name]
    return inks


def _fills(seed: str, brand: Shade) -> Tokens:
    fills = {"primary": seed, "exit": _hex(0.45, min(brand.chroma, 0.012) * 2, brand.hue)}
    for name, hue in STATE_HUES.items():
        # States lean a little towards the brand, and stay what they are called.
        apart = _turn(brand.hue, hue) / 4 if brand.chroma > 0.035 else 0
        leaning = (hue + max(-12, min(12, apart))) % 360
        fills[name] = _hex(0.80 if name == "warning" else 0.55, 0.16, leaning)
    return fills


def _with_white_text(fill: str) -> str:
    """A fill that nearly carries white text is darkened a little until it does."""
    if not OUTLINE_RATIO <= ratio(WHITE, fill) < TEXT_RATIO:
        return fill
    lightness, chroma, hue = shade_of(fill)
    darker = (_hex(lightness - step / 100, chroma, hue) for step in range(1, 10))
    return next((each for each in darker if ratio(WHITE, each) >= TEXT_RATIO), fill)


def _lifted(fill: str, surface: str, *, dark: bool) -> str:
    """In the dark, a fill that would vanish on its card is made lighter."""
    if not dark or ratio(fill, surface) >= LIFT_RATIO:
        return fill
    return _ink(surface, shade_of(fill), wanted=2)


def _button(name: str, fill: str, chosen_text: str | None, *, dark: bool) -> Tokens:
    lightness, chroma, hue = shade_of(fill)
    text = chosen_text or (WHITE if ratio(WHITE, fill) >= TEXT_RATIO else _best_on(fill))
    # Hovering moves away from the text, so that it can only gain contrast.
    away = lightness - 0.06 if luminance(text) > luminance(fill) else lightness + 0.06
    hover = _hex(min(1, max(0, away)), chroma, hue)
    soft = _hex(0.30, min(chroma, 0.06), hue) if dark else _hex(0.95, min(chroma, 0.03), hue)
    return {
        name: fill,
        f"on-{name}": text,
        f"{name}-hover": hover if ratio(hover, text) >= TEXT_RATIO else fill,
        f"{name}-soft": soft,
        f"on-{name}-soft": _ink(
            soft, Shade(0.78 if dark else 0.5, chroma, hue), wanted=TEXT_RATIO + SPARE
        ),
    }


def _pair(tokens: Tokens, ink: str, ground: str, wanted: float) -> Pair:
    return Pair(ink, ground, ratio(tokens[ink], tokens[ground]), wanted)


def _ink(ground: str, nicest: Shade, *, wanted: float) -> str:
    """The shade nearest to the nicest that reads on a ground; black or white if none does."""
    step = 0.01 if _best_on(ground) == WHITE else -0.01
    lightness = nicest.lightness
    while 0 < lightness < 1:
        shade = _hex(round(lightness, 3), nicest.chroma, nicest.hue)
        if ratio(shade, ground) >= wanted:
            return shade
        lightness += step
    return _best_on(ground)


def _best_on(ground: str) -> str:
    return max((WHITE, BLACK), key=lambda end: ratio(end, ground))


@lru_cache(maxsize=65536)
def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour on screen; where it cannot be shown, chroma gives way, never the lightness."""
    shade = Color("oklch", [lightness, chroma, hue])
    on_screen = shade.fit("srgb", method="oklch-chroma").convert("srgb")
    return str(on_screen.to_string(hex=True))


@lru_cache(maxsize=65536)
def shade_of(colour: str) -> Shade:
    """A colour as lightness, chroma and hue."""
    return Shade(*Color(colour).convert("oklch").coords(nans=False))


def _turn(one: float, other: float) -> float:
    """Degrees from one hue to another, the short way round: -180 to 180."""
    return (one - other + 180) % 360 - 180


def degrees_apart(one: str, other: str) -> float:
    """How far two colours lie apart on the wheel of hues, 0 to 180."""
    return abs(_turn(shade_of(one).hue, shade_of(other).hue))
