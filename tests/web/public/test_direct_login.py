"""Signing in from a reseller's own website: from listed sites alone, and seen by whom it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts import activity, clients, sessions, tickets
from portal.accounts.errors import LinkSpent
from portal.accounts.models import Client, OneTimeLink, Person
from portal.accounts.roles import Role
from portal.accounts.session_models import SignedIn
from portal.http.wiring import current
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.tenancy import settings
from tests.cast import PASSWORD, SUNNY, Cast
from tests.web.conftest import Visit

SITE, PORTAL = "https://www.sunny.example", "http://sunny.localhost:8000"
FORM = {
    "UID": "2001",
    "action": "DirectLogin",
    "col_email": "alice@acme.test",
    "col_password": PASSWORD,
    "SUBMIT": "Connect",
}
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
Connect = Callable[..., TestResponse]

ISSUED = select(OneTimeLink).where(OneTimeLink.purpose == tickets.PURPOSE)


@pytest.fixture
def browser(app: Flask, database: Database) -> FlaskClient:
    """A browser, and a portal that has listed one site."""
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, login_sites=[SITE, "https://shop.sunny.example"])
    with app.app_context():
        current().tenants.forget()
    return app.test_client()


@pytest.fixture
def connect(browser: FlaskClient) -> Connect:
    """Send the form from another site, as its browser does: without the portal's cookies."""

    def send(*, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
        return browser.post(
            "/direct-login",
            base_url=PORTAL,
            data={**FORM, **fields},
            headers={"Origin": SITE, "Sec-Fetch-Site": "cross-site"}
            if headers is None
            else headers,
        )

    return send


def go_on(browser: FlaskClient) -> TestResponse:
    """Send the form of the page that a ticket leads to."""
    page = browser.get("/direct-login/continue", base_url=PORTAL)
    token = TOKEN.search(page.text)
    assert token, page.text
    return browser.post("/direct-login/continue", base_url=PORTAL, data={"csrf_token": token[1]})


def signed_in(database: Database) -> int:
    with database.session(SUNNY) as session:
        return session.scalar(select(func.count()).select_from(SignedIn)) or 0


def test_the_form_leads_to_a_page_of_ours_and_that_to_the_clients_own(
    browser: FlaskClient, connect: Connect, database: Database
) -> None:
    answer = connect()
    assert (answer.status_code, answer.location) == (303, "/direct-login/continue")
    cookie = answer.headers["Set-Cookie"]
    assert re.match(r"__Host-ticket=[\w-]{43}; ", cookie)
    assert all(each in cookie for each in ("Max-Age=60", "Secure", "HttpOnly", "SameSite=Lax"))
    assert "sid" not in cookie
    assert signed_in(database) == 0
    page = browser.get("/direct-login/continue", base_url=PORTAL)
    assert "You go on as" in page.text
    assert "<submit-itself>" in page.text
    done = go_on(browser)
    assert (done.status_code, done.location) == (303, "/dashboard")
    assert signed_in(database) == 1
    assert "Alice Tester" in browser.get("/dashboard", base_url=PORTAL).text
    with database.session(SUNNY) as session:
        acts = [row.what for row in activity.latest(session, limit=1)]
    assert acts == ["login.succeeded"]


def test_a_ticket_works_once(browser: FlaskClient, connect: Connect, database: Database) -> None:
    connect()
    ticket = browser.get_cookie("__Host-ticket", domain="sunny.localhost")
    assert ticket is not None
    go_on(browser)
    assert browser.get_cookie("__Host-ticket", domain="sunny.localhost") is None
    browser.set_cookie("__Host-ticket", ticket.value, domain="sunny.localhost")
    again = browser.get("/direct-login/continue", base_url=PORTAL)
    assert (again.status_code, again.location) == (303, "/login")
    with database.session(SUNNY) as session, pytest.raises(LinkSpent):
        tickets.redeem(session, token=ticket.value)


def test_a_ticket_is_good_for_a_minute(browser: FlaskClient, connect: Connect) -> None:
    connect()
    with clock.pretending(clock.now() + tickets.GOOD_FOR + timedelta(seconds=1)):
        late = browser.get("/direct-login/continue", base_url=PORTAL)
    assert (late.status_code, late.location) == (303, "/login")
    assert "came too late" in browser.get("/login", base_url=PORTAL).text


def test_without_a_ticket_there_is_nothing_to_go_on_with(browser: FlaskClient) -> None:
    for value in ("", "x", "é" * 40, "a" * 43):
        if value:
            browser.set_cookie("__Host-ticket", value, domain="sunny.localhost")
        answer = browser.get("/direct-login/continue", base_url=PORTAL)
        assert (answer.status_code, answer.location) == (303, "/login")


def test_going_on_needs_the_token_of_our_page(
    browser: FlaskClient, connect: Connect, database: Database
) -> None:
    connect()
    for headers in ({}, {"Origin": SITE}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.post("/direct-login/continue", base_url=PORTAL, headers=headers)
        assert answer.status_code in {400, 403}
    assert signed_in(database) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://evil.test"},
        {"Origin": "https://www.sunny.example.evil.test"},
        {"Origin": "http://www.sunny.example"},
        {"Origin": "https://www.sunny.example:8443"},
        {"Origin": PORTAL},
        {"Origin": "https://evil.test", "Referer": f"{SITE}/login"},
        {"Origin": "null", "Referer": f"{SITE}/login"},
        {"Referer": "https://evil.test/?https://www.sunny.example"},
        {"Referer": "x" * 5_000},
    ],
)
def test_no_other_site_signs_anybody_in(
    connect: Connect, database: Database, headers: dict[str, str]
) -> None:
    answer = connect(headers=headers)
    assert answer.status_code == 403
    assert "You cannot sign in from that website" in answer.text
    assert "Set-Cookie" not in answer.headers or "ticket" not in answer.headers["Set-Cookie"]
    with database.session(SUNNY) as session:
        assert session.scalars(ISSUED).all() == []


