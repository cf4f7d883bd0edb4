"""The prices of all countries, made once."""

from __future__ import annotations

from portal.infra.db import ResellerSession
from portal.messaging import facts, price_table
from portal.messaging.facts import Facts
from portal.pricing import packages, price_lists, selling
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.rating import Rate
from tests.cast import LONG_AGO, Cast


def _facts(session: ResellerSession, cast: Cast) -> Facts:
    return facts.read(session, actor=cast.alice.owner, sub_account_id=None)


def test_nobody_without_a_price_has_a_table(session: ResellerSession, cast: Cast) -> None:
    found = _facts(session, cast)
    package = packages.by_id(session, found.package_id or 0)
    today = selling.today(session)
    euros = Conditions(amounts={"EUR": Amounts()})
    packages.change(session, package, euros, valid_from=today, today=today)
    assert price_table.prices(_facts(session, cast)) == {}


def test_each_country_has_its_price(session: ResellerSession, cast: Cast) -> None:
    prices = price_table.prices(_facts(session, cast))
    assert prices["US"].usual == 13_800
    germany = prices["DE"]
    assert (germany.usual, germany.lowest, germany.highest) == (75_000, 30_000, 75_000)
    assert "FR" not in prices


def test_a_table_is_made_once(session: ResellerSession, cast: Cast) -> None:
    first = price_table.prices(_facts(session, cast))
    assert price_table.prices(_facts(session, cast)) is first


def test_a_new_rate_makes_another_table(session: ResellerSession, cast: Cast) -> None:
    price_table.prices(_facts(session, cast))
    price_lists.set_rates(session, [Rate("33", 1_000, LONG_AGO)], currency="USD")
    assert price_table.prices(_facts(session, cast))["FR"].usual == 4_200


def test_a_new_version_makes_another_table(session: ResellerSession, cast: Cast) -> None:
    found = _facts(session, cast)
    price_table.prices(found)
    package = packages.by_id(session, found.package_id or 0)
    today = selling.today(session)
    flat = Conditions(amounts={"USD": Amounts(flat_fee=5)})
    packages.change(session, package, flat, valid_from=today, today=today)
    assert price_table.prices(_facts(session, cast))["US"].usual == 5
