"""Pictures are drawn anew: what is no picture is refused, and nothing else of a file is kept."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from portal.infra.errors import NotFound
from portal.tenancy import branding, images, pictures
from portal.tenancy.pictures import BYTES_MAX, InvalidPicture
from tests.builders import portal_folder


def as_file(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "no PNG, JPEG, WebP or GIF"),
        (b"<html><script>1</script>", "no PNG, JPEG, WebP or GIF"),
        (b"MZ" + b"\0" * 60, "no PNG, JPEG, WebP or GIF"),
        (b"GIF89a" + b"\0" * 20, "cannot be read|no PNG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "it is an SVG"),
        (b' \n<?xml version="1.0"?><svg/>', "it is an SVG"),
        (b"P6 1 1 255\n\0\0\0", "no PNG, JPEG, WebP or GIF"),
        (b"x" * (BYTES_MAX + 1), "1,048,577 bytes; a logo may have 1,048,576"),
        (claiming(4001, 10), "4001 × 10 pixels; a logo may have 4000 a side"),
        (claiming(2001, 2000), "2001 × 2000 pixels; .* 4 million in all"),
        (claiming(9000, 9000), "9000 × 9000 pixels"),
        (claiming(12000, 12000), "pixels; a logo may have"),
        (claiming(50000, 50000), "pixels; a logo may have"),
        (claiming(100, 100), "cannot be read"),
        (portal_folder.logo()[:200], "cannot be read|no PNG"),
    ],
)
def test_what_is_no_picture_is_refused(given: bytes, why: str) -> None:
    with pytest.raises(InvalidPicture, match=why):
        pictures.drawn(given)
    with pytest.raises(InvalidPicture, match=why):
        pictures.colours_of(given)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_format_becomes_one(kind: str) -> None:
    drawn = pictures.drawn(as_file(Image.new("RGB", (40, 20), "#e4572e"), kind))
    assert drawn.media_type == "image/png"
    found = Image.open(io.BytesIO(drawn.content))
    assert (found.format, found.mode, found.size) == ("PNG", "RGBA", (40, 20))


def test_nothing_but_pixels_is_kept() -> None:
    told = PngInfo()
    told.add_text("Author", "somebody at home")
    given = as_file(Image.new("RGB", (40, 20), "red"), pnginfo=told) + b"<?php system('x');"
    drawn = pictures.drawn(given)
    assert b"somebody" in given
    assert b"somebody" not in drawn.content
    assert b"<?php" not in drawn.content
    clean = pictures.drawn(as_file(Image.new("RGB", (40, 20), "red")))
    assert clean == drawn  # named by what is seen, and the same each time


def test_empty_margins_are_cut_off() -> None:
    picture = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
    picture.paste("#e4572e", (10, 20, 40, 30))
    drawn = pictures.drawn(as_file(picture))
    assert Image.open(io.BytesIO(drawn.content)).size == (30, 10)
    with pytest.raises(InvalidPicture, match="nothing to be seen"):
        pictures.drawn(as_file(Image.new("RGBA", (100, 50), (0, 0, 0, 0))))


def test_a_large_picture_is_made_smaller() -> None:
    drawn = pictures.drawn(as_file(Image.new("RGB", (3000, 1000), "red")))
    assert Image.open(io.BytesIO(drawn.content)).size == (1000, 333)


def test_a_logo_is_kept_once_and_of_one_reseller(session, harbour_session) -> None:
    picture = pictures.drawn(portal_folder.logo())
    with pytest.raises(NotFound):
        images.by_hash(session, picture.hash)
    branding.show_logo(session, picture)
    branding.show_logo(session, picture, on_dark=True)
    assert images.by_hash(session, picture.hash).content == picture.content
    brand = branding.own(session)
    assert (brand.logo_light, brand.logo_dark) == (picture.hash, picture.hash)
    with pytest.raises(NotFound):
        images.by_hash(harbour_session, picture.hash)
