"""The preview of a draft: real pages, nobody's data, nothing to be done with it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.accounts.models import Person
from portal.infra import clock
from portal.tenancy import branding, drafts, images, pictures
from portal.tenancy.brand_sheet import Look
from portal.web.parts import draft_links
from tests.builders import portal_folder
from tests.http.asking import HARBOUR, SUNNY, ask

PAGES = ("dashboard", "login", "email", "invoice")


@pytest.fixture
def draft(database, cast):
    with database.session(1) as session, session.begin():
        picture = pictures.drawn(portal_folder.logo())
        images.keep(session, picture)
        values = replace(
            branding.values_of(branding.own(session)),
            title="Teal & <Sons>",
            theme="sidebar",
            look=Look(seed="#0f766e"),
            pictures={"logo_light": picture.hash, "content_logo_light": picture.hash},
        )
        return drafts.keep(session, values, person_id=cast.sam.person_id)


@pytest.fixture
def link(app, database, draft):
    """The secret of the draft's link, or of another number on another portal."""

    def signed(number: int = draft.id, host: str = SUNNY) -> str:
        with app.test_request_context("/", base_url=host):
            app.preprocess_request()
            return draft_links.sign(number)

    return signed


@pytest.mark.parametrize("page", ["", *(f"/{each}" for each in PAGES), "/0123.css"])
def test_only_the_link_of_a_draft_of_this_portal_shows_anything(app, link, page):
    good = link()
    for token in (
        "x", "0", good[:-1], good + "x", link(host=HARBOUR), good.replace(".", "."[:0]),
    ):  # fmt: skip
        assert ask(app, f"/preview/{token}{page}").status_code == 404
    assert ask(app, f"/preview/{good}{page}", HARBOUR).status_code == 404
    assert ask(app, f"/preview/{good}{page}").status_code == 200
    assert ask(app, f"/preview/{good}{page}", method="POST").status_code in {400, 405}


def test_the_link_ends_with_the_draft(app, link, draft, database, cast):
    token = link()
    with clock.pretending(clock.now() + timedelta(hours=25)):
        assert ask(app, f"/preview/{token}").status_code == 410
    with database.session(1) as session, session.begin():
        drafts.discard(session, person_id=cast.sam.person_id)
    over = ask(app, f"/preview/{token}")
    assert over.status_code == 410
    assert "What it showed was published or thrown away." in over.get_data(as_text=True)
    for page in (*(f"/{each}" for each in PAGES), "/0123.css"):
        assert ask(app, f"/preview/{token}{page}").status_code == 410


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("mode", ["light", "dark", "none-such"])
def test_a_page_is_drawn_with_the_draft_and_can_do_nothing(app, link, draft, page, mode):
    answer = ask(app, f"/preview/{link()}/{page}?mode={mode}")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Teal &amp; &lt;Sons&gt;" in answer.text
    assert "SunnyText" not in re.sub(r"Welcome.*", "", answer.text)
    if page != "email":
        drawn_in = "dark" if mode == "dark" else "light"
        assert f'data-drawn-in="{drawn_in}"' in answer.text
        assert "navbar-vertical" in answer.text or page == "login"


def test_the_dashboard_is_of_nobody(app, link, cast, draft, database):
    text = ask(app, f"/preview/{link()}/dashboard").text
    assert "Ada Weber" in text
    for name in ("Alice", "Acme", "Henry", "Hardware"):
        assert name not in text
    assert text.count("<tr>") > 30  # the chart's numbers and the messages
    assert "content-logo" in text


def test_the_mail_has_the_balance_of_the_dashboard(app, link):
    for page in ("dashboard", "email"):
        assert "$148.20" in ask(app, f"/preview/{link()}/{page}").text, page


def test_a_page_is_in_the_language_of_who_looks(visit, cast, link, database):
    """As the studio around it is, and not in that of the browser."""
    with database.session(1) as session, session.begin():
        session.get_one(Person, (1, cast.sam.person_id)).language = "de"
    sam = visit(cast.sam)
    for page in PAGES:
        seen = sam.get(f"/preview/{link()}/{page}")
        assert '<html lang="de"' in seen.html, page
        assert "sam@" not in seen.html


def test_the_invoice_is_of_nobody_and_paid(app, link):
    text = ask(app, f"/preview/{link()}/invoice").text
    assert "Invoice 2026-00042" in text
    assert "Ada Weber" in text
    assert text.count("$50.00") == 2
    assert "This is paid already." in text


def test_the_files_of_a_draft_are_there(app, link, draft):
    page = ask(app, f"/preview/{link()}/dashboard").text
    files = set(re.findall(r'(?:src|href)="(/(?:a|preview|media)/[^"#]+)', page))
    assert any("/sidebar/" in each for each in files)
    for file in files:
        assert ask(app, file).status_code == 200, file
    sheet = ask(app, f"/preview/{link()}/older.css")
    assert (sheet.mimetype, "#0f766e" in sheet.text) == ("text/css", True)
    other = next(each for each in files if "/sidebar/" in each)
    assert ask(app, other, HARBOUR).status_code == 404


def test_the_shared_page_frames_the_preview(app, link):
    token = link()
    answer = ask(app, f"/preview/{token}?page=login&mode=dark&size=phone")
    assert f'src="/preview/{token}/login?mode=dark&amp;v=' in answer.text
    assert "It is a draft" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    odd = ask(app, f"/preview/{token}?page=../../x&mode=%22&size=9").text
    assert f'src="/preview/{token}/dashboard?mode=light&amp;v=' in odd


def test_without_a_draft_it_shows_what_is_live(app, link):
    live = link(draft_links.LIVE)
    answer = ask(app, f"/preview/{live}")
    assert "This is how the portal looks now." in answer.text
    assert "SunnyText" in ask(app, f"/preview/{live}/login").text
