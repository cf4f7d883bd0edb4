"""Sign in and out: equal answers to whatever is wrong, and a page for those who wait."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal.accounts import activity, clients
from portal.accounts.session_models import SignedIn
from portal.infra import clock
from portal.infra.db import Database
from tests.cast import PASSWORD, SUNNY, Cast
from tests.web.conftest import Visit


def rows(database: Database) -> int:
    with database.session(SUNNY) as session:
        return session.scalar(select(func.count()).select_from(SignedIn)) or 0


def test_every_wrong_answer_is_the_same(app: Flask) -> None:
    browser = app.test_client()
    base_url = "http://sunny.localhost:8000"
    page = browser.get("/login", base_url=base_url).text
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found

    def answer(email: str, password: str) -> tuple[int, str, list[tuple[str, str]]]:
        sent = {"email": email, "password": password, "csrf_token": found[1]}
        got = browser.post("/login", base_url=base_url, data=sent)
        body = re.sub(r'name="csrf_token"[^>]* value="[^"]+"', "", got.text)
        headers = [
            pair for pair in got.headers if pair[0] not in {"X-Request-Id", "Content-Length"}
        ]
        return got.status_code, body.replace(email, "E"), headers

    expected = answer("alice@acme.test", "wrong horse battery")
    assert expected[0] == 422
    assert "do not belong together" in expected[1]
    for email, password in [
        ("nobody@acme.test", PASSWORD),
        ("berta@buch.test", PASSWORD),
        ("walter@waiting.test", "wrong horse battery"),
        ("not an address", PASSWORD),
        ("nobody@acme.test", "x" * 200),
    ]:
        assert answer(email, password) == expected


def test_an_empty_form_says_so_beside_its_fields(visit: Visit) -> None:
    seen = visit().post("/login")
    assert (seen.status, seen.text.count("Please fill this in.")) == (422, 4)


def test_everybody_begins_on_their_own_page(visit: Visit, cast: Cast) -> None:
    for email, host, page in [
        ("alice@acme.test", cast.sunny_host, "/dashboard"),
        ("sam@sunny.test", cast.sunny_host, "/reseller/"),
        ("olga@wholesale.test", cast.console_host, "/operator/resellers"),
    ]:
        browser = visit(host=host)
        assert browser.post("/login", email=email, password=PASSWORD).location == page
        assert browser.get(page).status == 200
        assert browser.get("/").location == page
        assert browser.get("/login").location == "/"


def test_who_waits_sees_what_for_and_gets_no_session(
    visit: Visit, database: Database, cast: Cast
) -> None:
    browser = visit()
    seen = browser.post("/login", email="walter@waiting.test", password=PASSWORD)
    assert (seen.status, "waiting for activation" in seen.text) == (200, True)
    with database.session(SUNNY) as session, session.begin():
        clients.refuse(
            session,
            client_id=cast.walter.client_id,
            by=cast.sam,
            reason="No <b>such</b> firm",
            origin="http://x",
        )
    seen = browser.post("/login", email="walter@waiting.test", password=PASSWORD)
    assert "Your request was refused" in seen.text
    assert "No &lt;b&gt;such&lt;/b&gt; firm" in seen.html
    assert rows(database) == 0
    assert browser.get("/dashboard").status == 303


def test_signing_in_again_replaces_the_session(visit: Visit, database: Database) -> None:
    browser = visit()
    for _ in range(2):
        browser.post("/login", email="alice@acme.test", password=PASSWORD)
        browser.get("/dashboard")
        assert rows(database) == 1


def test_signing_out_ends_the_session(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/dashboard")
    assert browser.get("/logout").status == 405
    assert rows(database) == 1
    assert browser.post("/logout").location == "/login"
    assert rows(database) == 0
    assert browser.get("/dashboard").status == 303
    assert "You are signed out." in browser.get("/login").text


def test_too_many_tries_wait_even_with_the_right_password(visit: Visit, database: Database) -> None:
    browser = visit()
    for _ in range(10):
        browser.post("/login", email="alice@acme.test", password="wrong horse battery")
    assert browser.post("/login", email="alice@acme.test", password=PASSWORD).status == 429
    assert rows(database) == 0
    with database.session(SUNNY) as session:
        refused = [row for row in activity.latest(session) if row.what == "login.refused"]
    assert len(refused) == 10
    with clock.pretending(clock.now() + timedelta(minutes=11)):
        assert browser.post("/login", email="alice@acme.test", password=PASSWORD).status == 303


def test_those_who_can_sign_in_are_not_slowed_down(visit: Visit) -> None:
    for _ in range(25):
        assert visit().post("/login", email="sam@sunny.test", password=PASSWORD).status == 303
