"""Price lists as people see them: searched, changed, and looked at for losses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.accounts import activity
from portal.infra.db import ResellerSession
from portal.pricing import packages, price_lists, rate_lists
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.models import Package
from portal.pricing.rate_lists import ListName, PackageLosses
from portal.pricing.rating import FreeZone, Rate, Rule
from tests.builders.asked import statements
from tests.builders.conditions import in_one_currency
from tests.cast import LONG_AGO, Cast

TODAY = date(2026, 11, 20)
NEXT_WEEK = TODAY + timedelta(7)
DOLLARS = ListName(currency="USD")


def package(session: ResellerSession, name: str = "Gale", **terms: Any) -> Package:
    return packages.create(session, name=name, conditions=in_one_currency("USD", **terms))


def own(of: Package) -> ListName:
    return ListName(currency="USD", package_id=of.id)


def losses(session: ResellerSession, name: ListName, *rates: Rate) -> list[PackageLosses]:
    """Those of the packages that are made here: the cast's own sells +491 below cost."""
    found = rate_lists.losses(session, name, rates, today=TODAY)
    return [each for each in found if each.package.name != "Starter"]


def write(session: ResellerSession, name: ListName, *rates: Rate) -> None:
    price_lists.set_rates(
        session, rates, currency=name.currency, package_id=name.package_id, route=name.route
    )


@pytest.fixture
def gale(session: ResellerSession) -> Package:
    return package(session, markup_percent_millionths=200_000)


def test_a_list_that_is_not_there_is_empty(session: ResellerSession, gale: Package) -> None:
    assert rate_lists.rates(session, own(gale)) == []
    assert rate_lists.version(session, own(gale)) == 0
    assert rate_lists.search(session, own(gale), on=TODAY) == []


def test_each_route_has_a_list_of_its_own(session: ResellerSession) -> None:
    premium = ListName(currency="USD", route=Route.PREMIUM)
    write(session, premium, Rate("49", 9, LONG_AGO))
    assert rate_lists.rates(session, premium) == [Rate("49", 9, LONG_AGO)]
    assert Rate("49", 9, LONG_AGO) not in rate_lists.rates(session, DOLLARS)
    assert rate_lists.version(session, premium) != rate_lists.version(session, DOLLARS)


def test_a_search_finds_prefixes_and_what_prices_them(
    session: ResellerSession, gale: Package
) -> None:
    name = own(gale)
    write(
        session, name,
        Rate("49", 5, LONG_AGO), Rate("49", 6, NEXT_WEEK), Rate("4915", 7, NEXT_WEEK),
        Rate("1", 1, LONG_AGO), Rate("1876", 2, LONG_AGO),
        Rate("44", 3, LONG_AGO), Rate("44", None, TODAY), Rate("45", 3, LONG_AGO),
        Rate("45", None, NEXT_WEEK),
    )  # fmt: skip
    found = {each.prefix: each for each in rate_lists.search(session, name, on=TODAY)}
    assert list(found) == ["1", "1876", "45", "49", "4915"]
    assert found["49"].holding == Rate("49", 5, LONG_AGO)
    assert found["49"].coming == (Rate("49", 6, NEXT_WEEK),)
    assert found["4915"].holding is None
    assert found["45"].coming == (Rate("45", None, NEXT_WEEK),)

    def prefixes(**asked: Any) -> list[str]:
        rows = rate_lists.search(session, name, on=TODAY, **asked)
        return [each.prefix for each in rows]

    assert prefixes(digits="49") == ["49", "4915"]
    assert prefixes(digits="49151234") == ["49", "4915"]
    assert prefixes(countries={"JM"}) == ["1876"]
    assert prefixes(countries={"DE", "US"}) == ["1", "49", "4915"]
    assert prefixes(countries=set()) == []
    assert rate_lists.lines_of(session, name, "44") == [
        Rate("44", 3, LONG_AGO),
        Rate("44", None, TODAY),
    ]


def test_an_ended_rate_leaves_the_shorter_prefix(session: ResellerSession, gale: Package) -> None:
    name = own(gale)
    write(session, name, Rate("49", 5, LONG_AGO), Rate("491", 6, LONG_AGO))
    write(session, name, Rate("491", None, TODAY))
    table = rate_lists.table(session, name)
    before, after = table.match("49151", TODAY - timedelta(1)), table.match("49151", TODAY)
    assert (before and before.price, after and after.price) == (6, 5)
    write(session, name, Rate("49", None, TODAY))
    assert rate_lists.table(session, name).match("49151", TODAY) is None


def test_a_change_is_in_the_log(session: ResellerSession, gale: Package, cast: Cast) -> None:
    rate_lists.change(session, own(gale), Rate("49", 5, TODAY), by=cast.sam)
    rate_lists.change(session, DOLLARS, Rate("49", 5, TODAY), by=cast.olga)
    session.flush()
    wholesale, of_package = activity.latest(session, limit=2)
    assert (of_package.what, of_package.about_id) == ("rates.changed", gale.id)
    assert of_package.details == {"currency": "USD", "route": "value", "rates": 1}
    assert (wholesale.what, wholesale.person_name) == ("costs.changed", "")
    assert wholesale.details == {"currency": "USD", "route": "value", "rates": 1}


