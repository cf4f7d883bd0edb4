"""Pictures are drawn anew: what is no picture is refused, and nothing else of a file is kept."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from portal.infra.errors import NotFound
from portal.tenancy import brand_pictures, branding, images, pictures
from portal.tenancy.brand_values import PLACES
from portal.tenancy.picture_flaws import BYTES_MAX, Flaw, InvalidPicture
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


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">{}</svg>'
RED = '<rect width="20" height="10" fill="#ff0000"/>'


def svg(inside: str) -> bytes:
    return SVG.format(inside).encode()


def unfolding(depth: int) -> str:
    """A picture whose parts use each other ten times each."""
    layers = "".join(
        f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" for n in range(1, depth)
    )
    first = '<g id="l0"><rect width="1" height="1"/></g>'
    return f'<defs>{first}{layers}</defs><use href="#l{depth - 1}"/>'


@pytest.mark.parametrize(
    ("given", "flaw"),
    [
        (b"", Flaw.NO_PICTURE),
        (b"<html><script>1</script>", Flaw.NO_PICTURE),
        (b"<?xml version='1.0'?><html/>", Flaw.NO_PICTURE),
        (b"MZ" + b"\0" * 60, Flaw.NO_PICTURE),
        (b"GIF89a" + b"\0" * 20, Flaw.NO_PICTURE),
        (b"P6 1 1 255\n\0\0\0", Flaw.NO_PICTURE),
        (b"x" * (BYTES_MAX + 1), Flaw.TOO_MANY_BYTES),
        (claiming(4001, 10), Flaw.TOO_MANY_PIXELS),
        (claiming(2001, 2000), Flaw.TOO_MANY_PIXELS),
        (claiming(9000, 9000), Flaw.TOO_MANY_PIXELS),
        (claiming(12000, 12000), Flaw.TOO_MANY_PIXELS),
        (claiming(50000, 50000), Flaw.TOO_MANY_PIXELS),
        (claiming(100, 100), Flaw.BROKEN),
        (portal_folder.logo()[:200], Flaw.BROKEN),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Flaw.NOTHING_SEEN),
        (b' \n<?xml version="1.0"?><svg/>', Flaw.NOT_DRAWN),
        (b"<svg", Flaw.NOT_DRAWN),
        (b"<!-- <svg> --><other/>", Flaw.NOT_DRAWN),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("&a;"), Flaw.NOT_DRAWN),
        (svg("<text>SunnyText</text>"), Flaw.LETTERS),
        (svg(unfolding(9)), Flaw.NOT_DRAWN),
    ],
)
def test_what_is_no_picture_is_refused(given: bytes, flaw: Flaw) -> None:
    with pytest.raises(InvalidPicture) as refused:
        pictures.drawn(given)
    assert refused.value.flaw is flaw
    assert str(refused.value).startswith(flaw.value)
    with pytest.raises(InvalidPicture):
        pictures.colours_of(given)


def test_an_svg_becomes_pixels_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(as_file(Image.new("RGB", (10, 10), "#00ff00")))
    drawn = pictures.drawn(
        svg(
            f"{RED}<script>alert(1)</script>"
            f'<image width="20" height="10" href="{secret}"/>'
            f'<image width="20" height="10" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' xlink:href="file://{secret}"/><use href="{secret}#x"/>'
        )
    )
    found = Image.open(io.BytesIO(drawn.content))
    assert (found.format, found.size) == ("PNG", (1000, 500))
    assert found.getcolors() == [(500_000, (255, 0, 0, 255))]
    assert b"script" not in drawn.content


@pytest.mark.parametrize("size", ['width="10px" height="40"', 'viewBox="0, 0, 10, 40"'])
def test_a_tall_svg_is_as_high_as_a_wide_one_is_wide(size: str) -> None:
    tall = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{RED}</svg>'
    assert pictures.drawn(f"\ufeff{tall}".encode()).height <= 1000
    doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    assert pictures.drawn(b"<?xml version='1.0'?>" + doctype + tall.encode()).width <= 1000


def test_an_svg_that_is_too_much_for_its_painter_ends_only_the_painter() -> None:
    filtered = (
        '<filter id="f"><feTurbulence numOctaves="100000000"/></filter>'
        '<rect width="20" height="10" filter="url(#f)"/>'
    )
    with pytest.raises(InvalidPicture) as refused:
        pictures.drawn(svg(filtered))
    assert refused.value.flaw is Flaw.NOT_DRAWN


def test_an_icon_is_square_and_a_photo_keeps_its_margins() -> None:
    wide = as_file(Image.new("RGB", (400, 100), "red"))
    icon = pictures.icon(wide)
    assert (icon.width, icon.height) == (180, 180)
    file = Image.open(io.BytesIO(pictures.icon_file(icon.content)))
    assert file.format == "ICO"
    assert sorted(file.info["sizes"]) == [(16, 16), (32, 32), (48, 48)]
    framed = Image.new("RGBA", (2000, 1000), (0, 0, 0, 0))
    framed.paste("#e4572e", (500, 250, 1500, 750))
    photo = pictures.photo(as_file(framed))
    assert (photo.width, photo.height, photo.media_type) == (1600, 800, "image/webp")
    assert Image.open(io.BytesIO(photo.content)).format == "WEBP"


def test_each_place_has_its_own_way(session) -> None:
    wide = as_file(Image.new("RGB", (400, 100), "red"))
    sizes = {place: brand_pictures.drawn_for(place, wide) for place in PLACES}
    assert {p: (d.width, d.height) for p, d in sizes.items() if "favicon" in p} == {
        "favicon_light": (180, 180), "favicon_dark": (180, 180)
    }  # fmt: skip
    assert sizes["login_background_dark"].media_type == "image/webp"
    assert sizes["content_logo_light"] == pictures.drawn(wide)
    images.keep(session, sizes["logo_light"])
    assert brand_pictures.colours_in(session, sizes["logo_light"].hash) == ("#ff0000",)
    assert brand_pictures.colours_in(session, None) == ()


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
    branding.show_picture(session, "logo_light", picture)
    branding.show_picture(session, "logo_dark", picture)
    assert images.by_hash(session, picture.hash).content == picture.content
    brand = branding.own(session)
    assert (brand.logo_light, brand.logo_dark) == (picture.hash, picture.hash)
    with pytest.raises(NotFound):
        images.by_hash(harbour_session, picture.hash)
