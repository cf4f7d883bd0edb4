"""What a message received is said to cost, before one comes in."""

from __future__ import annotations

from datetime import date

from portal.infra.db import ResellerSession
from portal.messaging import incoming_prices
from portal.numbers import stock
from portal.pricing.conditions import Amounts, Conditions
from tests.builders import inbound, selling
from tests.builders.inbound import NUMBER, OTHER_NUMBER
from tests.cast import Cast

FIRST = date(2026, 11, 1)


def test_in_stock_only_the_numbers_own_fee_is_known(session: ResellerSession, cast: Cast) -> None:
    own = stock.add(session, number=NUMBER, fee_per_message=5_000, by=cast.sam)
    none = stock.add(session, number=OTHER_NUMBER, by=cast.sam)
    assert incoming_prices.fees(session, [own, none]) == {own.id: 5_000}
    assert incoming_prices.fees(session, []) == {}


def test_connected_the_package_says_what_the_number_does_not(
    session: ResellerSession, cast: Cast
) -> None:
    said = Conditions(amounts={"USD": Amounts(incoming_fee=20_000)})
    sold = selling.package(session, "Both ways", said)
    selling.give(session, cast.alice, sold, by=cast.sam, on=FIRST)
    own = inbound.give(session, cast.alice, fee=0)
    by_package = inbound.give(session, cast.alice, number=OTHER_NUMBER)
    unsaid = inbound.give(session, cast.henry, number="+12025550183")
    assert incoming_prices.fees(session, [own, by_package, unsaid]) == {
        own.id: 0,
        by_package.id: 20_000,
        unsaid.id: 0,
    }
