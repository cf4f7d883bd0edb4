"""A client's own account: its data."""

from __future__ import annotations

from portal.accounts.models import Person
from portal.accounts.roles import Role


def test_it_shows_what_is_known_of_the_client(visit, cast):
    seen = visit(cast.alice.owner).get("/account")
    assert seen.status == 200
    assert "Company Acme Name Alice Tester E-mail alice@acme.test" in seen.text
    assert "Main alice@acme.test Starter" in seen.text


def test_it_leads_to_what_its_owner_may_change(visit, cast, database):
    alice = visit(cast.alice.owner)
    seen = alice.get("/account")
    assert 'href="/account/keys"' in seen.html
    assert 'href="/account/sub-accounts"' in seen.html
    with database.session(cast.alice.reseller_id) as session, session.begin():
        found = session.get(Person, (cast.alice.reseller_id, cast.alice.owner.person_id))
        found.role = Role.READER.value
    seen = alice.get("/account")
    assert seen.status == 200
    assert "/account/keys" not in seen.html
    assert "/account/sub-accounts" not in seen.html
    assert alice.get("/account/keys").status == 403
    assert alice.post("/account/keys", name="Mine").status == 403


def test_another_clients_key_looks_like_none(visit, cast):
    alice, henry = visit(cast.alice.owner), visit(cast.henry.owner)
    alice.get("/account/keys")
    made = alice.post("/account/keys", name="Hers", scopes="messages.read")
    key_id = made.html.split("/account/keys/")[1].split("/")[0]
    henry.get("/account/keys")
    strange = henry.post(f"/account/keys/{key_id}/revoke")
    missing = henry.post("/account/keys/1/revoke")
    assert strange.status == missing.status == 404
    assert strange.anonymous_html == missing.anonymous_html
    assert "Hers" in alice.get("/account/keys").text