def test_a_change_is_of_the_route_that_was_asked_for(session: ResellerSession, cast: Cast) -> None:
    premium = ListName(currency="USD", route=Route.PREMIUM)
    rate_lists.change(session, premium, Rate("49", 5, TODAY), by=cast.olga)
    assert rate_lists.rates(session, premium) == [Rate("49", 5, TODAY)]


def test_whoever_writes_a_list_holds_it_and_whoever_reads_it_does_not(
    session: ResellerSession,
) -> None:
    with statements(session.get_bind()) as asked:
        held = rate_lists.version(session, DOLLARS, lock=True)
        assert rate_lists.version(session, DOLLARS) == held
    looked = [each for each in asked if "FROM price_lists" in each]
    assert ["FOR UPDATE" in each for each in looked] == [True, False]


def test_a_wholesale_change_names_the_packages_that_it_makes_a_loss_of(
    session: ResellerSession, gale: Package
) -> None:
    flat = package(session, "Flat", flat_fee=70_000)
    packages.create(session, name="Euro", conditions=in_one_currency("EUR", flat_fee=1))
    assert losses(session, DOLLARS) == []

    dearer = [Rate("49", 70_001, NEXT_WEEK), Rate("48500", 70_000, TODAY)]
    (found,) = losses(session, DOLLARS, *dearer)

    assert (found.package, found.on, found.new) == (flat, NEXT_WEEK, {"49"})
    assert [(loss.prefix, loss.price, loss.cost) for loss in found.losses] == [
        ("49", 70_000, 70_001)
    ]


def test_what_is_below_cost_already_is_not_new(session: ResellerSession, gale: Package) -> None:
    name = own(gale)
    write(session, name, Rate("49", 1, LONG_AGO))
    (found,) = losses(session, name, Rate("1", 1, TODAY))
    assert {loss.prefix for loss in found.losses} == {"1", "49"}
    assert found.new == {"1"}
    assert all(loss.rule is Rule.OWN_RATE for loss in found.losses)


def test_a_free_zone_is_free_on_purpose(session: ResellerSession) -> None:
    amounts = {"USD": Amounts(free_zones=(FreeZone(country="DE"),))}
    packages.create(session, name="Zone", conditions=Conditions(amounts=amounts))
    assert losses(session, DOLLARS) == []


def test_a_package_that_sends_by_premium_is_held_against_it(session: ResellerSession) -> None:
    conditions = in_one_currency("USD", flat_fee=70_000)
    premium = ListName(currency="USD", route=Route.PREMIUM)
    routed = Conditions(amounts=conditions.amounts, routes={"DE": Route.PREMIUM})
    packages.create(session, name="Premium", conditions=routed)
    (found,) = losses(session, premium, Rate("49", 80_000, TODAY))
    assert (found.package.name, found.new) == ("Premium", {"49"})
    assert losses(session, DOLLARS, Rate("49", 80_000, TODAY)) == []


def test_own_rates_are_held_against_the_route_that_each_country_goes(
    session: ResellerSession, gale: Package
) -> None:
    """What other currencies and routes say of it does not count."""
    premium = ListName(currency="USD", route=Route.PREMIUM)
    write(session, premium, Rate("49", 80_000, LONG_AGO))
    routed = Conditions(amounts={"USD": Amounts(markup_fixed=1)}, routes={"DE": Route.PREMIUM})
    chosen = packages.create(session, name="Premium", conditions=routed)
    write(session, ListName(currency="EUR", package_id=chosen.id), Rate("49", 1, LONG_AGO))
    (found,) = losses(session, own(chosen), Rate("49", 75_000, TODAY))
    assert [(loss.prefix, loss.price, loss.cost) for loss in found.losses] == [
        ("49", 75_000, 80_000)
    ]
    assert losses(session, own(gale), Rate("49", 75_000, TODAY)) == []


def test_own_rates_still_hold_when_wholesale_changes(session: ResellerSession) -> None:
    flat = package(session, "Flat", flat_fee=70_000)
    write(session, own(flat), Rate("49", 90_000, LONG_AGO))
    write(session, ListName(currency="EUR", package_id=flat.id), Rate("49", 1, LONG_AGO))
    assert losses(session, DOLLARS, Rate("49", 80_000, TODAY)) == []
    (found,) = losses(session, DOLLARS, Rate("49", 90_001, TODAY))
    assert (found.package, found.new) == (flat, {"49"})


def test_what_was_written_already_is_compared_with_what_was_before(
    session: ResellerSession,
) -> None:
    flat = package(session, "Flat", flat_fee=70_000)
    before = rate_lists.rates(session, DOLLARS)

    def since() -> list[tuple[str, date, frozenset[str]]]:
        found = rate_lists.losses_since(session, DOLLARS, before, today=TODAY)
        return [
            (each.package.name, each.on, each.new)
            for each in found
            if each.package.name == flat.name
        ]

    assert since() == []
    write(session, DOLLARS, Rate("49", 70_001, LONG_AGO))
    assert since() == [("Flat", TODAY, {"49"})]
    write(session, DOLLARS, Rate("49", 70_000, LONG_AGO), Rate("49", 70_001, NEXT_WEEK))
    assert since() == [("Flat", NEXT_WEEK, {"49"})]


def test_the_default_package_counts(session: ResellerSession) -> None:
    packages.create(
        session, name="Default", conditions=in_one_currency("USD", flat_fee=1), is_default=True
    )
    found = losses(session, DOLLARS)
    assert "Default" in [each.package.name for each in found]
