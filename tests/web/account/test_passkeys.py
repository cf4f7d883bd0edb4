"""Passkeys: made on one's own page, shown to sign in, and good at one host name, once each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import activity, clients
from portal.accounts.actor import Actor
from portal.accounts.session_models import SignedIn
from portal.accounts.sign_in_models import Passkey, PasskeyChallenge
from portal.infra import clock
from portal.infra.db import Database
from tests.cast import PASSWORD, SUNNY, Cast
from tests.fakes.authenticator import Authenticator
from tests.web.account.conftest import App, Grown
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit


def add(browser: Browser, passkey: Authenticator, *, name: str = "Laptop") -> Seen:
    browser.get("/profile/passkeys")
    options = browser.post("/profile/passkeys/challenge")
    assert options.status == 200, options.text
    return browser.post("/profile/passkeys", name=name, passkey=passkey.make(options.html))


def challenge(browser: Browser) -> str:
    browser.get("/login")
    return browser.post("/login/passkey/challenge").html


def show(browser: Browser, passkey: Authenticator) -> Seen:
    return browser.post("/login/passkey", passkey=passkey.show(challenge(browser)))


def proofs(database: Database) -> list[str]:
    with database.session(SUNNY) as session:
        return [row.proof for row in session.scalars(select(SignedIn))]


@pytest.fixture
def owned(visit: Visit, cast: Cast) -> Authenticator:
    """A passkey of Alice's."""
    passkey = Authenticator()
    assert add(visit(cast.alice.owner), passkey).location == "/profile/passkeys"
    return passkey


def test_adding_one_and_signing_in_with_it(
    visit: Visit, cast: Cast, owned: Authenticator, database: Database
) -> None:
    shown = visit(cast.alice.owner).get("/profile/passkeys")
    assert "Laptop" in shown.text
    assert "belongs to the address sunny.localhost" in shown.text
    browser = visit()
    let_in = show(browser, owned)
    assert (let_in.status, let_in.location) == (303, "/dashboard")
    assert browser.get("/dashboard").status == 200
    assert "passkey" in proofs(database)
    with database.session(SUNNY) as session:
        row = session.scalars(select(Passkey)).one()
        kinds = [each.what for each in activity.latest(session, limit=2)]
        assert session.scalars(select(PasskeyChallenge)).all() == []
    assert (row.sign_count, row.last_used_at is not None) == (1, True)
    assert kinds == ["login.succeeded", "passkey.added"]


def test_it_goes_on_to_where_one_wanted(visit: Visit, owned: Authenticator) -> None:
    browser = visit()
    answer = owned.show(challenge(browser))
    assert browser.post("/login/passkey?next=/messages", passkey=answer).location == "/messages"


def test_an_answer_is_good_once(visit: Visit, owned: Authenticator, database: Database) -> None:
    browser = visit()
    answer = owned.show(challenge(browser))
    assert browser.post("/login/passkey", passkey=answer).status == 303
    thief = visit()
    thief.get("/login")
    refused = thief.post("/login/passkey", passkey=answer)
    assert (refused.status, "does not open this account" in refused.text) == (422, True)


def test_a_challenge_lasts_five_minutes(visit: Visit, owned: Authenticator) -> None:
    browser = visit()
    asked = challenge(browser)
    with clock.pretending(clock.now() + timedelta(minutes=5, seconds=1)):
        assert browser.post("/login/passkey", passkey=owned.show(asked)).status == 422


def test_it_is_good_at_its_own_host_alone(visit: Visit, cast: Cast, owned: Authenticator) -> None:
    elsewhere = visit(host=cast.harbour_host)
    asked = challenge(elsewhere)
    assert elsewhere.post("/login/passkey", passkey=owned.show(asked)).status == 422
    at_home = visit()
    at_home.get("/login")
    assert at_home.post("/login/passkey", passkey=owned.show(asked)).status == 422


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://evil.test"},
        {"origin": "http://sunny.localhost:9999"},
        {"host": "harbour.localhost"},
        {"verifies": False},
    ],
)
def test_a_lie_opens_nothing(visit: Visit, owned: Authenticator, lie: dict[str, object]) -> None:
    browser = visit()
    for name, value in lie.items():
        setattr(owned, name, value)
    assert show(browser, owned).status == 422