def test_an_old_browser_names_the_page_it_comes_from(connect: Connect) -> None:
    assert connect(headers={"Referer": f"{SITE}/customers/login.html"}).status_code == 303
    assert connect(headers={"Origin": "https://shop.sunny.example"}).status_code == 303


def test_a_portal_that_has_listed_no_site_takes_no_form(app: Flask) -> None:
    browser = app.test_client()
    for host, status in (("harbour", 403), ("console", 404)):
        answer = browser.post(
            "/direct-login",
            base_url=f"http://{host}.localhost:8000",
            data=FORM,
            headers={"Origin": SITE},
        )
        assert answer.status_code == status


def bare(answer: TestResponse) -> tuple[int, str, list[str]]:
    body = TOKEN.sub("", answer.text)
    body = re.sub(r"[\w.+-]+@[\w.-]+", "ADDRESS", body).replace("not an address", "ADDRESS")
    return answer.status_code, body, sorted(answer.headers.keys())


@pytest.mark.parametrize(
    "several",
    [
        [{"UID": each} for each in ("2002", "", "2001 OR 1=1", "２００１")],
        [{"action": each} for each in ("Login", "", "directlogin")],
        [
            {"col_email": each}
            for each in (
                "nobody@acme.test",
                "berta@buch.test",
                "sam@sunny.test",  # staff, with the right password
                "not an address",
            )
        ],
    ],
)
def test_every_wrong_answer_is_that_of_a_wrong_password(
    connect: Connect, database: Database, several: list[dict[str, str]]
) -> None:
    connect(col_password="wrong horse battery")  # from here on it has the cookie of our form
    expected = bare(connect(col_password="wrong horse battery"))
    assert expected[0] == 422
    assert "do not belong together" in expected[1]
    for wrong in several:
        assert bare(connect(**wrong)) == expected, wrong
    with database.session(SUNNY) as session:
        assert session.scalars(ISSUED).all() == []


def test_the_answer_is_a_form_of_ours(browser: FlaskClient, connect: Connect) -> None:
    answer = connect(col_password="wrong horse battery")
    assert '<form method="post" action="/login"' in answer.text
    assert 'value="alice@acme.test"' in answer.text
    assert "wrong horse" not in answer.text
    token = TOKEN.search(answer.text)
    assert token is not None
    typed = {"email": "alice@acme.test", "password": PASSWORD, "csrf_token": token[1]}
    assert browser.post("/login", base_url=PORTAL, data=typed).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"col_email": ""}, "Please fill this in."),
        ({"col_password": ""}, "Please fill this in."),
        ({"col_email": "a" * 300 + "@acme.test"}, "254"),
        ({"col_password": "x" * 201}, "200"),
    ],
)
def test_what_cannot_be_is_said(connect: Connect, fields: dict[str, str], said: str) -> None:
    answer = connect(**fields)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_only_the_body_counts(browser: FlaskClient) -> None:
    query = f"?UID=2001&action=DirectLogin&col_email=alice@acme.test&col_password={PASSWORD}"
    answer = browser.post(f"/direct-login{query}", base_url=PORTAL, headers={"Origin": SITE})
    assert answer.status_code == 422
    assert browser.get("/direct-login", base_url=PORTAL).status_code == 405


