"""Who acts in a request, and which routes are for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import activity, api_keys, impersonation, sessions
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Person
from portal.accounts.roles import Right
from portal.accounts.session_models import SignedIn
from portal.http import actor
from portal.http.actor import anonymous, public, requires, signed_in
from portal.infra import clock
from portal.infra.db import Database
from tests.cast import SUNNY as SUNNY_ID
from tests.cast import Cast
from tests.http.asking import CONSOLE, HARBOUR, SUNNY, ask
from tests.web.conftest import Visit


def view() -> str:
    return ""


def test_marks_say_whom_a_view_is_for() -> None:
    def marked(mark: object) -> actor.Access | None:
        return actor.access_of(mark(lambda: ""))  # type: ignore[operator]  # a decorator

    assert actor.access_of(view) is None
    assert marked(requires(Right.MONEY_POST)) == actor.Access(right=Right.MONEY_POST)
    assert marked(signed_in) == actor.Access()
    assert marked(public) == actor.Access(is_public=True)
    assert marked(anonymous) == actor.Access(is_public=True, is_anonymous=True)
    assert requires(Right.MONEY_POST)(lambda: "").right is Right.MONEY_POST


def test_a_view_without_a_mark_fails_the_build() -> None:
    app = Flask("broken", static_folder=None)
    app.add_url_rule("/x", "forgotten", view)
    with pytest.raises(LookupError, match="forgotten"):
        actor.refuse_unmarked(app)


def test_visitors_are_asked_to_sign_in_and_come_back(reading: Flask) -> None:
    answer = ask(reading, "/messages?status=delivered")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/messages?status%3Ddelivered"
    assert ask(reading, "/send", method="POST").headers["Location"] == "/login"
    fragment = ask(reading, "/send/estimate", method="POST", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/login")
    program = ask(reading, "/api/v1/balance")
    assert (program.status_code, program.mimetype) == (401, "application/problem+json")
    assert program.headers["WWW-Authenticate"] == "Bearer"
    assert program.get_json()["code"] == "unauthorized"


def test_other_audiences_pages_are_not_there(visit: Visit, cast: Cast) -> None:
    alice, sam, olga = visit(cast.alice.owner), visit(cast.sam), visit(cast.olga)
    for path in ("/reseller/", "/reseller/clients", "/reseller/activity", "/operator/resellers"):
        assert alice.get(path).status == 404
    for path in ("/dashboard", "/send", "/statement", "/operator/ledger"):
        assert sam.get(path).status == 404
    for path in ("/dashboard", "/reseller/"):
        assert olga.get(path).status == 404
    assert alice.get("/reseller/").anonymous_html == alice.get("/nope").anonymous_html


def test_a_missing_right_is_forbidden(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY_ID) as session, session.begin():
        person = session.get(Person, (SUNNY_ID, cast.alice.owner.person_id))
        assert person is not None
        person.role = "reader"
    browser = visit(cast.alice.owner)
    for path, status in [("/send", 403), ("/statement", 403), ("/messages", 200)]:
        assert browser.get(path).status == status
    assert "Statement" not in browser.get("/messages").text


def test_a_key_speaks_for_programs_and_a_cookie_does_not(
    app: Flask, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY_ID) as session, session.begin():
        _, key = api_keys.create(
            session, by=cast.alice.owner, name="Shop", scopes={Right.WALLET_READ}
        )
        person = session.get(Person, (SUNNY_ID, cast.alice.owner.person_id))
        assert person is not None
        cookie = sessions.start(
            session, person=person, host="sunny.localhost", address="", browser=""
        )
    with_cookie = {"Cookie": f"__Host-sid={cookie}"}
    assert ask(app, "/api/v1/balance", headers=with_cookie).status_code == 401
    with_key = {"Authorization": f"Bearer {key}"}
    assert ask(app, "/dashboard", headers=with_key).status_code == 303
    assert ask(app, "/api/v1/balance", HARBOUR, headers=with_key).status_code == 401
    assert ask(app, "/api/v1/balance", CONSOLE, headers=with_key).status_code == 401
    assert ask(app, "/api/v1/messages", headers=with_key).status_code == 403
    assert ask(app, "/api/v1/operator/ledger", SUNNY, headers=with_key).status_code == 404
    assert ask(app, "/api/v1/balance", headers=with_key).status_code == 200
    with database.session(SUNNY_ID) as session:
        used = session.scalar(select(ApiKey.last_used_at).where(ApiKey.name == "Shop"))
    assert used is not None
    assert (clock.now() - used).total_seconds() < 60


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer é",
        "Bearer sms_" + "a" * 27,
        "Bearer a b",
        "\xff",
    ],
)
def test_what_is_no_key_is_unauthorized(reading: Flask, authorization: str) -> None:
    header = authorization.encode().decode("latin-1")
    answer = ask(reading, "/api/v1/balance", headers={"Authorization": header})
    assert answer.status_code in {401, 429}


def test_guessing_keys_is_slowed_down(app: Flask) -> None:
    guess = {"Authorization": "Bearer sms_" + "a" * 27}
    statuses = [ask(app, "/api/v1/balance", headers=guess).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


def test_a_sessions_use_is_noted_once_a_minute(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser = visit(cast.sam)

    def last_seen() -> object:
        with database.session(SUNNY_ID) as session:
            return session.scalar(
                select(SignedIn.last_seen_at).where(SignedIn.person_id == cast.sam.person_id)
            )

    before = last_seen()
    browser.get("/reseller/")
    assert last_seen() == before
    with clock.pretending(clock.now() + (actor.sessions.SEEN_EVERY * 2)):
        browser.get("/reseller/")
    assert last_seen() != before


def test_staff_take_a_clients_place_and_leave_it(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser = visit(cast.sam)
    client = f"/reseller/clients/{cast.alice.client_id}"
    browser.get(client)
    assert browser.post(f"{client}/view-as", reason="They asked").status == 303
    inside = browser.get("/dashboard")
    assert (inside.status, "Acme" in inside.text) == (200, True)
    assert browser.get("/reseller/").status == 404
    assert browser.post("/account/keys", name="mine").status == 403
    answer = browser.post("/leave")
    assert (answer.status, answer.location) == (303, client)
    assert browser.get("/dashboard").status == 404
    assert browser.get("/reseller/").status == 200
    with database.session(SUNNY_ID) as session:
        rows = activity.latest(session, client_id=cast.alice.client_id, limit=2)
    assert [(row.what, row.person_id) for row in rows] == [
        ("view_as.stopped", cast.sam.person_id),
        ("view_as.started", cast.sam.person_id),
    ]


def test_the_leash_ends_by_itself(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.sam)
    client = f"/reseller/clients/{cast.alice.client_id}"
    browser.get(client)
    browser.post(f"{client}/view-as", reason="")
    assert browser.get("/dashboard").status == 200
    assert browser.get("/send").status == 403
    with clock.pretending(clock.now() + impersonation.LEASH):
        over = browser.get("/dashboard")
        assert (over.status, over.location) == (303, client)
        assert "Your time in the client's place is over." in browser.follow(over).text
        assert browser.get("/dashboard").status == 404
    with database.session(SUNNY_ID) as session:
        assert activity.latest(session, limit=1)[0].what == "view_as.lapsed"


def test_a_client_cannot_take_a_place(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.henry.owner)
    browser.get("/dashboard")
    answer = browser.post(f"/reseller/clients/{cast.alice.client_id}/view-as", reason="x")
    assert answer.status == 404
    reader = replace(cast.sam, reseller_id=cast.sam.reseller_id)
    staff = visit(reader)
    staff.get("/reseller/")
    answer = staff.post(f"/reseller/clients/{cast.berta.client_id}/view-as", reason="x")
    assert answer.status == 404