def test_another_key_of_the_same_name_opens_nothing(visit: Visit, owned: Authenticator) -> None:
    forged = Authenticator(credential_id=owned.credential_id, count=5)
    assert show(visit(), forged).status == 422


def test_a_copy_that_counts_from_before_opens_nothing(visit: Visit, owned: Authenticator) -> None:
    assert show(visit(), owned).status == 303
    owned.count = 0
    assert show(visit(), owned).status == 422


def test_one_that_does_not_count_is_good_again_and_again(visit: Visit, cast: Cast) -> None:
    passkey = Authenticator(counts=False)
    add(visit(cast.alice.owner), passkey)
    assert [show(visit(), passkey).status for _ in range(3)] == [303] * 3


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"rawId": 7}',
        '{"rawId": "!!", "response": {"clientDataJSON": "!!"}}',
        '{"rawId": "AAAA", "response": {"clientDataJSON": "e30"}}',
        '{"rawId": "AAAA", "response": []}',
        "[" * 5_000,
        "x" * 30_000,
    ],
)
def test_what_is_no_answer_is_refused(visit: Visit, owned: Authenticator, answer: str) -> None:
    browser = visit()
    browser.get("/login")
    assert browser.post("/login/passkey", passkey=answer).status == 422


@pytest.mark.parametrize("left_out", ["signature", "authenticatorData", "clientDataJSON"])
def test_half_an_answer_is_refused(visit: Visit, owned: Authenticator, left_out: str) -> None:
    browser = visit()
    answer = json.loads(owned.show(challenge(browser)))
    del answer["response"][left_out]
    assert browser.post("/login/passkey", passkey=json.dumps(answer)).status == 422


def test_guesses_are_counted_with_those_of_passwords(visit: Visit, owned: Authenticator) -> None:
    browser = visit()
    for _ in range(10):
        assert show(browser, Authenticator(credential_id=owned.credential_id)).status == 422
    assert show(browser, owned).status == 429
    assert visit().post("/login", email="alice@acme.test", password=PASSWORD).status == 429


def test_challenges_are_not_made_without_end(visit: Visit) -> None:
    browser = visit()
    browser.get("/login")
    statuses = [browser.post("/login/passkey/challenge").status for _ in range(61)]
    assert (statuses[:60], statuses[60]) == ([200] * 60, 429)


def test_who_waits_is_told_so(visit: Visit, cast: Cast, database: Database) -> None:
    passkey = Authenticator()
    add(visit(cast.henry.owner), passkey)
    with database.session(SUNNY) as session, session.begin():
        clients.suspend(session, client_id=cast.henry.client_id, by=cast.sam, reason="a test")
    assert show(visit(), passkey).status == 303  # a suspended client reads and pays
    with database.session(SUNNY) as session, session.begin():
        client = session.get_one(clients.Client, (SUNNY, cast.henry.client_id))
        client.refused_at = clock.now()
    browser = visit()
    seen = show(browser, passkey)
    assert (seen.status, browser.get("/dashboard").status) == (200, 303)


def test_it_takes_the_place_of_the_second_step_and_needs_none_itself(
    visit: Visit, cast: Cast, owned: Authenticator, app_of: Callable[[Actor], App]
) -> None:
    app_of(cast.alice.owner)
    assert show(visit(), owned).location == "/dashboard"
    browser = visit()
    step = browser.post("/login", email="alice@acme.test", password=PASSWORD)
    asked = browser.follow(step)
    assert "Use a passkey instead" in asked.text
    options = browser.post("/login/passkey/challenge").html
    assert browser.post(step.location, passkey=owned.show(options)).location == "/dashboard"


def test_anothers_passkey_is_no_second_step(
    visit: Visit, cast: Cast, app_of: Callable[[Actor], App]
) -> None:
    app_of(cast.alice.owner)
    henrys = Authenticator()
    add(visit(cast.henry.owner), henrys)
    browser = visit()
    step = browser.post("/login", email="alice@acme.test", password=PASSWORD)
    options = browser.post("/login/passkey/challenge").html
    refused = browser.post(step.location, passkey=henrys.show(options))
    assert (refused.status, browser.get("/dashboard").status) == (422, 303)


