"""Draw a picture anew from what somebody gave, so that nothing of theirs is served but its pixels.

A file can be a picture and a page at once, carry where it was taken, or be a few bytes that unfold
to gigabytes. What is kept is drawn by us, in one format, and never larger than a page shows it.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, UnidentifiedImageError

from portal.infra.errors import PortalError
from portal.tenancy import palette

BYTES_MAX: Final = 1024 * 1024
PIXELS_MAX: Final = 4_000_000
SIDE_MAX: Final = 4_000
SHOWN_SIDE_MAX: Final = 1_000
MEDIA_TYPE: Final = "image/png"
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_HASH_DIGITS: Final = 32
_SVG_MARKS: Final = (b"<svg", b"<?xml", b"<!doctype svg")
_LOOKED_AT_BYTES: Final = 512
_TOO_LARGE: Final = (
    f"it has {{}} pixels; a logo may have {SIDE_MAX} a side"
    f" and {PIXELS_MAX // 1_000_000} million in all"
)


class InvalidPicture(PortalError):
    """This is no picture that a portal shows; the text says why and what would do."""

    code = "invalid_picture"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture as it is served, its size in pixels, and the name that its content gives it."""

    content: bytes
    hash: str
    width: int
    height: int
    media_type: str = MEDIA_TYPE


def drawn(given: bytes) -> Picture:
    """The picture of a PNG, JPEG, WebP or GIF file (its first frame), without empty margins.

    The same bytes always make the same picture. Its size is looked at before a pixel is unpacked.

    Raises:
        InvalidPicture: for any other file, a broken one, and one that is too large.
    """
    picture, written = _opened(given), io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    content = written.getvalue()
    name = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]
    return Picture(content=content, hash=name, width=picture.width, height=picture.height)


def colours_of(given: bytes) -> list[str]:
    """The brand colours of a logo's file, best first.

    Raises:
        InvalidPicture: as `drawn` does.
    """
    return palette.seeds_of(_opened(given))


def _opened(given: bytes) -> Image.Image:
    if len(given) > BYTES_MAX:
        raise InvalidPicture(f"it has {len(given):,} bytes; a logo may have {BYTES_MAX:,}")
    if given[:_LOOKED_AT_BYTES].lstrip().lower().startswith(_SVG_MARKS):
        raise InvalidPicture("it is an SVG; export it as PNG, 800 pixels wide or so")
    try:
        with Image.open(io.BytesIO(given), formats=_FORMATS) as looked_at:
            _refuse_large(looked_at.width, looked_at.height)
            looked_at.verify()
        with Image.open(io.BytesIO(given), formats=_FORMATS) as read:
            picture = read.convert("RGBA")
    except UnidentifiedImageError:
        raise InvalidPicture("it is no PNG, JPEG, WebP or GIF file") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidPicture(_TOO_LARGE.format("far too many")) from None
    # Decoders fail in ways of their own on files that were made to break them.
    except (OSError, SyntaxError, ValueError, IndexError, MemoryError) as broken:
        raise InvalidPicture(f"it cannot be read: {broken or 'broken file'}") from None
    seen = picture.getchannel("A").getbbox()
    if seen is None:
        raise InvalidPicture("there is nothing to be seen in it")
    picture = picture.crop(seen)  # empty margins would make a logo small where room is scarce
    picture.thumbnail((SHOWN_SIDE_MAX, SHOWN_SIDE_MAX), Image.Resampling.LANCZOS)
    return picture


def _refuse_large(width: int, height: int) -> None:
    if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        raise InvalidPicture(_TOO_LARGE.format(f"{width} × {height}"))
