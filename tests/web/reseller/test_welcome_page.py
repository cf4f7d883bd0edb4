"""The welcome text's page: per language, with pictures, with and without scripts."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.infra.db import Database
from portal.tenancy import welcome
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

PAGE = "/reseller/welcome"
TEXT = '<p style="color:#b45309">Hi [firstname]</p>'


def kept(database: Database, language: str = "en") -> str:
    with database.session(SUNNY) as session:
        return welcome.written(session, language=language)


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (30, 12), "#b45309").save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>[fristname]</p>", "There is no [fristname] here. Did you mean [firstname]?"),
        ("<b>" * 200, "nested too deep"),
        ("x" * 20_001, "too long"),
        ("x" * 2_000_000, "too long"),
        ("".join(f'<p style="color:#0000{n:02x}">a' for n in range(41)), "more than 40 different"),
    ],
)
def test_what_is_refused(
    visit: Visit, cast: Cast, database: Database, html: str, said: str
) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    seen = sam.post(PAGE, html=html)
    assert (seen.status, said in seen.text) == (422, True)
    assert html[:9].replace("<", "&lt;").replace(">", "&gt;") in seen.html
    assert kept(database) == ""
    frame = sam.post(f"{PAGE}/en/preview", html=html)
    assert (frame.status, said in frame.text) == (422, True)


def test_it_is_kept_and_shown_to_clients(visit: Visit, cast: Cast, database: Database) -> None:
    sam, alice = visit(cast.sam), visit(cast.alice.owner)
    sam.get(PAGE)
    hostile = (
        f'{TEXT}<script>alert(1)</script><img src="https://evil.test/x.png"><p>{{{{7*7}}}}</p>'
    )
    sam.follow(sam.post(PAGE, html=hostile))
    shown = alice.get("/dashboard").html
    assert "Hi Alice</p>" in shown
    assert "<p>{{7*7}}</p>" in shown
    assert "evil.test" not in shown
    assert "style=" not in shown
    sam.post(f"{PAGE}/de", html="<p>Hallo [firstname]</p>")
    assert "Hallo Alice" in alice.get("/dashboard?lang=de").html
    assert (kept(database, "de"), "Hallo [firstname]" in sam.get(f"{PAGE}/de").html) == (
        "<p>Hallo [firstname]</p>",
        True,
    )
    sam.post(PAGE, html="<p><br></p>")
    assert kept(database) == ""
    with database.session(SUNNY) as session:
        acts = session.scalars(select(Activity.what).where(Activity.what == "welcome.changed"))
        assert len(acts.all()) == 3


def test_a_preview_is_drawn_with_the_styles_of_what_is_typed(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    seen = sam.post(f"{PAGE}/en/preview", html=TEXT, show="dark")
    assert seen.status == 200
    assert "Hi Ada</p>" in seen.html
    assert 'data-bs-theme="dark"' in seen.html
    assert "data:text/css;base64," in seen.html
    assert "<script" not in seen.html
    assert sam.get(f"{PAGE}/en/preview").status == 200


@pytest.mark.parametrize("path", [f"{PAGE}/xx", f"{PAGE}/xx/preview"])
def test_a_language_that_is_not_offered(visit: Visit, cast: Cast, path: str) -> None:
    assert visit(cast.sam).get(path).status == 404


def test_a_picture_for_the_editor_and_for_who_has_none(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    seen = sam.post(f"{PAGE}/en/picture", html=TEXT, picture=(picture(), "../../a.png"))
    assert seen.status == 200
    assert "&lt;img src=&#34;/media/" in seen.html
    assert "Hi [firstname]" in seen.html
    assert kept(database) == ""
    answer = sam._client.post(
        f"{PAGE}/en/picture",
        base_url="http://sunny.localhost",
        data={"picture": (picture(), "a.png"), "csrf_token": sam._token},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200
    served = sam._client.get(answer.json["location"], base_url="http://sunny.localhost")
    assert (served.status_code, served.mimetype) == (200, "image/png")


@pytest.mark.parametrize("content", [b"", b"<svg><script>", b"<html>", b"\x89PNG\r\n\x1a\nxx"])
def test_what_is_no_picture(visit: Visit, cast: Cast, content: bytes) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    seen = sam.post(f"{PAGE}/en/picture", html=TEXT, picture=(io.BytesIO(content), "a.png"))
    assert (seen.status, "Please choose a picture" in seen.text) == (422, True)
    assert "Hi [firstname]" in seen.html
    answer = sam._client.post(
        f"{PAGE}/en/picture",
        base_url="http://sunny.localhost",
        data={"picture": (io.BytesIO(content), "a.png"), "csrf_token": sam._token},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, "Please choose" in answer.json["message"]) == (422, True)
