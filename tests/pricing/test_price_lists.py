"""Packages and price lists in the database, and the tables compiled from them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.infra.db import ResellerSession
from portal.pricing import price_lists
from portal.pricing.conditions import Route
from portal.pricing.models import PriceList
from portal.pricing.rating import NO_RATES, Match, Rate
from tests.cast import LONG_AGO

TODAY = date(2026, 11, 20)


def version(session: ResellerSession, list_id: int) -> int:
    return session.scalars(select(PriceList.version).where(PriceList.id == list_id)).one()


@pytest.mark.parametrize(
    "rate", [Rate("1", -1, LONG_AGO), Rate("01", 1, LONG_AGO), Rate("1" * 16, 1, LONG_AGO)]
)
def test_the_table_refuses_what_is_no_rate(session: ResellerSession, rate: Rate) -> None:
    with pytest.raises(DBAPIError):
        price_lists.set_rates(session, [rate], currency="USD")


def test_rates_are_added_and_replaced_by_prefix_and_day(session: ResellerSession) -> None:
    before = price_lists.wholesale_rates(session, currency="USD")
    added = [
        Rate("1", 5, LONG_AGO),
        Rate("1", 7, TODAY),
        Rate("44", 8, TODAY),
        Rate("44", 9, TODAY),
    ]
    price_lists.set_rates(session, added, currency="USD")

    found = price_lists.wholesale_rates(session, currency="USD")

    kept = [rate for rate in before if rate.prefix != "1"]
    latest = [Rate("1", 5, LONG_AGO), Rate("1", 7, TODAY), Rate("44", 9, TODAY)]
    assert sorted(found, key=str) == sorted([*kept, *latest], key=str)
    assert price_lists.wholesale_rates(session, currency="JPY") == []


def test_each_route_has_prices_of_its_own(session: ResellerSession) -> None:
    premium = [Rate("1", 50, TODAY)]
    price_lists.set_rates(session, premium, currency="USD", route=Route.PREMIUM)
    found = price_lists.wholesale_rates(session, currency="USD", route=Route.PREMIUM)
    assert found == premium
    assert premium[0] not in price_lists.wholesale_rates(session, currency="USD")


def test_each_currency_and_package_has_a_list_of_its_own(
    session: ResellerSession, harbour_session: ResellerSession
) -> None:
    lists = {
        price_lists.set_rates(session, [], currency="USD"),
        price_lists.set_rates(session, [], currency="EUR"),
        price_lists.set_rates(session, [], currency="USD", package_id=7),
        price_lists.set_rates(harbour_session, [], currency="EUR"),
    }
    assert len(lists) == 4
    assert price_lists.set_rates(session, [], currency="USD") in lists


def test_wholesale_is_in_the_currencies_of_its_lists(session: ResellerSession) -> None:
    price_lists.set_rates(session, [], currency="CHF", package_id=7)
    assert price_lists.wholesale_currencies(session) == ["USD"]
    price_lists.set_rates(session, [], currency="EUR")
    assert price_lists.wholesale_currencies(session) == ["EUR", "USD"]


def test_a_table_is_compiled_once_for_each_version(session: ResellerSession) -> None:
    list_id = price_lists.set_rates(session, [Rate("44", 1, LONG_AGO)], currency="USD")
    old = version(session, list_id)
    first = price_lists.table(session, list_id, old)
    assert price_lists.table(session, list_id, old) is first

    price_lists.set_rates(session, [Rate("44", 2, LONG_AGO)], currency="USD")

    new = version(session, list_id)
    assert new > old
    second = price_lists.table(session, list_id, new)
    assert (first.match("441", TODAY), second.match("441", TODAY)) == (
        Match("44", 1), Match("44", 2),
    )  # fmt: skip


def test_a_list_that_is_not_there_has_no_rates(session: ResellerSession) -> None:
    assert price_lists.table(session, None, None) is NO_RATES
    assert price_lists.table(session, 1, None) is NO_RATES


def test_memory_is_bounded(session: ResellerSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_lists, "_tables", {})
    monkeypatch.setattr(price_lists, "_TABLES_MAX", 2)
    list_id = price_lists.set_rates(session, [], currency="USD")
    for number in range(5):
        price_lists.table(session, list_id, number)
    assert len(price_lists._tables) <= 2
