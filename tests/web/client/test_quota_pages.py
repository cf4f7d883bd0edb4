"""Prepaid parts, and moving them between sub-accounts."""

from __future__ import annotations

import pytest

from portal.accounts import quotas, sub_accounts
from portal.accounts.models import Person
from portal.accounts.roles import Role


@pytest.fixture
def shop(database, cast):
    """Alice's second sub-account; both are prepaid, the first with 10 parts."""
    main = cast.alice.sub_account_id
    with database.session(cast.sam.reseller_id) as session, session.begin():
        made, _ = sub_accounts.create(
            session, client_id=cast.alice.client_id, name="Shop", user="shop@acme.test", by=cast.sam
        )
        for each in (main, made.id):
            quotas.set_mode(session, sub_account_id=each, mode=quotas.Mode.PREPAID, by=cast.sam)
        quotas.top_up(session, sub_account_ids=[main], parts=10, by=cast.sam, description="x")
        return made.id


def _fields(browser, cast, shop, **more):
    key = browser.get("/quotas").value_of("key")
    giver = str(cast.alice.sub_account_id)
    return {"giver": giver, "taker": str(shop), "parts": "4", "reason": "busy", "key": key, **more}


def test_only_the_owner_moves_parts(visit, cast, database):
    owner = cast.alice.owner
    with database.session(owner.reseller_id) as session, session.begin():
        session.get(Person, (owner.reseller_id, owner.person_id)).role = Role.POWER.value
    assert visit(owner).get("/quotas").status == 403


def test_without_quotas_there_is_nothing_to_move(visit, cast):
    browser = visit(cast.alice.owner)
    seen = browser.get("/quotas")
    assert "Nothing is prepaid" in seen.text
    assert "Move parts" not in seen.text
    assert browser.post("/quotas", parts="1").status == 422


@pytest.mark.parametrize(
    "parts", ["", "0", "-1", "1.5", "1_0", "１２", "٣", "0x10", "1e3", "9999999999"]
)
def test_what_is_no_count_is_a_message_at_the_field(visit, cast, shop, parts):
    browser = visit(cast.alice.owner)
    seen = browser.post("/quotas", **_fields(browser, cast, shop, parts=parts))
    assert seen.status == 422
    assert 'id="parts-about"' in seen.html


def test_no_more_is_moved_than_there_is(visit, cast, shop):
    browser = visit(cast.alice.owner)
    seen = browser.post("/quotas", **_fields(browser, cast, shop, parts="11"))
    assert seen.status == 422
    assert "There are only 10 parts." in seen.text


def test_nothing_is_moved_to_itself_or_to_strangers(visit, cast, shop):
    browser = visit(cast.alice.owner)
    itself = _fields(browser, cast, shop, taker=str(cast.alice.sub_account_id))
    assert "Choose another sub-account" in browser.post("/quotas", **itself).text
    strange = _fields(browser, cast, shop, taker=str(cast.henry.sub_account_id))
    assert browser.post("/quotas", **strange).status == 422


def test_parts_are_moved_once(visit, cast, shop):
    browser = visit(cast.alice.owner)
    fields = _fields(browser, cast, shop)
    seen = browser.follow(browser.post("/quotas", **fields))
    assert "4 parts were moved." in seen.text
    assert "Main 6 Shop 4" in seen.text
    browser.post("/quotas", **fields)
    assert "Main 6 Shop 4" in browser.get("/quotas").text
    other = browser.post("/quotas", **{**fields, "parts": "1"})
    assert "This form was sent before." in other.text
    assert "Prepaid parts of Main 6" in browser.get("/dashboard").text
