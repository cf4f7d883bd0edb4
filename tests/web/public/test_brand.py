"""Stylesheet, static files and favicon of a brand."""

import gzip
import io
import re
from dataclasses import replace

from flask import Flask
from PIL import Image

from portal.http.wiring import current
from portal.infra.db import Database
from portal.tenancy import branding, pictures, versions
from portal.tenancy.brand_sheet import Look
from portal.tenancy.pictures import Picture
from tests.http.asking import HARBOUR, SUNNY, ask
from tests.web.conftest import Visit

FOR_EVER = "public, max-age=31536000, immutable"
SOON_AGAIN = "public, max-age=60"


def test_the_sheet_is_kept_for_ever_under_its_own_address(app: Flask, database: Database) -> None:
    page = ask(app, "/login").text
    found = re.search(r'href="(/brand/[0-9a-f]+\.css)"', page)
    assert found
    before = ask(app, found[1])
    assert (before.status_code, before.mimetype) == (200, "text/css")
    assert before.headers["Cache-Control"] == FOR_EVER
    assert before.headers["Vary"] == "Host"
    assert "Set-Cookie" not in before.headers
    with database.session(1) as session, session.begin():
        branding.set_up(session, title="SunnyText", look=Look(seed="#ffd400"))
    with app.app_context():
        current().tenants.forget()
    after = ask(app, found[1])
    assert after.headers["Cache-Control"] == SOON_AGAIN
    assert "#ffd400" in after.text
    assert after.text != before.text


def test_a_sheet_that_was_just_published_is_never_yesterdays(
    app: Flask, database: Database
) -> None:
    """Also where the portal is remembered as it was: another process has drawn the page."""
    ask(app, "/login")
    with database.session(1) as session, session.begin():
        branding.set_up(session, title="SunnyText", look=Look(seed="#ffd400"))
        published = branding.own(session).sheet_hash
    sheet = ask(app, f"/brand/{published}.css")
    assert sheet.headers["Cache-Control"] == FOR_EVER
    assert "#ffd400" in sheet.text


def test_every_file_of_a_page_is_there(visit: Visit, app: Flask) -> None:
    files = set(re.findall(r'(?:src|href)="(/(?:a|brand)/[^"#]+)', ask(app, "/login").text))
    assert len(files) >= 4
    for file in files:
        answer = ask(app, file)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOR_EVER
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        again = ask(app, file, headers={"If-None-Match": answer.headers.get("ETag", "")})
        assert again.status_code in {200, 304}


def test_a_sign_in_page_is_light(app: Flask) -> None:
    page = ask(app, "/login")
    files = set(re.findall(r'(?:src|href)="(/(?:a|brand)/[^"#]+)', page.text))
    answers = [ask(app, file, headers={"Accept-Encoding": "gzip, br"}) for file in files]
    assert len(files) + 1 < 15
    assert len(page.data) + sum(len(answer.data) for answer in answers) < 120_000
    packed = [answer for answer in answers if answer.headers.get("Content-Encoding") == "gzip"]
    assert packed
    for answer in packed:
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data)


def test_who_takes_no_gzip_gets_the_file_itself(app: Flask) -> None:
    path = "/a/0000000000/default/vendor/tabler/tabler.min.css"
    plain = ask(app, path)
    packed = ask(app, path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_an_old_address_of_a_file_is_asked_again_soon(app: Flask) -> None:
    answer = ask(app, "/a/0000000000/default/vendor/tabler/tabler.min.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, SOON_AGAIN)


def test_files_of_a_theme_that_was_worn_stay(app: Flask, database: Database) -> None:
    """A page from before a change is still open, and its other process may not know of it yet."""
    worn, never_worn = "/a/0000000000/sidebar/theme.css", "/a/0000000000/minimal/theme.css"
    assert ask(app, worn, SUNNY).status_code == 404
    for theme in ("sidebar", "default"):
        with database.session(1) as session, session.begin():
            values = replace(branding.values_of(branding.own(session)), theme=theme)
            seen = branding.own(session).version
            versions.publish(session, values, seen=seen, person_id=None, person_name="")
    for path, host, status in ((worn, SUNNY, 200), (never_worn, SUNNY, 404), (worn, HARBOUR, 404)):
        assert ask(app, path, host).status_code == status


def test_nothing_leads_out_of_the_themes(app: Flask) -> None:
    for path in (
        "/a/x/default/../theme.toml",
        "/a/x/default/%2e%2e/theme.toml",
        "/a/x/default//etc/passwd",
        "/a/x/default/..%2f..%2fsetup.cfg",
        "/a/x/../default/portal.css",
        "/a/x/other/portal.css",
        "/a/x/default/templates/base.html",
    ):
        assert ask(app, path).status_code in {308, 404}, path


def test_the_favicon_is_of_the_brand(app: Flask, database: Database) -> None:
    with database.session(1) as session, session.begin():
        branding.set_up(session, title="<&öl", look=Look(seed="#ffd400"))
    answer = ask(app, "/favicon.ico", SUNNY)
    assert answer.mimetype == "image/svg+xml"
    assert ">Ö</text>" in answer.text
    assert "#ffd400" in answer.text
    assert ">H</text>" in ask(app, "/favicon.ico", HARBOUR).text


def test_a_picture_of_its_own_or_a_square_logo_is_the_icon(app: Flask, database: Database) -> None:
    wide, square = (as_picture(size) for size in ((400, 100), (120, 100)))
    with database.session(1) as session, session.begin():
        branding.show_picture(session, "logo_light", wide)
    assert ask(app, "/favicon.ico", SUNNY).mimetype == "image/svg+xml"
    for place in ("logo_light", "favicon_light"):
        with database.session(1) as session, session.begin():
            branding.show_picture(session, place, square)
        with app.app_context():
            current().tenants.forget()
        answer = ask(app, "/favicon.ico", SUNNY)
        assert answer.mimetype == "image/x-icon"
        assert Image.open(io.BytesIO(answer.data)).format == "ICO"
    page = ask(app, "/login").text
    assert f'sizes="180x180" href="/media/{square.hash}.png">' in page
    assert "apple-touch-icon" in page
    with database.session(1) as session, session.begin():
        branding.show_picture(session, "favicon_dark", wide)
    with app.app_context():
        current().tenants.forget()
    page = ask(app, "/login").text
    for mode, picture in (("light", square), ("dark", wide)):
        assert f'{picture.hash}.png" media="(prefers-color-scheme: {mode})">' in page


def test_the_sign_in_page_shows_its_own_pictures(app: Flask, database: Database) -> None:
    logo, own = as_picture((400, 100)), as_picture((300, 100))
    photo = pictures.photo(as_file((1200, 800)))
    with database.session(1) as session, session.begin():
        branding.show_picture(session, "logo_light", logo)
        branding.show_picture(session, "login_logo_light", own)
        branding.show_picture(session, "login_background_dark", photo)
    page = ask(app, "/login").text
    assert own.hash in page
    assert logo.hash not in page
    sheet = ask(app, re.findall(r'href="(/brand/[0-9a-f]+\.css)"', page)[0]).text
    address = f"/media/{photo.hash}.webp"
    assert f"--b-login-bg:url({address})" in sheet
    answer = ask(app, address)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert ask(app, address, HARBOUR).status_code == 404


def as_file(size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (size[0] % 256, 40, 90)).save(written, "PNG")
    return written.getvalue()


def as_picture(size: tuple[int, int]) -> Picture:
    return pictures.drawn(as_file(size))
