"""Keys for programs on the pages of a client, of staff and of the operator."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal.accounts import activity, api_keys
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Person
from portal.accounts.roles import Audience, Right, Role
from portal.api.v1 import blueprint as interface
from portal.infra import clock
from portal.infra.db import Database
from portal.web.parts.key_forms import OFFERED
from tests.cast import SUNNY, Cast
from tests.web.browsing import Seen
from tests.web.conftest import Visit

NEW_YORK = ZoneInfo("America/New_York")
KEY = re.compile(r"sms_[A-Za-z0-9_-]{27}")
PAGES = {"alice": "/account/keys", "sam": "/reseller/keys", "olga": "/operator/keys"}
SCOPES = {"alice": "messages.read", "sam": "money.post", "olga": "ledger.read"}


def actor_of(cast: Cast, who: str):
    return {"alice": cast.alice.owner, "sam": cast.sam, "olga": cast.olga}[who]


def text_of(seen: Seen) -> str:
    found = KEY.search(seen.html)
    assert seen.status == 200, seen.text
    assert found
    return found[0]


def keys(database: Database, reseller: int = SUNNY) -> list[ApiKey]:
    with database.session(reseller) as session:
        return list(session.scalars(select(ApiKey).order_by(ApiKey.id)))


@pytest.mark.parametrize("who", PAGES)
def test_a_key_is_shown_once_works_and_ends(
    visit: Visit, cast: Cast, database: Database, who: str
) -> None:
    actor, path = actor_of(cast, who), PAGES[who]
    browser = visit(actor)
    assert "No keys yet" in browser.get(path).text
    text = text_of(browser.post(path, name="Our shop", scopes=SCOPES[who]))
    with database.session(actor.reseller_id) as session:
        resolved = api_keys.resolve(session, text)
        assert resolved is not None
        assert resolved.actor.rights == {Right(SCOPES[who])}
    listed = browser.get(path)
    assert text not in listed.html
    assert "Our shop" in listed.text
    assert "never" in listed.text
    (key,) = keys(database, actor.reseller_id)
    gone = browser.follow(browser.post(f"{path}/{key.id}/revoke"))
    assert "The key is revoked." in gone.text
    with database.session(actor.reseller_id) as session:
        assert api_keys.resolve(session, text) is None


def test_all_that_a_key_can_be_limited_to(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/account/keys")
    until = (clock.now() + timedelta(days=30)).date()
    made = browser.post(
        "/account/keys",
        name="Alarm",
        scopes="messages.send",
        sub_account=str(cast.alice.sub_account_id),
        networks="192.0.2.7\n2001:db8::/32",
        expires_on=until.isoformat(),
    )
    text_of(made)
    (key,) = keys(database)
    assert key.sub_account_id == cast.alice.sub_account_id
    assert key.networks == ["192.0.2.7/32", "2001:db8::/32"]
    # At the end of that day where the reseller is.
    assert key.expires_at == datetime.combine(until + timedelta(days=1), time(), NEW_YORK)
    assert "Only from 192.0.2.7/32, 2001:db8::/32" in made.text
    assert "Only Main" in made.text


@pytest.mark.parametrize(
    "wrong",
    [
        ("name", " ", "Please fill this in."),
        ("name", "x" * 61, "60"),
        ("scopes", "", "Tick at least one."),
        ("scopes", "money.post", "choice"),
        ("scopes", "keys.manage", "choice"),
        ("scopes", "no.such.right", "choice"),
        ("sub_account", "7", "choice"),
        ("networks", "192.0.2.5/24", "Do you mean 192.0.2.0/24?"),
        ("networks", "everywhere", "everywhere is no address"),
        ("networks", "\n".join(f"10.0.0.{n}" for n in range(21)), "20 addresses are the most."),
        ("expires_on", "2020-01-01", "This day is over."),
        ("expires_on", "9999-12-31", "Choose a day within 20 years."),
        ("expires_on", "tomorrow", "valid date"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    visit: Visit, cast: Cast, database: Database, wrong: tuple[str, str, str]
) -> None:
    field, given, said = wrong
    browser = visit(cast.alice.owner)
    browser.get("/account/keys")
    usual = {"name": "Shop", "scopes": "messages.read", "networks": "", "sub_account": ""}
    refused = browser.post("/account/keys", **{**usual, field: given})
    assert refused.status == 422, refused.text
    assert said in refused.text
    assert KEY.search(refused.html) is None
    assert keys(database) == []
    if field != "name":
        assert refused.value_of("name") == "Shop"


def test_the_eleventh_and_one_of_the_same_name(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/account/keys")
    for number in range(10):
        text_of(browser.post("/account/keys", name=f"Key {number}", scopes="messages.read"))
    more = browser.post("/account/keys", name="More", scopes="messages.read")
    assert more.status == 422
    assert "You have 10 keys already. Revoke one first." in more.text
    same = visit(cast.henry.owner)
    same.get("/account/keys")
    text_of(same.post("/account/keys", name="One", scopes="messages.read"))
    refused = same.post("/account/keys", name="One", scopes="messages.read")
    assert refused.status == 422
    assert "Another key has this name." in refused.text


@pytest.mark.parametrize("who", PAGES)
def test_making_one_asks_who_it_is(visit: Visit, cast: Cast, database: Database, who: str) -> None:
    browser = visit(actor_of(cast, who))
    browser.get(PAGES[who])
    with clock.pretending(clock.now() + timedelta(minutes=11)):
        sent_on = browser.post(PAGES[who], name="Late", scopes=SCOPES[who])
    assert sent_on.status == 307
    assert sent_on.location.startswith("/confirm?next=")
    assert keys(database, actor_of(cast, who).reseller_id) == []


@pytest.mark.parametrize("role", [Role.STAFF_SUPPORT, Role.STAFF_BILLING, Role.STAFF_READER])
def test_whoever_may_not_make_keys_finds_no_page(
    visit: Visit, cast: Cast, database: Database, role: Role
) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Person, (SUNNY, cast.sam.person_id)).role = role
    sam = visit(cast.sam)
    assert sam.get("/reseller/keys").status == 403
    assert "/reseller/keys" not in sam.get("/reseller/").html


def test_every_scope_of_the_interface_can_be_given_and_no_other() -> None:
    asked = {
        operation.right
        for group in (*interface.FOR_CLIENTS, *interface.FOR_OPERATOR)
        for operation, _ in group.declared
    }
    assert {right for rights in OFFERED.values() for right in rights} == asked
    assert set(OFFERED) == set(Audience)


def test_making_and_ending_are_written_down(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.olga)
    browser.get("/operator/keys")
    text_of(browser.post("/operator/keys", name="Ledger", scopes="ledger.read"))
    browser.post(f"/operator/keys/{keys(database, 0)[0].id}/revoke")
    with database.session(0) as session:
        found = [(row.what, row.details["name"]) for row in activity.latest(session, limit=2)]
    assert found == [("key.revoked", "Ledger"), ("key.created", "Ledger")]
