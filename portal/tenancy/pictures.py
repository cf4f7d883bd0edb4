"""Draw a picture anew from what somebody gave, so that nothing of theirs is served but its pixels.

A file can be a picture and a page at once, carry where it was taken, or be a few bytes that unfold
to gigabytes. What is kept is drawn by us, in one format, and never larger than a page shows it.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.tenancy import logo_colours, svg_drawing
from portal.tenancy.picture_flaws import BYTES_MAX, PIXELS_MAX, SIDE_MAX, Flaw, InvalidPicture

SHOWN_SIDE_MAX: Final = 1_000
PHOTO_SIDE_MAX: Final = 1_600
ICON_SIDE: Final = 180
ICON_SIDES: Final = (16, 32, 48)
"""The sizes in an icon's file, for tabs and bookmarks; home screens take the picture itself."""

MEDIA_TYPE: Final = "image/png"
PHOTO_TYPE: Final = "image/webp"
_PHOTO_QUALITY: Final = 80
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_HASH_DIGITS: Final = 32
_SVG_MARKS: Final = (b"<svg", b"<?xml", b"<!doctype svg", b"<!--")
_LOOKED_AT_BYTES: Final = 512


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture as it is served, its size in pixels, and the name that its content gives it."""

    content: bytes
    hash: str
    width: int
    height: int
    media_type: str = MEDIA_TYPE


def drawn(given: bytes) -> Picture:
    """The picture of a PNG, JPEG, WebP, GIF (its first frame) or SVG file, without empty margins.

    The same bytes always make the same picture. Its size is looked at before a pixel is unpacked.

    Raises:
        InvalidPicture: for any other file, a broken one, and one that is too large.
    """
    return _kept(_opened(given))


def icon(given: bytes) -> Picture:
    """The same in a square, as the tabs of browsers and the screens of phones show it.

    Raises:
        InvalidPicture: as `drawn` does.
    """
    square = ImageOps.pad(_opened(given), (ICON_SIDE, ICON_SIDE), color=(0, 0, 0, 0))
    return _kept(square)


def photo(given: bytes) -> Picture:
    """The same with its margins, for the background of a page: larger, and packed more tightly.

    Raises:
        InvalidPicture: as `drawn` does.
    """
    return _kept(_opened(given, side_max=PHOTO_SIDE_MAX, with_margins=True), packed=True)


@lru_cache(maxsize=64)
def icon_file(content: bytes) -> bytes:
    """A picture that was drawn here as the file that browsers ask for as `favicon.ico`."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
        square = ImageOps.pad(picture.convert("RGBA"), (ICON_SIDE, ICON_SIDE), color=(0, 0, 0, 0))
    square.save(written, "ICO", sizes=[(side, side) for side in ICON_SIDES])
    return written.getvalue()


@lru_cache(maxsize=256)
def colours_of(given: bytes) -> tuple[str, ...]:
    """The brand colours of a logo's file, best first.

    Raises:
        InvalidPicture: as `drawn` does.
    """
    return tuple(logo_colours.seeds_of(_opened(given)))


def _kept(picture: Image.Image, *, packed: bool = False) -> Picture:
    written = io.BytesIO()
    if packed:
        picture.save(written, "WEBP", quality=_PHOTO_QUALITY, method=4)
    else:
        picture.save(written, "PNG", optimize=True)
    content = written.getvalue()
    return Picture(
        content=content,
        hash=hashlib.sha256(content).hexdigest()[:_HASH_DIGITS],
        width=picture.width,
        height=picture.height,
        media_type=PHOTO_TYPE if packed else MEDIA_TYPE,
    )


def _opened(
    given: bytes, *, side_max: int = SHOWN_SIDE_MAX, with_margins: bool = False
) -> Image.Image:
    if len(given) > BYTES_MAX:
        raise InvalidPicture(Flaw.TOO_MANY_BYTES)
    picture = _read(_as_pixels(given))
    seen = picture.getchannel("A").getbbox()
    if seen is None:
        raise InvalidPicture(Flaw.NOTHING_SEEN)
    if not with_margins:
        picture = picture.crop(seen)  # they would make a logo small where room is scarce
    picture.thumbnail((side_max, side_max), Image.Resampling.LANCZOS)
    return picture


def _as_pixels(given: bytes) -> bytes:
    begins = given[:_LOOKED_AT_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not begins.startswith(_SVG_MARKS) or b"<svg" not in given.lower():
        return given
    return svg_drawing.as_png(given)


def _read(given: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(given), formats=_FORMATS) as looked_at:
            _refuse_large(looked_at.width, looked_at.height)
            looked_at.verify()
        with Image.open(io.BytesIO(given), formats=_FORMATS) as read:
            return read.convert("RGBA")
    except UnidentifiedImageError:
        raise InvalidPicture(Flaw.NO_PICTURE) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidPicture(Flaw.TOO_MANY_PIXELS) from None
    # Decoders fail in ways of their own on files that were made to break them.
    except (OSError, SyntaxError, ValueError, IndexError, MemoryError) as broken:
        raise InvalidPicture(Flaw.BROKEN, str(broken)) from None


def _refuse_large(width: int, height: int) -> None:
    if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        raise InvalidPicture(Flaw.TOO_MANY_PIXELS, f"{width} × {height}")
