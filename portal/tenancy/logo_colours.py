"""The colours of a brand, found in its logo."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from PIL import Image

from portal.tenancy.palette import degrees_apart, shade_of

HUE_APART_DEGREES: Final = 25


def seeds_of(logo: Image.Image, *, most: int = 4) -> list[str]:
    """The brand colours of a logo, best first, apart in hue; without any, its darkest pixel."""
    small = logo.convert("RGBA")
    small.thumbnail((96, 96))
    pixels = [rgb for *rgb, alpha in _quadruples(small.tobytes()) if alpha > 127] or [[32, 32, 32]]
    flat = Image.frombytes("RGB", (len(pixels), 1), bytes(chain.from_iterable(pixels)))
    reduced = flat.quantize(24, Image.Quantize.MEDIANCUT)
    values = reduced.getpalette() or []
    scored: list[tuple[float, str]] = []
    for index, count in enumerate(reduced.histogram()):
        if not count:
            continue
        found = _hex_of_rgb(values[3 * index : 3 * index + 3])
        shade = shade_of(found)
        if shade.chroma > 0.035:
            share = count / len(pixels)
            middle = 1 - abs(shade.lightness - 0.55)
            scored.append((share**0.5 * shade.chroma * middle, found))
    seeds: list[str] = []
    for _, found in sorted(scored, reverse=True):
        if all(degrees_apart(found, seed) > HUE_APART_DEGREES for seed in seeds):
            seeds.append(found)
    return seeds[:most] or [_hex_of_rgb(min(pixels, key=sum))]


def _quadruples(flat: bytes) -> Iterator[tuple[int, int, int, int]]:
    channels = iter(flat)
    return zip(channels, channels, channels, channels, strict=True)


def _hex_of_rgb(channels: list[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*channels)
