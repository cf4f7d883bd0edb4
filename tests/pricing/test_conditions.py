from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.free_parts import Offer
from portal.pricing.rating import FreeZone, Pulse, Terms
from tests.builders.conditions import in_one_currency

ZONE = FreeZone(prefix="49151")


def test_a_currency_without_amounts_has_no_terms() -> None:
    assert Conditions(amounts={"EUR": Amounts()}).terms("USD") is None


def test_the_terms_of_a_currency_are_its_amounts_and_what_holds_for_all() -> None:
    said = Conditions(
        amounts={
            "EUR": Amounts(
                markup_fixed=2_500, addition_per_message=100, flat_fee=9_000, free_zones=(ZONE,)
            ),
            "USD": Amounts(markup_fixed=3_000),
        },
        pulse=Pulse.MESSAGE,
        markup_percent_millionths=200_000,
        on_net_free=True,
        refused_countries=("CU",),
        refused_prefixes=("881",),
    )
    assert said.terms("EUR") == Terms(
        currency="EUR",
        refused_countries=frozenset({"CU"}),
        refused_prefixes=("881",),
        on_net_free=True,
        free_zones=(ZONE,),
        flat=9_000,
        fixed=2_500,
        percent_millionths=200_000,
        pulse=Pulse.MESSAGE,
        addition=100,
    )
    dollars = said.terms("USD")
    assert dollars is not None
    assert (dollars.fixed, dollars.flat, dollars.free_zones) == (3_000, None, ())


def test_the_route_is_chosen_by_country_and_is_value_where_nothing_is_said() -> None:
    plain = Conditions(amounts={})
    assert plain.route("DE") is Route.VALUE
    chosen = Conditions(amounts={}, routes={"DE": Route.PREMIUM})
    assert (chosen.route("DE"), chosen.route("FR")) == (Route.PREMIUM, Route.VALUE)
    others = Conditions(amounts={}, routes={"DE": Route.VALUE, "*": Route.PREMIUM})
    assert (others.route("DE"), others.route("FR")) == (Route.VALUE, Route.PREMIUM)


def test_a_plain_package_is_in_one_currency_with_one_bundle_for_everything() -> None:
    found = in_one_currency("USD", monthly_fee=9_000_000, bundle_parts=100)
    assert found == Conditions(
        amounts={"USD": Amounts(monthly_fee=9_000_000)}, bundles=(Offer(parts=100),)
    )
    assert in_one_currency("USD").bundles == ()


def test_what_is_paid_in_parts_keeps_to_the_package_without_its_amounts() -> None:
    said = Conditions(amounts={"EUR": Amounts(markup_fixed=5)}, refused_countries=("CU",))
    dollars = said.terms_in_parts("USD")
    assert (dollars.currency, dollars.fixed) == ("USD", 0)
    assert dollars.refused_countries == frozenset({"CU"})
    assert said.terms_in_parts("EUR") == said.terms("EUR")
