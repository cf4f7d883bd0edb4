"""How clients get in: what there is to copy, the code, and the sites whose form is taken."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from PIL import Image

from portal.tenancy import branding, login_sites, settings
from tests.cast import SUNNY

PATH = "/reseller/access"


@pytest.fixture
def sams(visit, cast):
    browser = visit(cast.sam)
    browser.get(PATH)
    return browser


def sites(database) -> list[str]:
    with database.session(SUNNY) as session:
        return settings.read(session).login_sites


def blocks(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r"<code>(.*?)</code>", html, re.DOTALL)]


def test_everything_is_there_to_copy(sams):
    login, sign_up, button, form, link = blocks(sams.get(PATH).html)
    assert login == "http://sunny.localhost:8000/login"
    assert sign_up == "http://sunny.localhost:8000/signup"
    assert button.startswith('<a href="http://sunny.localhost:8000/login" style="')
    assert button.endswith(">Sign in to SunnyText</a>")
    for line in (
        '<form action="http://sunny.localhost:8000/direct-login" method="post">',
        '  <input type="hidden" name="UID" value="2001">',
        '  <input type="hidden" name="action" value="DirectLogin">',
        'name="col_email"',
        'name="col_password"',
    ):
        assert line in form
    assert link == "http://sunny.localhost:8000/login/link?token=TOKEN"


def test_a_hostile_title_is_text_in_what_is_copied(sams, database):
    with database.session(SUNNY) as session, session.begin():
        branding.set_up(session, title='"><script>alert(1)</script>')
    seen = sams.get(PATH)
    assert "<script>alert" not in seen.html
    assert "<script>" not in blocks(seen.html)[2]


def test_without_sign_up_its_link_is_not_there(sams, database):
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, sign_up={"open": False})
    seen = sams.get(PATH)
    assert len(blocks(seen.html)) == 4
    assert "Visitors cannot sign up by themselves." in seen.text


@pytest.mark.parametrize(
    ("kind", "media_type", "begins"),
    [("svg", "image/svg+xml", b"<?xml"), ("png", "image/png", b"\x89PNG")],
)
def test_the_code_is_drawn_here(sams, kind, media_type, begins):
    answer = sams._client.get(f"{PATH}/code.{kind}", base_url="http://sunny.localhost")
    assert (answer.status_code, answer.content_type.split(";")[0]) == (200, media_type)
    assert answer.data.startswith(begins)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    if kind == "png":
        width, height = Image.open(BytesIO(answer.data)).size
        assert width == height > 200
    else:
        assert b"<script" not in answer.data
        assert b"style=" not in answer.data


def test_sites_are_kept_as_browsers_name_them(sams, database):
    typed = " https://WWW.Sunny.example/login.html \n\nhttps://shop.sunny.example:8443\r\nhttps://www.sunny.example"
    seen = sams.follow(sams.post(PATH, sites=typed))
    assert "Saved. It holds in a few seconds." in seen.text
    kept = ["https://www.sunny.example", "https://shop.sunny.example:8443"]
    assert sites(database) == kept
    assert "\n".join(kept) in seen.html
    assert sams.post(PATH, sites="").status == 303
    assert sites(database) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("http://www.sunny.example", "http://www.sunny.example is no address of a website."),
        ("https://www.sunny.example\nwww.evil.test", "www.evil.test is no address of a website."),
        ("javascript:alert(1)", "is no address of a website."),
        ("https://*.sunny.example", "is no address of a website."),
        ("<script>alert(1)</script>", "<script>alert(1)</script> is no address of a website."),
        ("https://192.0.2.1", "is no address of a website."),
        ("x" * 5_001, "longer than 5000"),
        (
            "\n".join(f"https://s{n}.example" for n in range(login_sites.SITES_MAX + 1)),
            "20 websites are the most.",
        ),
    ],
)
def test_what_is_no_site_is_named_and_nothing_is_kept(sams, database, typed, said):
    seen = sams.post(PATH, sites=typed)
    assert (seen.status, said in seen.text) == (422, True), seen.text
    assert "<script>alert" not in seen.html
    assert typed[:40].split("\n")[0] in unescape(seen.html)
    assert sites(database) == []
