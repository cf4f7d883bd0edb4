"""A client's own account: its data and its keys."""

from __future__ import annotations

import re

from portal.accounts import api_keys
from portal.accounts.models import Person
from portal.accounts.roles import Role


def test_it_shows_what_is_known_of_the_client(visit, cast):
    seen = visit(cast.alice.owner).get("/account")
    assert seen.status == 200
    assert "Company Acme Name Alice Tester E-mail alice@acme.test" in seen.text
    assert "Main alice@acme.test Starter" in seen.text


def test_a_key_is_shown_once_and_works(visit, cast, database):
    browser = visit(cast.alice.owner)
    browser.get("/account")
    made = browser.post("/account/keys", name="Our shop")
    assert made.status == 200
    text = re.search(r"sms_[A-Za-z0-9_-]{27}", made.html)[0]
    with database.session(cast.alice.reseller_id) as session:
        assert api_keys.resolve(session, text).actor.client_id == cast.alice.client_id
    later = browser.get("/account")
    assert text not in later.html
    assert "Our shop" in later.text


def test_a_key_needs_a_name_of_its_own(visit, cast):
    browser = visit(cast.alice.owner)
    browser.get("/account")
    assert browser.post("/account/keys", name=" ").status == 422
    browser.post("/account/keys", name="Our shop")
    seen = browser.post("/account/keys", name="Our shop")
    assert seen.status == 422
    assert "Another key has this name." in seen.text
    assert seen.value_of("name") == "Our shop"


def test_the_eleventh_key_is_refused(visit, cast):
    browser = visit(cast.alice.owner)
    browser.get("/account")
    for number in range(10):
        assert browser.post("/account/keys", name=f"Key {number}").status == 200
    seen = browser.post("/account/keys", name="One more")
    assert seen.status == 422
    assert "You have 10 keys already. Revoke one first." in seen.text


def test_a_revoked_key_is_gone_at_once(visit, cast, database):
    browser = visit(cast.alice.owner)
    browser.get("/account")
    text = re.search(r"sms_[A-Za-z0-9_-]{27}", browser.post("/account/keys", name="Old").html)[0]
    key_id = _keys(database, cast.alice.owner)[0].id
    seen = browser.follow(browser.post(f"/account/keys/{key_id}/revoke"))
    assert "The key is revoked." in seen.text
    with database.session(cast.alice.reseller_id) as session:
        assert api_keys.resolve(session, text) is None


def test_another_clients_key_looks_like_none(visit, cast, database):
    alice = visit(cast.alice.owner)
    alice.get("/account")
    alice.post("/account/keys", name="Hers")
    key_id = _keys(database, cast.alice.owner)[0].id
    henry = visit(cast.henry.owner)
    henry.get("/account")
    strange = henry.post(f"/account/keys/{key_id}/revoke")
    missing = henry.post("/account/keys/1/revoke")
    assert strange.status == missing.status == 404
    assert strange.anonymous_html == missing.anonymous_html
    assert len(_keys(database, cast.alice.owner)) == 1


def test_whoever_may_not_manage_keys_sees_none(visit, cast, database):
    alice = visit(cast.alice.owner)
    alice.get("/account")
    alice.post("/account/keys", name="Our shop")
    _make(database, cast.alice.owner, Role.READER)
    seen = alice.get("/account")
    assert seen.status == 200
    assert "Our shop" not in seen.text
    assert "Make a key" not in seen.text
    assert alice.post("/account/keys", name="Mine").status == 403


def _keys(database, actor):
    with database.session(actor.reseller_id) as session:
        return api_keys.listed(session, by=actor)


def _make(database, actor, role):
    with database.session(actor.reseller_id) as session, session.begin():
        session.get(Person, (actor.reseller_id, actor.person_id)).role = role.value
