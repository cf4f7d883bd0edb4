"""The record of acts, as a reseller, a client and the operator read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.accounts import activity, wallet
from portal.accounts.actor import Actor, Viewing
from portal.infra import clock
from portal.infra.db import Database
from portal.tasks import books
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.web.conftest import Visit

NOON = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)
"""Noon in New York, where Sunny is."""


def did(database: Database, by: Actor, what: str, *, reseller: int = SUNNY, **said: Any) -> None:
    with database.session(reseller) as session, session.begin():
        activity.record(session, by=by, what=what, **said)


def test_a_reseller_finds_an_act_by_each_of_its_sides(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = replace(cast.sam, address="203.0.113.9")
    with clock.pretending(NOON):
        did(database, sam, "client.suspended", client_id=cast.henry.client_id, reason="too fast")
    browser = visit(cast.sam)
    for wanted in (
        "who=Sam", "what=clients", "from=2026-11-10&to=2026-11-10", "address=203.0.113.",
        f"client={cast.henry.client_id}",
        f"who=sam&what=clients&from=2026-11-10&address=203.0.113.9&client={cast.henry.client_id}",
    ):  # fmt: skip
        seen = browser.get(f"/reseller/activity?{wanted}")
        assert "Sam Tester 203.0.113.9 suspended the client Hardware too fast" in seen.text, wanted
    for other in (
        "who=Hanna", "what=money", "to=2026-11-09", "address=198.51.100.",
        f"client={cast.walter.client_id}&what=visits",
    ):  # fmt: skip
        seen = browser.get(f"/reseller/activity?{other}")
        assert "too fast" not in seen.text, other
    assert "Nothing like that was done." in browser.get("/reseller/activity?who=nobody").text
    assert (
        "Activity about Hardware"
        in browser.get(f"/reseller/activity?client={cast.henry.client_id}").text
    )


def test_a_day_is_the_readers(visit: Visit, cast: Cast, database: Database) -> None:
    """At one in the night in UTC it is still the day before in New York."""
    with clock.pretending(datetime(2026, 11, 11, 1, 0, tzinfo=UTC)):
        did(database, cast.sam, "page.changed", description="at night")
    browser = visit(cast.sam)
    assert "at night" in browser.get("/reseller/activity?from=2026-11-10&to=2026-11-10").text
    assert "at night" not in browser.get("/reseller/activity?from=2026-11-11").text


@pytest.mark.parametrize("query", ["from=yesterday", "what=everything", "who=" + "x" * 101])
def test_what_nobody_can_mean_is_refused(visit: Visit, cast: Cast, query: str) -> None:
    seen = visit(cast.sam).get(f"/reseller/activity?{query}")
    assert seen.status == 422
    assert visit(cast.sam).get(f"/reseller/activity.csv?{query}").status == 422


@pytest.mark.parametrize("client", ["0", "999", "-1", "x", "9" * 19])
def test_a_client_of_others_is_not_there(visit: Visit, cast: Cast, client: str) -> None:
    browser = visit(cast.sam)
    for path in ("/reseller/activity", "/reseller/activity.csv"):
        assert browser.get(f"{path}?client={client}").status == 404
        assert browser.get(f"{path}?client={cast.berta.client_id}").status == 404


def test_the_file_says_what_the_page_says(visit: Visit, cast: Cast, database: Database) -> None:
    with clock.pretending(NOON):
        did(database, cast.sam, "page.changed", description="=1+1")
    seen = visit(cast.sam).get("/reseller/activity.csv?what=portal")
    head, *lines = seen.html.splitlines()
    assert head.lstrip("\ufeff").startswith('"time","by","what","about","details"')
    assert (
        '"2026-11-10T12:00:00-05:00","Sam Tester","changed a page for visitors","","\'=1+1"'
        in "\n".join(lines)
    )


def test_staff_do_not_read_who_of_the_operators_it_was(
    visit: Visit, cast: Cast, database: Database
) -> None:
    olga = replace(cast.olga, address="198.51.100.7")
    did(database, olga, "reseller.suspended")
    browser = visit(cast.sam)
    seen = browser.get("/reseller/activity")
    assert "your provider stopped the portal from sending" in seen.text
    assert "198.51.100.7" not in seen.text
    assert "stopped the portal" not in browser.get("/reseller/activity?address=198.51.100").text
    assert "198.51.100.7" not in browser.get("/reseller/activity.csv").html

    console = visit(cast.olga)
    own = console.get("/operator/activity")
    assert "Olga Tester 198.51.100.7 stopped the portal from sending SunnyText" in own.text
    there = console.get(f"/operator/activity?reseller={SUNNY}&who=&what=")
    assert "Olga Tester 198.51.100.7 stopped the portal" in there.text
    assert "stopped the portal" not in console.get(f"/operator/activity?reseller={HARBOUR}").text
    assert "stopped the portal" in console.get("/operator/activity?who=olg").text
    assert "stopped the portal" not in console.get("/operator/activity?who=sam").text
    assert console.get("/operator/activity?reseller=77").status == 422
    assert console.get("/operator/activity.csv?reseller=77").status == 422
    assert "Olga Tester" in console.get("/operator/activity.csv").html


def test_the_console_says_whether_the_record_is_whole(
    visit: Visit, cast: Cast, database: Database
) -> None:
    console = visit(cast.olga)
    assert "has not been proved yet" in console.get("/operator/activity").text
    console.post("/operator/ledger/prove")
    assert "The record was whole" in console.get("/operator/activity").text
    with database.session(SUNNY) as session:
        act = activity.latest(session, limit=1)[0].id
    with database.session(0) as session, session.begin():
        found = books.proof.last(session)
        assert found is not None
        broken = [f"reseller 1, act {act}: does not say what was recorded"]
        with clock.pretending(clock.now() + timedelta(minutes=1)):
            books.proof.keep(session, replace(found, disagreements=broken, disagree=1))
    seen = console.get("/operator/activity")
    assert f"act {act}: does not say what was recorded" in seen.text


def test_a_client_reads_its_own_firm_and_who_came_to_see(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam, alice = replace(cast.sam, address="198.51.100.9"), cast.alice
    in_place = replace(
        sam,
        client_id=alice.client_id,
        viewing=Viewing(place_of="Acme", reason="x", until=clock.now()),
    )
    did(database, sam, "view_as.started", client_id=alice.client_id, reason="asked by phone")
    did(database, in_place, "sub_account.created", name="Till")
    did(database, sam, "client.suspended", client_id=alice.client_id, reason="looks like spam")
    did(database, sam, "client.note_removed", client_id=alice.client_id, reason="a secret")
    did(database, cast.henry.owner, "key.created", name="Henry's")
    with database.session(SUNNY) as session, session.begin():
        wallet.payment(
            session, client_id=alice.client_id, amount=7 * UNIT, description="thanks", by=sam
        )
    seen = visit(alice.owner).get("/activity")
    assert "Sam Tester came to see your pages asked by phone" in seen.text
    assert "Sam Tester opened a sub-account in your place Till" in seen.text
    assert "Sam Tester credited a payment $7.00 · thanks" in seen.text
    assert "stopped you from sending –" in seen.text
    for hidden in ("looks like spam", "198.51.100.9", "a secret", "Henry's", "removed a note"):
        assert hidden not in seen.text
    assert "$7.00" in visit(alice.owner).get("/activity.csv?what=money").html
    assert "asked by phone" not in visit(alice.owner).get("/activity?what=money").text
    assert visit(alice.owner).get("/activity?address=198.51.100.9").rows() == 0
    assert visit(alice.owner).get("/activity.csv?from=x").status == 422
