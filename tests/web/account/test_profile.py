"""One's own pages: name, language, time zone, password, address, and where one is signed in."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts import activity, email_changes
from portal.accounts.models import Client, Person
from portal.accounts.session_models import SignedIn
from portal.accounts.sign_in_models import EmailChange
from portal.infra import signing
from portal.infra.db import Database
from portal.notifications.models import Mail
from tests.cast import PASSWORD, SUNNY, Cast
from tests.web.account.conftest import ORIGIN, Grown
from tests.web.browsing import Browser
from tests.web.conftest import Visit

TABS = ("profile", "profile/password", "profile/email", "profile/sessions", "profile/second-step")
BROWSERS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0": (
        "Firefox, Windows"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Mobile Safari, iOS",
    "": "Unknown browser",
    "<script>alert(1)</script>": "Unknown browser",
}


def person(database: Database, actor: object) -> Person:
    with database.session(SUNNY) as session:
        return session.get_one(Person, (SUNNY, actor.person_id))


def noted(database: Database) -> str:
    with database.session(SUNNY) as session:
        return activity.latest(session, limit=1)[0].what


@pytest.mark.parametrize("who", ["alice", "sam", "olga"])
def test_everybody_has_the_same_pages(visit: Visit, cast: Cast, who: str) -> None:
    somebody = cast.alice.owner if who == "alice" else getattr(cast, who)
    browser = visit(somebody)
    for path in (*TABS, "profile/passkeys"):
        seen = browser.get(f"/{path}")
        assert (seen.status, 'href="/profile/sessions"' in seen.html) == (200, True)


def test_a_name_and_a_language_are_changed(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.sam)
    browser.get("/profile")
    saved = browser.post("/profile", firstname="Sám <i>", lastname="Ünder", language="de")
    assert saved.status == 303
    seen = browser.follow(saved)
    assert 'lang="de"' in seen.html
    assert "Sám &lt;i&gt;" in seen.html
    row = person(database, cast.sam)
    assert (row.firstname, row.lastname, row.language) == ("Sám <i>", "Ünder", "de")
    assert noted(database) == "person.renamed"


def test_what_is_no_language_or_too_long_is_refused(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.sam)
    browser.get("/profile")
    for fields in ({"language": "xx"}, {"language": "en", "firstname": "x" * 81}):
        assert browser.post("/profile", **fields).status == 422


def test_a_clients_owner_chooses_its_time_zone(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser = visit(cast.alice.owner)
    assert "America/New York" in browser.get("/profile").text
    fields = {"firstname": "Alice", "lastname": "Tester", "language": "en"}
    assert browser.post("/profile", **fields, time_zone="Mars/Olympus").status == 422
    assert browser.post("/profile", **fields, time_zone="Europe/Lisbon").status == 303
    with database.session(SUNNY) as session:
        assert session.get_one(Client, (SUNNY, cast.alice.client_id)).time_zone == "Europe/Lisbon"
    assert noted(database) == "client.changed"
    assert "America/New York" in visit(cast.sam).get("/profile").text


def test_a_new_password_ends_all_other_sessions(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser, other = visit(cast.alice.owner), visit(cast.alice.owner)
    page = browser.get("/profile/password")
    assert "at least 8 characters" in page.text
    saved = browser.post("/profile/password", password="four words quite new")
    assert (saved.status, saved.location) == (303, "/profile")
    assert browser.get("/dashboard").status == 200
    assert other.get("/dashboard").status == 303
    assert visit().post("/login", email="alice@acme.test", password=PASSWORD).status == 422
    new = {"email": "alice@acme.test", "password": "four words quite new"}
    assert visit().post("/login", **new).status == 303
    with database.session(SUNNY) as session:
        assert "password_changed" in session.scalars(select(Mail.notice)).all()


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 8 characters"),
        ("x" * 201, "at most 200 characters"),
        ("Passw0rd!2024", "tried first"),
        ("alice@acme.test", "too easy to guess"),
        ("", "Please fill this in."),
    ],
)
def test_a_password_that_is_guessed_is_refused(
    visit: Visit, cast: Cast, password: str, why: str
) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/profile/password")
    seen = browser.post("/profile/password", password=password)
    assert (seen.status, why in seen.text) == (422, True)


@pytest.fixture
def link(database: Database) -> object:
    """Does what the job does, and reads the token in the mail."""

    def follow(person_id: int) -> str:
        with database.session(SUNNY) as session, session.begin():
            email_changes.mail_link(session, person_id=person_id, origin=ORIGIN)
        with database.session(SUNNY) as session:
            body = session.scalars(
                select(Mail.text).where(Mail.notice == "email_change").order_by(Mail.id.desc())
            ).first()
        found = re.search(rf"{ORIGIN}/profile/email/([A-Za-z0-9_-]+)", body or "")
        return found[1] if found else ""

    return follow


def ask(browser: Browser, email: str) -> None:
    browser.get("/profile/email")
    seen = browser.post("/profile/email", email=email)
    assert (seen.status, f"on its way to {email}" in seen.text) == (200, True)


def test_another_address(visit: Visit, cast: Cast, database: Database, link) -> None:
    browser = visit(cast.alice.owner)
    ask(browser, "new@acme.test")
    assert noted(database) == "email.asked"
    token = link(cast.alice.owner.person_id)
    stranger = visit()
    asked = stranger.get(f"/profile/email/{token}")
    assert "From now on you sign in with new@acme.test" in asked.text
    assert person(database, cast.alice.owner).email == "alice@acme.test"
    done = stranger.post(f"/profile/email/{token}")
    assert (done.status, done.location) == (303, "/login")
    assert person(database, cast.alice.owner).email == "new@acme.test"
    assert noted(database) == "email.changed"
    with database.session(SUNNY) as session:
        assert session.get_one(Client, (SUNNY, cast.alice.client_id)).email == "new@acme.test"
        told = session.scalars(select(Mail.recipient).where(Mail.notice == "email_changed")).all()
    assert told == ["alice@acme.test"]
    assert stranger.get(f"/profile/email/{token}").status == 410
    assert stranger.post(f"/profile/email/{token}").status == 410
    assert visit().post("/login", email="new@acme.test", password=PASSWORD).status == 303


def test_an_address_that_somebody_has_gets_no_mail_and_the_same_answer(
    visit: Visit, cast: Cast, link
) -> None:
    ask(visit(cast.alice.owner), "Henry@hardware.test")
    assert link(cast.alice.owner.person_id) == ""


def test_an_address_that_was_taken_meanwhile(
    visit: Visit, cast: Cast, database: Database, link
) -> None:
    browser = visit(cast.alice.owner)
    ask(browser, "new@acme.test")
    token = link(cast.alice.owner.person_id)
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Person, (SUNNY, cast.henry.owner.person_id)).email = "new@acme.test"
    browser.get(f"/profile/email/{token}")
    assert browser.post(f"/profile/email/{token}").status == 410
    assert person(database, cast.alice.owner).email == "alice@acme.test"


def test_asking_again_ends_the_first_link(visit: Visit, cast: Cast, link) -> None:
    browser = visit(cast.alice.owner)
    ask(browser, "new@acme.test")
    first = link(cast.alice.owner.person_id)
    ask(browser, "newer@acme.test")
    assert visit().get(f"/profile/email/{first}").status == 410


@pytest.mark.parametrize(
    "email",
    ["", "no address", "a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test", "x" * 300 + "@b.test"],
)
def test_what_is_no_address_is_refused(visit: Visit, cast: Cast, email: str) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/profile/email")
    assert browser.post("/profile/email", email=email).status == 422


def test_ones_own_address_and_too_many_are_refused(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/profile/email")
    assert browser.post("/profile/email", email="ALICE@acme.test").status == 422
    for number in range(5):
        ask(browser, f"new{number}@acme.test")
    assert browser.post("/profile/email", email="new6@acme.test").status == 429
    with database.session(SUNNY) as session:
        assert session.scalars(select(EmailChange.email)).all() == ["new4@acme.test"]


@pytest.mark.parametrize("token", ["x", "x" * 43, "é" * 20, "%00"])
def test_a_link_that_was_never_one(visit: Visit, token: str) -> None:
    assert visit().get(f"/profile/email/{token}").status in {400, 410}


def test_guessing_links_is_counted(visit: Visit) -> None:
    browser = visit()
    statuses = [browser.get(f"/profile/email/{'x' * 43}").status for _ in range(11)]
    assert (statuses[:10], statuses[10]) == ([410] * 10, 429)


@pytest.mark.parametrize(("agent", "said"), BROWSERS.items())
def test_browsers_are_named_in_plain_words(
    visit: Visit, cast: Cast, database: Database, agent: str, said: str
) -> None:
    browser = visit(cast.alice.owner)
    with database.session(SUNNY) as session, session.begin():
        session.scalars(select(SignedIn)).one().browser = agent
    seen = browser.get("/profile/sessions")
    assert said in seen.text
    assert "this one" in seen.text
    assert "192.0.2.1" in seen.text
    assert "sunny.localhost" in seen.text


def test_ending_one_and_all_others(visit: Visit, cast: Cast, database: Database) -> None:
    browser, second, third, fourth = (visit(cast.alice.owner) for _ in range(4))
    stranger = visit(cast.henry.owner)
    assert browser.get("/profile/sessions").rows() == 4
    cookie = second._client.get_cookie("__Host-sid", domain=cast.sunny_host)
    assert cookie is not None
    with database.session(SUNNY) as session:
        ended = session.scalars(
            select(SignedIn.id).where(SignedIn.hash == signing.digest(cookie.value))
        ).one()
    stranger.get("/profile")
    assert (
        "signed out already"
        in stranger.follow(stranger.post(f"/profile/sessions/{ended}/end")).text
    )
    assert second.get("/dashboard").status == 200
    assert (
        "The browser is signed out."
        in browser.follow(browser.post(f"/profile/sessions/{ended}/end")).text
    )
    assert second.get("/dashboard").status == 303
    assert noted(database) == "session.ended"
    assert (
        "2 browsers are signed out."
        in browser.follow(browser.post("/profile/sessions/end-others")).text
    )
    assert noted(database) == "session.others_ended"
    assert [each.get("/dashboard").status for each in (browser, third, fourth)] == [200, 303, 303]
    assert stranger.get("/dashboard").status == 200
    assert (
        "0 browsers are signed out."
        in browser.follow(browser.post("/profile/sessions/end-others")).text
    )


def test_signing_out_is_noted(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/profile")
    browser.post("/logout")
    assert noted(database) == "login.ended"


def test_a_page_of_ones_own_is_nobody_elses(visit: Visit, grown_old: Grown) -> None:
    grown_old()
    for path in (*TABS, "profile/passkeys", "confirm"):
        assert visit().get(f"/{path}").location.startswith("/login")
