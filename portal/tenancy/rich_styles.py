"""How a piece of rich text may look: read from an inline style, written as a rule of the sheet.

Colour, background, size, font and alignment, each within bounds; all else of a style is dropped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from coloraide import Color

from portal.infra import fonts
from portal.tenancy.palette import BLACK, WHITE, Tokens, ratio, readable

SIZE_PX_MIN: Final = 10
SIZE_PX_MAX: Final = 48
_ROOT_PX: Final = 16

FONTS: Final[Mapping[str, str]] = {
    "sans": fonts.FONTS["system"],
    "serif": fonts.FONTS["serif"],
    "rounded": fonts.FONTS["rounded"],
    "mono": 'ui-monospace,"SF Mono",Menlo,Consolas,monospace',
}
"""The fonts that a text may be in: what each family is drawn with."""
GENERIC: Final[Mapping[str, str]] = {
    "sans": "sans-serif",
    "serif": "serif",
    "rounded": "ui-rounded",
    "mono": "monospace",
}
"""What stands for each of them in an inline style."""
_FAMILIES: Final[Mapping[str, str]] = {
    **{word: font for font, word in GENERIC.items()},
    **dict.fromkeys(("arial", "helvetica", "verdana", "tahoma", "system-ui", "calibri"), "sans"),
    **dict.fromkeys(("georgia", "times", "times new roman", "ui-serif", "cambria"), "serif"),
    **dict.fromkeys(("courier", "courier new", "consolas", "ui-monospace", "menlo"), "mono"),
}
_ALIGNMENTS: Final = frozenset({"left", "right", "center", "justify", "start", "end"})
_SIZE: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)(px|pt|em|rem|%)", re.ASCII)
_PX_OF: Final[Mapping[str, float]] = {
    "px": 1, "pt": 4 / 3, "em": _ROOT_PX, "rem": _ROOT_PX, "%": _ROOT_PX / 100,
}  # fmt: skip
_COLOUR: Final = re.compile(
    r"#[0-9a-f]{3}|#[0-9a-f]{6}|rgb\( ?[0-9]{1,3}(?:, ?| )[0-9]{1,3}(?:, ?| )[0-9]{1,3} ?\)"
    r"|[a-z]{3,20}",
    re.ASCII,
)
_NO_COLOURS: Final = frozenset({"transparent", "inherit", "initial", "unset", "currentcolor"})


@dataclass(frozen=True, kw_only=True, order=True)
class Style:
    """What was chosen; empty is nothing. `ground` is the background that its letters stand on."""

    colour: str = ""
    background: str = ""
    size_px: int = 0
    font: str = ""
    align: str = ""
    ground: str = ""

    @property
    def inline(self) -> str:
        """The style as an element carries it, always written the same."""
        said = {
            "color": self.colour,
            "background-color": self.background,
            "font-size": f"{self.size_px}px" if self.size_px else "",
            "font-family": GENERIC.get(self.font, ""),
            "text-align": self.align,
        }
        return ";".join(f"{name}:{value}" for name, value in said.items() if value)

    @property
    def css_class(self) -> str:
        """The class that stands for it: the same wherever the same style is used.

        The ground belongs to it where a colour has to be read on it, and nowhere else.
        """
        known_by = f"{self.inline} on {self.ground}" if self.colour else self.inline
        return f"rt-{hashlib.sha256(known_by.encode()).hexdigest()[:8]}"

    def on(self, ground: str) -> Style:
        """The same within an element of that background, or of none."""
        return replace(self, ground=self.background or ground)


@lru_cache(maxsize=4096)
def style_of(text: str) -> Style:
    """What of an inline style is kept; what is not understood is left out, the last word counts."""
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        wanted = name.strip().lower()
        if wanted in _READERS:
            found[wanted] = value.strip().lower().removesuffix("!important").rstrip()
    read = {field: reads(found[name]) for name, (field, reads) in _READERS.items() if name in found}
    return Style(**{field: value for field, value in read.items() if value})  # type: ignore[arg-type]  # each reader makes what its field holds


def rules(styles: Iterable[Style], *, light: Tokens, dark: Tokens) -> str:
    """The rules of these styles on the cards of a brand's two modes; empty for none.

    A colour is moved to the nearest shade that can be read on its ground: on a background of the
    text's own, the same in both modes; on the card, one for each.
    """
    written = {each.css_class: _declarations(each, (light, dark)) for each in styles}
    return "".join(f".{name}{{{said}}}\n" for name, said in sorted(written.items()))


def _declarations(style: Style, surfaces: tuple[Tokens, Tokens]) -> str:
    said = []
    if style.background:
        said.append(f"background-color:{style.background}")
    if style.background or style.colour:
        said.append(f"color:{_ink(style, surfaces)}")
    if style.background:
        said.append("--tblr-link-color:currentColor")
    if style.size_px:
        said.append(f"font-size:{style.size_px / _ROOT_PX:g}rem")
    if style.font:
        said.append(f"font-family:{FONTS[style.font]}")
    if style.align:
        said.append(f"text-align:{style.align}")
    return ";".join(said)


def _ink(style: Style, surfaces: tuple[Tokens, Tokens]) -> str:
    if style.ground:
        best = max((BLACK, WHITE), key=lambda end: ratio(end, style.ground))
        return readable(style.colour or best, style.ground)
    light, dark = (readable(style.colour, each["surface"]) for each in surfaces)
    return light if light == dark else f"light-dark({light},{dark})"


def _colour(text: str) -> str:
    if not _COLOUR.fullmatch(text) or text in _NO_COLOURS:
        return ""
    try:
        found = Color(text)
    except ValueError:
        return ""
    return str(found.convert("srgb").clip().to_string(hex=True, alpha=False))


def _size(text: str) -> int:
    found = _SIZE.fullmatch(text)
    if found is None:
        return 0
    return max(SIZE_PX_MIN, min(SIZE_PX_MAX, round(float(found[1]) * _PX_OF[found[2]])))


def _font(text: str) -> str:
    first = text.partition(",")[0].strip(" \"'")
    return _FAMILIES.get(first, "")


def _alignment(text: str) -> str:
    return text if text in _ALIGNMENTS else ""


_READERS: Final[Mapping[str, tuple[str, Callable[[str], str | int]]]] = {
    "color": ("colour", _colour),
    "background-color": ("background", _colour),
    "font-size": ("size_px", _size),
    "font-family": ("font", _font),
    "text-align": ("align", _alignment),
}
