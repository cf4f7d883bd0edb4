from datetime import date

from portal.pricing import country_prices
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.country_prices import CountryPrice
from portal.pricing.rating import NO_RATES, Rate, RateTable
from tests.builders.conditions import in_one_currency

TODAY = date(2026, 5, 1)
VALUE = RateTable.compile(
    [
        Rate("49", 9_000, TODAY),
        Rate("491511", 8_000, TODAY),
        Rate("1", 5_000, TODAY),
        Rate("1876", 20_000, TODAY),
        Rate("48600", 7_000, TODAY),
        Rate("881", 90_000, TODAY),
    ]
)
PREMIUM = RateTable.compile([Rate("49", 19_000, TODAY)])
WHOLESALE = {Route.VALUE: VALUE, Route.PREMIUM: PREMIUM}
PLAIN = in_one_currency("EUR", markup_fixed=1_000)


def prices(said: Conditions = PLAIN, *, own: RateTable = NO_RATES) -> dict[str, CountryPrice]:
    terms = said.terms("EUR")
    assert terms is not None
    return country_prices.by_country(said, terms, wholesale=WHOLESALE, own=own, on=TODAY)


def test_a_country_without_a_rate_is_not_there() -> None:
    found = prices()
    assert "FR" not in found
    assert None not in found  # satellites belong to no country


def test_the_usual_price_is_the_dial_codes_and_networks_may_differ() -> None:
    assert prices()["DE"] == CountryPrice(
        country="DE",
        lowest=9_000,
        highest=10_000,
        usual=10_000,
        lowest_cost=8_000,
        highest_cost=9_000,
        networks=2,
    )


def test_countries_that_share_a_dial_code_each_have_its_price() -> None:
    found = prices()
    assert (found["US"].usual, found["CA"].usual) == (6_000, 6_000)
    assert found["CA"].networks == 1
    # Jamaica's own prefix counts, beside what the shared code would cost.
    assert (found["JM"].lowest, found["JM"].highest) == (6_000, 21_000)


def test_a_country_reached_by_some_networks_only_has_no_usual_price() -> None:
    found = prices()["PL"]
    assert (found.usual, found.lowest, found.networks) == (None, 8_000, 1)


def test_an_own_rate_has_a_place_of_its_own() -> None:
    own = RateTable.compile([Rate("4917", 3_000, TODAY)])
    found = prices(own=own)["DE"]
    assert (found.lowest, found.highest, found.networks) == (3_000, 10_000, 3)


def test_the_route_of_a_country_decides_which_list_its_cost_is_from() -> None:
    said = Conditions(amounts={"EUR": Amounts()}, routes={"DE": Route.PREMIUM})
    found = prices(said)
    assert (found["DE"].usual, found["DE"].lowest) == (19_000, 19_000)
    assert found["US"].usual == 5_000


def test_refused_countries_are_not_there() -> None:
    said = Conditions(amounts={"EUR": Amounts()}, refused_countries=("DE",))
    assert "DE" not in prices(said)
