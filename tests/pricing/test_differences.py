"""What changes between versions, the short way to say routes, and which countries are reached."""

from __future__ import annotations

from datetime import date

import pytest

from portal.pricing import coverage, differences, ways
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.coverage import Tables
from portal.pricing.differences import Difference
from portal.pricing.free_parts import Offer
from portal.pricing.rating import NO_RATES, Pulse, Rate, RateTable

DAY = date(2026, 11, 1)
VALUE = RateTable.compile([Rate("49", 60_000, DAY), Rate("1", 9_000, DAY)])


def test_nothing_differs_between_equals():
    says = Conditions(amounts={"USD": Amounts(monthly_fee=5)}, bundles=(Offer(parts=1),))
    assert differences.between(says, says) == []


def test_every_difference_is_named():
    before = Conditions(amounts={"EUR": Amounts(), "USD": Amounts(monthly_fee=5)})
    after = Conditions(
        amounts={"GBP": Amounts(), "USD": Amounts(monthly_fee=6, flat_fee=0)},
        pulse=Pulse.MESSAGE,
        refused_countries=("KP",),
    )
    assert differences.between(before, after) == [
        Difference("pulse", Pulse.PART, Pulse.MESSAGE),
        Difference("refused_countries", (), ("KP",)),
        Difference("amounts", Amounts(), None, "EUR"),
        Difference("amounts", None, Amounts(), "GBP"),
        Difference("flat_fee", None, 0, "USD"),
        Difference("monthly_fee", 5, 6, "USD"),
    ]


@pytest.mark.parametrize(
    ("routes", "usual", "exceptions"),
    [
        ({}, Route.VALUE, ()),
        ({"*": Route.VALUE, "DE": Route.VALUE}, Route.VALUE, ()),
        ({"US": Route.PREMIUM, "DE": Route.PREMIUM}, Route.VALUE, ("DE", "US")),
        ({"*": Route.PREMIUM, "US": Route.VALUE, "DE": Route.PREMIUM}, Route.PREMIUM, ("US",)),
    ],
)
def test_routes_are_one_for_all_and_the_exceptions(routes, usual, exceptions):
    known = ways.ways(routes)
    assert (known.usual, known.exceptions) == (usual, exceptions)
    again = Conditions(amounts={}, routes=ways.routes(usual, exceptions))
    before = Conditions(amounts={}, routes=routes)
    for country in ("DE", "US", "PL"):
        assert again.route(country) is before.route(country)


def test_a_country_is_reached_refused_or_has_no_rate():
    says = Conditions(
        amounts={"USD": Amounts(markup_fixed=1_000)},
        refused_countries=("CA",),
        routes={"US": Route.PREMIUM},
    )
    terms = says.terms("USD")
    assert terms is not None
    tables = Tables(wholesale={Route.VALUE: VALUE, Route.PREMIUM: NO_RATES}, own=NO_RATES)
    germany, canada, states = coverage.of(["DE", "CA", "US"], says, terms, tables, on=DAY)
    assert [each.country for each in (germany, canada, states)] == ["DE", "CA", "US"]
    assert (germany.quote is not None, germany.margin) == (True, 1_000)
    assert (canada.quote, canada.refused, canada.margin) == (None, True, 0)
    assert (states.quote, states.refused) == (None, False)
    gaps = coverage.gaps(says, terms, tables, on=DAY)
    assert {"US", "PL"} <= set(gaps)
    assert not {"DE", "CA", "JM"} & set(gaps)  # Jamaica begins with a 1 as well


@pytest.mark.parametrize(("country", "digits"), [("DE", "491"), ("US", "1"), ("AC", "247")])
def test_every_country_has_a_number_to_try(country, digits):
    assert coverage.ordinary_number(country).startswith(digits)


def test_what_is_no_country_has_no_number():
    assert coverage.ordinary_number("XX") == ""