def test_it_confirms_who_one_is(
    visit: Visit, cast: Cast, owned: Authenticator, grown_old: Grown
) -> None:
    browser = visit(cast.alice.owner)
    grown_old()
    asked = browser.follow(browser.get("/profile/password"))
    assert "Use a passkey instead" in asked.text
    options = browser.post("/login/passkey/challenge").html
    fields = {"confirm-sent": "1", "confirm-passkey": Authenticator().show(options)}
    assert browser.post("/confirm?next=/profile/password", **fields).status == 422
    options = browser.post("/login/passkey/challenge").html
    fields["confirm-passkey"] = owned.show(options)
    sent = browser.post("/confirm?next=/profile/password", **fields)
    assert (sent.status, sent.location) == (303, "/profile/password")


def test_what_is_wrong_with_a_new_one_is_said(
    visit: Visit, cast: Cast, owned: Authenticator
) -> None:
    browser = visit(cast.alice.owner)
    nameless = add(browser, Authenticator(), name="")
    assert (nameless.status, "Please fill this in." in nameless.text) == (422, True)
    empty = browser.post("/profile/passkeys", name="Phone", passkey="")
    assert (empty.status, "has made no passkey" in empty.text) == (422, True)
    unverified = add(browser, Authenticator(verifies=False))
    assert (unverified.status, "went wrong" in unverified.text) == (422, True)
    again = add(browser, Authenticator(credential_id=owned.credential_id))
    assert (again.status, "is here already" in again.text) == (422, True)
    # A challenge to show a passkey makes none, and one for another person neither.
    shown = Authenticator()
    options = json.loads(browser.post("/login/passkey/challenge").html)
    made = shown.make(json.dumps({**options, "user": {"id": "MQ"}}))
    assert browser.post("/profile/passkeys", name="Phone", passkey=made).status == 422
    other = visit(cast.henry.owner)
    other.get("/profile/passkeys")
    foreign = Authenticator().make(other.post("/profile/passkeys/challenge").html)
    assert browser.post("/profile/passkeys", name="Phone", passkey=foreign).status == 422


def test_its_name_is_not_lost_where_one_is_asked_first(
    visit: Visit, cast: Cast, grown_old: Grown
) -> None:
    browser = visit(cast.alice.owner)
    grown_old()
    asked = browser.get("/profile/passkeys?name=My+laptop")
    assert asked.location == "/confirm?next=/profile/passkeys?name%3DMy%2Blaptop"
    browser.follow(asked)
    said = {"confirm-sent": "1", "confirm-password": PASSWORD}
    led = browser.post(asked.location, **said)
    assert browser.follow(led).value_of("name") == "My laptop"


def test_twenty_are_enough(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.alice.owner)
    for number in range(20):
        assert add(browser, Authenticator(), name=f"Key {number}").status == 303
    assert browser.post("/profile/passkeys/challenge").status == 422


def test_naming_and_removing_one(
    visit: Visit, cast: Cast, owned: Authenticator, database: Database
) -> None:
    with database.session(SUNNY) as session:
        passkey_id = session.scalars(select(Passkey.id)).one()
    browser = visit(cast.alice.owner)
    browser.get("/profile/passkeys")
    browser.post(f"/profile/passkeys/{passkey_id}/rename", name="Red\u202e <b>stick")
    assert "Red &lt;b&gt;stick" in browser.get("/profile/passkeys").html
    browser.post(f"/profile/passkeys/{passkey_id}/rename", name="")
    assert "needs a name" in browser.get("/profile/passkeys").text
    stranger = visit(cast.henry.owner)
    stranger.get("/profile")
    for act in ("rename", "remove"):
        assert stranger.post(f"/profile/passkeys/{passkey_id}/{act}", name="Mine").status == 404
    assert browser.post(f"/profile/passkeys/{passkey_id}/remove").status == 303
    assert "No passkeys yet" in browser.get("/profile/passkeys").text
    assert show(visit(), owned).status == 422
