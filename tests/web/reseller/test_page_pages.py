"""The portal's own pages: written in versions, read by visitors, accepted at sign-up."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts import consents
from portal.accounts.consent_models import Consent
from portal.accounts.models import Client
from portal.infra.db import Database
from portal.tenancy import site_pages
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

TERMS = "/reseller/pages/terms/en"
VISITOR = {
    "firstname": "Vera",
    "lastname": "Visitor",
    "email": "vera@visitor.test",
    "country": "US",
    "password": "a horse of another colour",
}


def versions(database: Database, page: str = "terms", language: str = "en") -> list[str]:
    with database.session(SUNNY) as session:
        found = site_pages.versions(session, page, language=language)
    return [f"{each.version} {each.person_name}: {each.html}" for each in found]


@pytest.mark.parametrize("page", ["terms", "privacy", "imprint", "help"])
def test_what_is_not_written_is_no_page(visit: Visit, page: str) -> None:
    visitor = visit()
    assert visitor.get(f"/{page}").status == 404
    assert f'href="/{page}"' not in visitor.get("/login").html


@pytest.mark.parametrize(
    ("html", "said"),
    [("<b>" * 200, "nested too deep"), ("x" * 100_001, "too long"), ("x" * 2_000_000, "too long")],
)
def test_what_is_refused(
    visit: Visit, cast: Cast, database: Database, html: str, said: str
) -> None:
    sam = visit(cast.sam)
    sam.get(TERMS)
    for act in ("", "/preview"):
        seen = sam.post(f"{TERMS}{act}", html=html, based_on="0")
        assert (seen.status, said in seen.text) == (422, True)
    assert versions(database) == []


def test_each_text_is_a_version(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    sam.get(TERMS)
    hostile = '<p style="color:#b45309">One {{7*7}}</p><script>x</script><img src="//evil.test/a">'
    assert "Version 1 is in force" in sam.follow(sam.post(TERMS, html=hostile, based_on="0")).text
    seen = visit().get("/terms")
    assert seen.status == 200
    assert "One {{7*7}}" in seen.text
    assert "evil.test" not in seen.html
    assert "<script>x" not in seen.html
    assert "style=" not in seen.html
    again = sam.follow(sam.post(TERMS, html=hostile, based_on="1"))
    assert "says this already" in again.text
    sam.follow(sam.post(TERMS, html="<p>Two</p>", based_on="1"))
    late = sam.post(TERMS, html="<p>Three</p>", based_on="1")
    assert (late.status, "Somebody has saved this text" in late.text) == (409, True)
    assert "Three" in late.html
    assert "taken away in this language" in sam.follow(sam.post(TERMS, based_on="2", html="")).text
    assert visit().get("/terms").status == 404
    assert [each.partition(":")[0] for each in versions(database)] == [
        "3 Sam Tester",
        "2 Sam Tester",
        "1 Sam Tester",
    ]
    assert "One" in sam.get(f"{TERMS}/1").text
    assert "was taken away" in sam.get(f"{TERMS}/3").text
    for path in (f"{TERMS}/4", f"{TERMS}/0", "/reseller/pages/terms/xx", "/reseller/pages/x/en"):
        assert sam.get(path).status == 404


@pytest.mark.parametrize("based_on", ["", "x", "-1", "9" * 30, "١"])
def test_a_version_that_was_never_shown_is_none(
    visit: Visit, cast: Cast, database: Database, based_on: str
) -> None:
    sam = visit(cast.sam)
    sam.get(TERMS)
    assert sam.post(TERMS, html="<p>One</p>", based_on=based_on).status == 303
    assert sam.post(TERMS, html="<p>Two</p>", based_on=based_on).status == 409


def test_a_reader_gets_it_in_their_language(visit: Visit, cast: Cast) -> None:
    sam, visitor = visit(cast.sam), visit()
    sam.get(TERMS)
    sam.post("/reseller/pages/help/de", html="<p>Hilfe</p>", based_on="0")
    assert "Hilfe" in visitor.get("/help").text
    sam.post("/reseller/pages/help/en", html="<p>Help</p>", based_on="0")
    assert "<p>Help</p>" in visitor.get("/help").html
    german = visitor.get("/help?lang=de")
    assert "<p>Hilfe</p>" in german.html
    assert 'lang="de" dir="auto"' in german.html
    assert "version 1" in sam.get("/reseller/pages").text


def test_what_has_to_be_accepted(visit: Visit, cast: Cast, database: Database) -> None:
    sam, visitor = visit(cast.sam), visit()
    assert "accept_terms" not in visitor.get("/signup").html
    sam.get(TERMS)
    for page in ("terms", "privacy", "imprint"):
        sam.post(f"/reseller/pages/{page}/en", html=f"<p>{page}</p>", based_on="0")
    sam.post("/reseller/pages/consent", terms="y")
    shown = visit().get("/signup").html
    assert ("accept_terms" in shown, "accept_privacy" in shown) == (True, False)
    sam.post("/reseller/pages/consent", terms="y", privacy="y")
    visitor = visit()
    visitor.get("/signup")
    refused = visitor.post("/signup", **VISITOR, accept_terms="en-1")
    assert (refused.status, "Please tick this" in refused.text) == (422, True)
    assert ".:" not in refused.text  # a label that is a sentence
    assert 'value="Vera"' in refused.html
    sam.post(TERMS, html="<p>New terms</p>", based_on="1")
    refused = visitor.post("/signup", **VISITOR, accept_terms="en-1", accept_privacy="en-1")
    assert (refused.status, "has just been changed" in refused.text) == (422, True)
    done = visitor.post("/signup", **VISITOR, accept_terms="en-2", accept_privacy="en-1")
    assert done.location == "/signup/done"
    with database.session(SUNNY) as session:
        client = session.scalars(select(Client).where(Client.email == VISITOR["email"])).one()
        rows = consents.of_client(session, client_id=client.id)
        assert {(each.page, each.language, each.version, each.address) for each in rows} == {
            ("terms", "en", 2, "127.0.0.1"),
            ("privacy", "en", 1, "127.0.0.1"),
        }
    page = sam.get(f"/reseller/clients/{client.id}")
    assert "Terms, version 2 (English)" in page.text
    visitor.get("/signup")
    visitor.post("/signup", **VISITOR, accept_terms="en-2", accept_privacy="en-1")
    with database.session(SUNNY) as session:
        assert len(session.scalars(select(Consent.id)).all()) == 2


def test_nothing_is_asked_for_by_another_reseller(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get(TERMS)
    sam.post(TERMS, html="<p>Ours</p>", based_on="0")
    hanna = visit(cast.hanna)
    assert hanna.get("/terms").status == 404
    assert hanna.get(f"{TERMS}/1").status == 404
    assert "accept_terms" not in visit(host=cast.harbour_host).get("/signup").html


def test_a_preview_and_a_picture(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get(TERMS)
    seen = sam.post(f"{TERMS}/preview", html='<p style="text-align:center">a</p>', show="dark")
    assert (seen.status, 'class="rt-' in seen.html) == (200, True)
    assert sam.get(f"{TERMS}/preview").status == 200
    refused = sam.post(f"{TERMS}/picture", html="<p>a</p>")
    assert (refused.status, "Please choose a picture" in refused.text) == (422, True)
