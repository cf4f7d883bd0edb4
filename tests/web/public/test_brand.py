"""Stylesheet, static files and favicon of a brand."""

import gzip
import re

from flask import Flask

from portal.http.wiring import current
from portal.infra.db import Database
from portal.tenancy import branding
from portal.tenancy.brand_sheet import Look
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
