"""The console: resellers, gateways, and whether the books agree."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.accounts import cover
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.tenancy import resellers
from tests.cast import HARBOUR, SUNNY, UNIT

PAGES = ["/operator/resellers", "/operator/gateways", "/operator/ledger"]


@pytest.mark.parametrize("path", PAGES)
def test_the_console_is_on_its_own_host_only(visit, cast, path):
    assert visit(cast.sam).get(path).status == 404
    assert visit(cast.alice.owner).get(path).status == 404
    assert visit(host=cast.sunny_host).get(path).status == 404
    asked = visit(host=cast.console_host).get(path)
    assert (asked.status, asked.location) == (303, f"/login?next={path}")


def test_a_reader_looks_and_changes_nothing(visit, cast, database):
    with database.session(0) as session, session.begin():
        person = session.get(Person, (0, cast.olga.person_id))
        person.role = Role.OPERATOR_READER.value
    olga = visit(cast.olga)
    path = f"/operator/resellers/{SUNNY}"
    assert olga.get(path).status == 200
    assert olga.post(f"{path}/cover", amount="1", description="x", key="k").status == 403
    assert olga.post(f"{path}/suspend").status == 403
    assert olga.post(f"{path}/resume").status == 403


def test_the_list_has_every_reseller_with_what_stands_between_it_and_a_stop(visit, cast, sent):
    sent(cast.alice.owner, "+12025550101")
    seen = visit(cast.olga).get("/operator/resellers")
    assert seen.status == 200
    assert seen.rows() == 2
    assert "2001 SunnyText sunny.localhost Active $999.991 3" in seen.text
    assert "2002 Harbour harbour.localhost Active €1,000.00 1" in seen.text
    assert "Wholesale console.localhost" not in seen.text


def test_the_number_of_statements_does_not_grow_with_resellers(visit, cast, database, counted):
    olga = visit(cast.olga)
    olga.get("/operator/resellers")
    with counted() as with_two:
        olga.get("/operator/resellers")
    for number in (3, 4):
        with database.session(number) as session, session.begin():
            resellers.create(
                session,
                number=3000 + number,
                slug=f"more-{number}",
                name=f"More {number}",
                currency="USD",
                language="en",
                time_zone="UTC",
                country="US",
                email="office@more.test",
            )
    with counted() as with_four:
        assert olga.get("/operator/resellers").rows() == 4
    assert len(with_two) == len(with_four)


def test_a_reseller_that_is_none_and_the_operator_itself_have_no_page(visit, cast):
    olga = visit(cast.olga)
    olga.get("/operator/ledger")
    for number in ("99", "0", str(2**63)):
        assert olga.get(f"/operator/resellers/{number}").status == 404
    assert olga.post("/operator/resellers/99/suspend").status == 404
    assert olga.post("/operator/resellers/0/suspend").status == 404


def test_a_resellers_page_has_its_cover_and_what_moved_on_it(visit, cast):
    seen = visit(cast.olga).get(f"/operator/resellers/{HARBOUR}")
    assert seen.status == 200
    assert "Cover €1,000.00" in seen.text
    assert "Payment: Opening – €1,000.00 €1,000.00" in seen.text


def test_a_top_up_is_credited_once_however_often_it_is_clicked(visit, cast, database):
    olga = visit(cast.olga)
    path = f"/operator/resellers/{SUNNY}"
    key = olga.get(path).value_of("key")
    for _ in range(2):
        answer = olga.post(f"{path}/cover", amount="50", description="Invoice 7", key=key)
    assert "Payment: Invoice 7 Olga Tester $50.00 $1,050.00" in olga.follow(answer).text
    assert _cover(database, SUNNY) == 1050 * UNIT


@pytest.mark.parametrize("amount", ["0", "12,50", "-5", ""])
def test_an_amount_that_is_none_keeps_what_was_typed(visit, cast, database, amount):
    olga = visit(cast.olga)
    path = f"/operator/resellers/{SUNNY}"
    key = olga.get(path).value_of("key")
    seen = olga.post(f"{path}/cover", amount=amount, description="Invoice 7", key=key)
    assert seen.status == 422
    assert (seen.value_of("amount"), seen.value_of("description")) == (amount, "Invoice 7")
    assert _cover(database, SUNNY) == 1000 * UNIT


def test_a_suspended_resellers_clients_cannot_send_until_it_is_resumed(visit, cast):
    olga = visit(cast.olga)
    path = f"/operator/resellers/{SUNNY}"
    olga.get(path)
    assert "Suspended" in olga.follow(olga.post(f"{path}/suspend")).text
    alice = visit(cast.alice.owner)
    key = alice.get("/send").value_of("key")
    assert alice.post("/send", to="+12025550101", text="Hello", key=key).status == 422
    assert "Active" in olga.follow(olga.post(f"{path}/resume")).text
    assert alice.post("/send", to="+12025550101", text="Hello", key=key).status == 303


def test_gateways_are_listed_without_their_secrets(visit, cast):
    seen = visit(cast.olga).get("/operator/gateways")
    assert seen.status == 200
    assert seen.rows() == 1
    assert "Sandbox Sandbox On" in seen.text
    assert "sandbox-hook-token" not in seen.html


def test_books_that_agree(visit, cast, sent):
    sent(cast.alice.owner, "+12025550101")
    olga = visit(cast.olga)
    assert "Not proved yet" in olga.get("/operator/ledger").text
    seen = olga.post("/operator/ledger/prove")
    assert seen.status == 200
    assert "The books agree" in seen.text
    assert "accounts were computed anew from" in seen.text


def test_books_that_do_not_agree_name_the_row(visit, cast, database):
    with database.session(SUNNY) as session:
        account_id = cover.account(session, currency="USD")
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text("UPDATE ledger_accounts SET credits = credits + 1 WHERE id = :id"),
            {"id": account_id},
        )
    olga = visit(cast.olga)
    olga.get("/operator/ledger")
    seen = olga.post("/operator/ledger/prove")
    assert "The books do not agree." in seen.text
    assert str(account_id) in seen.text


def _cover(database, reseller_id):
    with database.session(reseller_id) as session:
        return cover.balance(session)
