"""Sensitive pages ask who one is once more, and nothing that was typed is lost on the way."""

from __future__ import annotations

import re

import pytest

from portal.accounts import activity
from portal.infra.db import Database
from tests.cast import PASSWORD, SUNNY, Cast
from tests.web.account.conftest import Grown
from tests.web.browsing import Seen
from tests.web.conftest import Visit


def waiting(seen: Seen) -> dict[str, str]:
    """The fields of the form that waits behind the question, and what says that it does."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', seen.html)
    return {name: value for name, value in found if name != "csrf_token"}


def test_nobody_is_asked_just_after_signing_in(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.alice.owner)
    assert browser.get("/profile/password").status == 200


def test_a_page_is_come_back_to(visit: Visit, cast: Cast, grown_old: Grown) -> None:
    browser = visit(cast.alice.owner)
    grown_old()
    sent = browser.get("/profile/password")
    assert (sent.status, sent.location) == (303, "/confirm?next=/profile/password")
    asked = browser.follow(sent)
    assert (asked.status, "Is it you?" in asked.text) == (200, True)
    fields = waiting(asked)
    assert fields == {"confirm-sent": "1"}
    wrong = browser.post(sent.location, **{"confirm-sent": "1", "confirm-password": "no, not it"})
    assert (wrong.status, "This is not your password." in wrong.text) == (422, True)
    right = browser.post(sent.location, **{"confirm-sent": "1", "confirm-password": PASSWORD})
    assert (right.status, right.location) == (303, "/profile/password")
    assert browser.get("/profile/password").status == 200


def test_a_form_is_sent_on_with_all_that_was_typed(
    visit: Visit, cast: Cast, grown_old: Grown
) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/profile/email")
    grown_old()
    caught = browser.post("/profile/email", email="new@acme.test")
    assert (caught.status, caught.location) == (307, "/confirm?next=/profile/email")
    asked = browser.post(caught.location, email="new@acme.test")  # which the browser does itself
    fields = waiting(asked)
    assert asked.status == 200
    assert fields["email"] == "new@acme.test"
    assert fields["confirm-sent"] == "form"
    refused = browser.post(caught.location, **fields, **{"confirm-password": ""})
    assert (refused.status, waiting(refused)["email"]) == (422, "new@acme.test")
    sent = browser.post(caught.location, **fields, **{"confirm-password": PASSWORD})
    assert (sent.status, sent.location) == (307, "/profile/email")
    done = browser.post(sent.location, **fields, **{"confirm-password": PASSWORD})
    assert (done.status, "new@acme.test" in done.text) == (200, True)


def test_a_script_is_told_where_to_go(visit: Visit, cast: Cast, grown_old: Grown) -> None:
    browser = visit(cast.alice.owner)
    grown_old()
    seen = browser.get(
        "/profile/password",
        **{"HX-Request": "true", "HX-Current-URL": "http://sunny.localhost/profile"},
    )
    assert seen.status == 401


@pytest.mark.parametrize("wanted", ["//evil.test", "/\\evil.test", "https://evil.test", "/nowhere"])
def test_it_leads_to_pages_of_ours_alone(visit: Visit, cast: Cast, wanted: str) -> None:
    browser = visit(cast.alice.owner)
    browser.get(f"/confirm?next={wanted}")
    for how in ("1", "form"):
        seen = browser.post(
            f"/confirm?next={wanted}", **{"confirm-sent": how, "confirm-password": PASSWORD}
        )
        assert (seen.status, seen.location) == (303, "/")


def test_tries_are_counted_with_those_to_sign_in(
    visit: Visit, cast: Cast, grown_old: Grown, database: Database
) -> None:
    browser = visit(cast.alice.owner)
    grown_old()
    browser.get("/confirm")
    for _ in range(10):
        browser.post("/confirm", **{"confirm-sent": "1", "confirm-password": "wrong horse"})
    late = browser.post("/confirm", **{"confirm-sent": "1", "confirm-password": PASSWORD})
    assert (late.status, "Too many tries" in late.text) == (429, True)
    elsewhere = visit()
    assert elsewhere.post("/login", email="alice@acme.test", password=PASSWORD).status == 429
    with database.session(SUNNY) as session:
        rows = [row for row in activity.latest(session) if row.what == "login.unconfirmed"]
    assert len(rows) == 10
    assert {row.person_id for row in rows} == {cast.alice.owner.person_id}


def test_staff_in_a_clients_place_never_pass(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.sam)
    browser.get("/reseller/")
    browser.post(f"/reseller/clients/{cast.alice.client_id}/view-as", reason="asked by telephone")
    for path in ("/profile", "/profile/password", "/profile/sessions", "/confirm"):
        assert browser.get(path).status == 403, path


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("sam", "/reseller/staff/invite"),
        ("sam", "/reseller/staff/1"),
        ("sam", "/reseller/clients/1/people/invite"),
        ("sam", "/reseller/clients/1/people/1"),
        ("sam", "/reseller/mail/server"),
        ("alice", "/people/invite"),
        ("alice", "/people/1"),
    ],
)
def test_whatever_would_let_somebody_else_in_asks_first(
    visit: Visit, cast: Cast, grown_old: Grown, who: str, path: str
) -> None:
    """An invitation or a server for mails outlives the session that it was made in."""
    browser = visit(cast.sam if who == "sam" else cast.alice.owner)
    browser.get("/profile")
    grown_old()
    asked = browser.post(path, role="owner")
    assert (asked.status, asked.location) == (307, f"/confirm?next={path}")