def test_tries_count_as_on_the_page_to_sign_in_on(
    connect: Connect, visit: Visit, database: Database
) -> None:
    statuses = [connect(UID="2002").status_code for _ in range(10)]
    assert statuses == [422] * 10
    refused = connect()
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    other = visit()
    other.get("/login")
    assert other.post("/login", email="alice@acme.test", password=PASSWORD).status == 429
    assert signed_in(database) == 0


def test_who_waits_is_told_so_and_has_no_ticket(connect: Connect, database: Database) -> None:
    answer = connect(col_email="walter@waiting.test")
    assert "Your account is waiting for activation" in answer.text
    with database.session(SUNNY) as session:
        assert session.scalars(ISSUED).all() == []


def test_somebody_else_who_is_signed_in_is_asked_first(
    browser: FlaskClient, connect: Connect, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        sid = sessions.start(
            session,
            person=session.get_one(Person, (SUNNY, cast.henry.owner.person_id)),
            host="sunny.localhost",
            address="192.0.2.1",
            browser="tests",
        )
    connect()  # a form of another site brings no cookie, so that nobody is lost by it
    browser.set_cookie("__Host-sid", sid, domain="sunny.localhost")
    page = browser.get("/direct-login/continue", base_url=PORTAL)
    assert "You are signed in as" in page.text
    assert "Henry Tester" in page.text
    assert "Sign in as Alice Tester instead" in page.text
    assert "submit-itself" not in page.text
    assert "Henry Tester" in browser.get("/dashboard", base_url=PORTAL).text
    assert go_on(browser).status_code == 303
    assert "Alice Tester" in browser.get("/dashboard", base_url=PORTAL).text
    assert browser.get_cookie("__Host-sid", domain="sunny.localhost").value != sid
    with database.session(SUNNY) as session:
        assert sessions.find(session, token=sid, host="sunny.localhost") is None


def test_who_is_signed_in_as_the_same_goes_on(
    browser: FlaskClient, connect: Connect, database: Database
) -> None:
    connect()
    go_on(browser)
    connect()
    assert "submit-itself" in browser.get("/direct-login/continue", base_url=PORTAL).text
    assert go_on(browser).location == "/dashboard"
    assert signed_in(database) == 1


def test_staff_in_a_clients_place_are_somebody_else(
    app: Flask, connect: Connect, browser: FlaskClient, visit: Visit, cast: Cast
) -> None:
    del app
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(page)
    sam.post(f"{page}/view-as", reason="")
    connect()
    ticket = browser.get_cookie("__Host-ticket", domain="sunny.localhost")
    assert ticket is not None
    sam._client.set_cookie("__Host-ticket", ticket.value, domain="sunny.localhost")
    assert "Sam Tester" in sam.get("/direct-login/continue").text


def _refused(session: ResellerSession, cast: Cast) -> None:
    client = session.get_one(Client, (SUNNY, cast.alice.client_id))
    client.refused_at = clock.now()


def _gone(session: ResellerSession, cast: Cast) -> None:
    person = session.get_one(Person, (SUNNY, cast.alice.owner.person_id))
    person.client_id, person.role = None, Role.STAFF_READER


@pytest.mark.parametrize("change", [_refused, _gone])
def test_a_ticket_is_worth_nothing_once_its_owner_is_not_let_in(
    browser: FlaskClient,
    connect: Connect,
    database: Database,
    cast: Cast,
    change: Callable[[ResellerSession, Cast], None],
) -> None:
    connect()
    with database.session(SUNNY) as session, session.begin():
        change(session, cast)
    answer = browser.get("/direct-login/continue", base_url=PORTAL)
    assert (answer.status_code, answer.location) == (303, "/login")


def test_a_ticket_is_of_one_reseller(
    connect: Connect, browser: FlaskClient, database: Database
) -> None:
    connect()
    ticket = browser.get_cookie("__Host-ticket", domain="sunny.localhost")
    assert ticket is not None
    with database.session(2) as session, pytest.raises(LinkSpent):
        tickets.owner_of(session, token=ticket.value)


def test_a_suspended_client_may_come_in(
    connect: Connect, browser: FlaskClient, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="Late")
    connect()
    assert go_on(browser).location == "/dashboard"
