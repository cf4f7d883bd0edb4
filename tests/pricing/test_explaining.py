from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pricing import explaining, rating
from portal.pricing.errors import DestinationRefused, NoRate
from portal.pricing.explaining import Considered
from portal.pricing.rating import NO_RATES, FreeZone, Order, Rate, RateTable, Rule, Terms

TODAY = date(2026, 5, 1)
WHOLESALE = RateTable.compile([Rate("49", 9_000, TODAY), Rate("491511", 8_000, TODAY)])
OWN = RateTable.compile([Rate("4915", 12_000, TODAY)])
TERMS = Terms(currency="EUR", fixed=2_500, percent_millionths=200_000)
ORDER = Order(digits="491601234567", country="DE", parts=1)


def test_a_destination_without_a_rate_is_explained_by_its_refusal() -> None:
    order = Order(digits="33612345678", country="FR", parts=1)
    found = explaining.explain(order, TERMS, wholesale=WHOLESALE, own=NO_RATES, on=TODAY)
    assert isinstance(found.refusal, NoRate)
    assert (found.considered, found.quote, found.wholesale_prefix) == ((), None, "")


def test_a_refused_destination_names_the_rate_that_it_would_have_had() -> None:
    terms = Terms(currency="EUR", refused_prefixes=("4916",))
    found = explaining.explain(ORDER, terms, wholesale=WHOLESALE, own=NO_RATES, on=TODAY)
    assert isinstance(found.refusal, DestinationRefused)
    assert found.wholesale_prefix == "49"


def test_every_rule_before_the_one_that_decides_is_told_of() -> None:
    found = explaining.explain(ORDER, TERMS, wholesale=WHOLESALE, own=OWN, on=TODAY)
    assert found.considered == (
        Considered(rule=Rule.ON_NET),
        Considered(rule=Rule.FREE_ZONE),
        Considered(rule=Rule.QUOTA),
        Considered(rule=Rule.OWN_RATE),
        Considered(rule=Rule.FLAT),
        Considered(rule=Rule.MARKUP, prefix="49", unit_price=13_800, decides=True),
    )
    assert found.wholesale_prefix == "49"


def test_an_own_rate_decides_with_its_own_prefix() -> None:
    order = Order(digits="4915112345678", country="DE", parts=1)
    found = explaining.explain(order, TERMS, wholesale=WHOLESALE, own=OWN, on=TODAY)
    assert found.considered[-1] == Considered(
        rule=Rule.OWN_RATE, prefix="4915", unit_price=12_000, decides=True
    )
    assert found.wholesale_prefix == "491511"


@pytest.mark.parametrize(
    ("order", "terms", "rule"),
    [
        ({"own_number": True}, {}, Rule.ON_NET),
        ({}, {"free_zones": (FreeZone(country="DE"),)}, Rule.FREE_ZONE),
        ({"on_quota": True}, {}, Rule.QUOTA),
    ],
)
def test_what_is_free_of_money_has_the_unit_price_0(
    order: dict[str, bool], terms: dict[str, object], rule: Rule
) -> None:
    found = explaining.explain(
        Order(digits="491601234567", country="DE", parts=2, **order),
        Terms(currency="EUR", **terms),
        wholesale=WHOLESALE,
        own=OWN,
        on=TODAY,
    )
    assert (found.considered[-1].rule, found.considered[-1].unit_price) == (rule, 0)


@given(
    st.sampled_from(["4915112345678", "491601234567", "33612345678"]),
    st.none() | st.integers(0, 20_000),
    st.booleans(),
)
def test_it_says_what_rating_does(digits: str, flat: int | None, on_quota: bool) -> None:
    order = Order(digits=digits, country="DE", parts=3, on_quota=on_quota)
    terms = Terms(currency="EUR", flat=flat)
    found = explaining.explain(order, terms, wholesale=WHOLESALE, own=OWN, on=TODAY)
    try:
        quote = rating.quote(order, terms, wholesale=WHOLESALE, own=OWN, on=TODAY)
    except NoRate:
        assert found.quote is None
    else:
        assert found.quote == quote
        assert found.considered[-1].rule is quote.rule
