"""Every movement of a wallet, with the balance after it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.accounts import wallet
from portal.accounts.models import Client, Person
from portal.accounts.roles import Role
from portal.infra import clock
from portal.web.client import statement
from tests.cast import UNIT

A = "+12025550101"


@pytest.fixture
def this_month():
    return f"{clock.now().astimezone(ZoneInfo('America/New_York')):%Y-%m}"


def _activated(database, firm, day):
    with database.session(firm.reseller_id) as session, session.begin():
        client = session.get(Client, (firm.reseller_id, firm.client_id))
        client.activated_at = datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_whoever_may_not_see_money_is_refused(visit, cast, database):
    owner = cast.alice.owner
    with database.session(owner.reseller_id) as session, session.begin():
        session.get(Person, (owner.reseller_id, owner.person_id)).role = Role.USER.value
    assert visit(owner).get("/statement").status == 403


def test_each_movement_has_its_balance_and_each_message_its_page(visit, cast, sent):
    number = sent(cast.alice.owner, A)
    seen = visit(cast.alice.owner).get("/statement")
    assert seen.rows() == 2
    assert "Message -$0.0138 $99.9862" in seen.text
    assert "Payment: Opening $100.00 $100.00" in seen.text
    assert f'<a href="/messages/{number}">Message</a>' in seen.html


def test_a_reversal_says_what_it_took_back(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        paid = wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=5 * UNIT,
            description="by mistake",
            by=cast.sam,
        )
        wallet.reverse(
            session,
            client_id=cast.alice.client_id,
            transfer_id=paid,
            by=cast.sam,
            reason="was another client's",
        )
    seen = visit(cast.alice.owner).get("/statement")
    assert "Reversal: was another client's -$5.00 $100.00" in seen.text
    assert "Payment (reversed): by mistake $5.00 $105.00" in seen.text


def test_a_month_begins_and_ends_with_what_the_wallet_held(visit, cast, sent, this_month):
    sent(cast.alice.owner, A)
    browser = visit(cast.alice.owner)
    assert browser.get("/statement").rows() == 2
    seen = browser.get(f"/statement?month={this_month}")
    assert seen.rows() == 2
    assert "$0.00 Moved in" in seen.text
    assert "$99.9862 At the end, or now $99.9862" in seen.text


def test_an_earlier_month_has_its_own_movements(visit, cast, database):
    _activated(database, cast.alice, "2026-01-15")
    seen = visit(cast.alice.owner).get("/statement?month=2026-02")
    assert (seen.status, seen.rows()) == (200, 0)
    assert "Nothing was booked in this month." in seen.text
    assert "At the beginning of February 2026 $0.00" in seen.text


@pytest.mark.parametrize("month", ["yesterday", "2026-13", "1999-01", "２０２６-01"])
def test_a_month_that_is_none_is_refused(visit, cast, month):
    seen = visit(cast.alice.owner).get(f"/statement?month={month}")
    assert seen.status == 422
    assert visit(cast.alice.owner).get(f"/statement.csv?month={month}").status == 422


def test_each_wallet_has_its_own_statement(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=7 * UNIT,
            description="in euros",
            currency="EUR",
            priced={"EUR"},
            by=cast.sam,
        )
    browser = visit(cast.alice.owner)
    assert "Payment: in euros €7.00 €7.00" in browser.get("/statement").text
    seen = browser.get("/statement?currency=USD")
    assert "Payment: Opening $100.00 $100.00" in seen.text
    assert "in euros" not in seen.text
    assert browser.get("/statement?currency=PLN").status == 422


def test_a_file_has_the_movements_oldest_first(visit, cast, sent, this_month):
    sent(cast.alice.owner, A)
    seen = visit(cast.alice.owner).get(f"/statement.csv?month={this_month}")
    lines = seen.html.removeprefix("\ufeff").splitlines()
    assert lines[0] == '"date","description","amount","balance","currency"'
    assert [line.split(",")[1:] for line in lines[1:]] == [
        ['"Payment: Opening"', '"100.00"', '"100.00"', '"USD"'],
        ['"Message"', '"-0.0138"', '"99.9862"', '"USD"'],
    ]


def test_a_long_month_is_read_in_pieces(visit, cast, sent, monkeypatch):
    for _ in range(5):
        sent(cast.alice.owner, A)
    monkeypatch.setattr(statement, "_LINES_AT_ONCE", 2)
    assert len(visit(cast.alice.owner).get("/statement.csv").html.splitlines()) == 7


def test_a_client_sees_its_own_wallet_only(visit, cast, sent):
    sent(cast.henry.owner, A)
    assert visit(cast.alice.owner).get("/statement").rows() == 1


def test_the_number_of_statements_does_not_grow_with_movements(visit, cast, sent, counted):
    browser = visit(cast.alice.owner)
    browser.get("/statement")
    with counted() as with_one:
        assert browser.get("/statement").rows() == 1
    sent(cast.alice.owner, A)
    sent(cast.alice.owner, A)
    with counted() as with_three:
        assert browser.get("/statement").rows() == 3
    assert len(with_one) == len(with_three)
