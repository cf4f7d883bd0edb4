"""The reseller's numbers: seen, connected, disconnected."""

from __future__ import annotations

import pytest

from portal.infra.db import Database
from portal.messaging import incoming_prices
from portal.numbers import finding, stock
from tests.builders.inbound import NUMBER, OTHER_NUMBER, give, receive
from tests.builders.money import balance
from tests.cast import HARBOUR, SUNNY, Cast

THIRD_NUMBER = "+12025550183"


@pytest.fixture
def in_stock(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session, session.begin():
        return stock.add(session, number=NUMBER, monthly_fee=2_000_000, by=cast.sam).id


def owner(database: Database) -> int | None:
    with database.session(SUNNY) as session:
        return finding.by_digits(session, NUMBER[1:]).client_id


def test_an_empty_stock_says_where_numbers_come_from(visit, cast):
    assert (
        "Your provider puts numbers into your stock"
        in visit(cast.sam).get("/reseller/numbers").text
    )


@pytest.mark.parametrize(
    ("user", "why"),
    [
        ("", "Which sub-account shall have it?"),
        ("nobody", "There is no sub-account of this user name."),
        ("berta@buch.test", "There is no sub-account of this user name."),
    ],
)
def test_what_cannot_be_connected_is_said_beside_the_field(visit, cast, in_stock, user, why):
    browser = visit(cast.sam)
    browser.get(f"/reseller/numbers/{in_stock}")
    seen = browser.post(f"/reseller/numbers/{in_stock}/connect", user=user)
    assert seen.status == 422
    assert why in seen.text
    assert seen.value_of("user") == user
    assert owner(browser.database) is None


def test_another_currency_is_said(visit, cast, database):
    with database.session(SUNNY) as session, session.begin():
        number = stock.add(session, number=NUMBER, currency="EUR", by=cast.sam)
    browser = visit(cast.sam)
    browser.get(f"/reseller/numbers/{number.id}")
    seen = browser.post(f"/reseller/numbers/{number.id}/connect", user="alice@acme.test")
    assert "This client pays in USD, but the number's fees are in EUR." in seen.text


def test_the_fees_of_connecting(visit, cast, database):
    with database.session(SUNNY) as session, session.begin():
        ids = [
            stock.add(session, number=number, setup_fee=fee, monthly_fee=2_000_000, by=cast.sam).id
            for number, fee in ((NUMBER, 5_000_000), (OTHER_NUMBER, 5_000_000), (THIRD_NUMBER, 0))
        ]
    browser = visit(cast.sam)
    charged = []
    for number_id, fields in zip(ids, ({"setup_fee": "y"}, {}, {"setup_fee": "y"}), strict=True):
        before = spent(database, cast)
        page = browser.get(f"/reseller/numbers/{number_id}")
        offered = "Charge the set-up fee of $5.00 now" in page.text
        assert offered is (number_id != ids[2])
        assert "The monthly fee of $2.00 is charged today" in page.text
        address = f"/reseller/numbers/{number_id}/connect"
        refused = browser.post(address, user="nobody", **fields)
        assert ("checked" in refused.html) is ("setup_fee" in fields and offered)
        for _ in range(2):  # a second click charges nothing more
            browser.follow(browser.post(address, user="alice@acme.test", **fields))
        charged.append(spent(database, cast) - before)
    assert charged == [7_000_000, 2_000_000, 2_000_000]


def test_what_a_message_received_costs(visit, cast, database):
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice, fee=5_000)
        give(session, cast.henry, number=OTHER_NUMBER)
        stock.add(session, number=THIRD_NUMBER, by=cast.sam)
        for number in stock.listed(session):
            found = incoming_prices.fees(session, [number]).get(number.id)
            assert found == {NUMBER: 5_000, OTHER_NUMBER: 0}.get(number.e164)
    listed = visit(cast.sam).get("/reseller/numbers").text
    assert "$0.005" in listed
    assert "$0.00 by package" in listed
    assert listed.count("by package") == 2
    assert (
        visit(cast.olga).get(f"/operator/resellers/{SUNNY}/numbers").text.count("by package") == 2
    )


def spent(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session:
        return -balance(session, cast.alice)


def test_connecting_and_disconnecting(visit, cast, database, in_stock):
    browser = visit(cast.sam)
    page = browser.get(f"/reseller/numbers/{in_stock}")
    assert '<option value="alice@acme.test">Acme, Main</option>' in page.html
    assert "walter" not in page.html
    done = browser.post(f"/reseller/numbers/{in_stock}/connect", user="alice@acme.test")
    seen = browser.follow(done)
    assert "The number is connected." in seen.text
    assert owner(database) == cast.alice.client_id
    listed = browser.get("/reseller/numbers")
    assert (listed.rows(), "Acme" in listed.text, "$2.00" in listed.text) == (1, True, True)
    again = browser.post(f"/reseller/numbers/{in_stock}/connect", user="henry@hardware.test")
    assert "connected already" in browser.follow(again).text
    assert owner(database) == cast.alice.client_id
    browser.follow(browser.post(f"/reseller/numbers/{in_stock}/disconnect"))
    assert owner(database) is None
    activity = browser.get("/reseller/activity").text
    assert "connected a number" in activity
    assert "disconnected a number" in activity


def test_the_inbox_names_the_clients(visit, cast, database):
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice)
        stock.add(session, number=OTHER_NUMBER, by=cast.sam)
        receive(session, "For Acme")
        receive(session, "For nobody", to=OTHER_NUMBER)
    browser = visit(cast.sam)
    seen = browser.get("/reseller/inbox")
    assert (seen.rows(), "Acme" in seen.text, "in stock" in seen.text) == (2, True, True)
    assert browser.get("/reseller/inbox?q=For+nobody").rows() == 1
    assert visit(cast.hanna).get("/reseller/inbox").rows() == 0


def test_the_operator_fills_the_stock(visit, cast, database, in_stock):
    browser = visit(cast.olga)
    address = f"/operator/resellers/{SUNNY}/numbers"
    assert "+1 202-555-0181" in browser.get(address).text
    for given, why in (
        ({"number": "0151"}, "This is no number with its country's code."),
        ({"number": NUMBER}, "This number is in a stock already."),
        ({"number": OTHER_NUMBER, "monthly_fee": "1,5"}, "Write the amount"),
        ({"number": OTHER_NUMBER, "fee_per_message": "-1"}, "Write the amount"),
    ):
        refused = browser.post(address, **given)
        assert (refused.status, why in refused.text) == (422, True), given
    browser.follow(
        browser.post(address, number="+1 202 555 0182", monthly_fee="1.5", fee_per_message="0.005")
    )
    with database.session(SUNNY) as session:
        added = finding.by_digits(session, OTHER_NUMBER[1:])
        assert (added.setup_fee, added.monthly_fee, added.fee_per_message) == (0, 1_500_000, 5_000)
    browser.follow(browser.post(f"{address}/{added.id}/end"))
    assert browser.get(address).rows() == 1
    other = f"/operator/resellers/{HARBOUR}/numbers"
    assert "in a stock already" in browser.post(other, number=NUMBER).text


def test_a_connected_number_stays_in_the_stock(visit, cast, database):
    with database.session(SUNNY) as session, session.begin():
        number = give(session, cast.alice)
    browser = visit(cast.olga)
    browser.get(f"/operator/resellers/{SUNNY}/numbers")
    done = browser.post(f"/operator/resellers/{SUNNY}/numbers/{number.id}/end")
    assert "A client has this number." in browser.follow(done).text
    assert owner(database) == cast.alice.client_id
