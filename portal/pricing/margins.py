"""Where a sell price is below the cost: pure, over whole price lists at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.pricing import markup, rate_destinations
from portal.pricing.conditions import Conditions, Route
from portal.pricing.rating import NO_RATES, RateTable, Rule, Terms


@dataclass(frozen=True)
class Loss:
    """A destination that is sold below its cost; both are of a part, in millionths.

    It is the numbers that begin with the prefix and with no longer one of either list.
    """

    prefix: str
    price: int
    cost: int
    rule: Rule


def below_cost(
    terms: Terms,
    *,
    wholesale: RateTable,
    own: RateTable,
    on: date,
    only: Callable[[str], bool] | None = None,
) -> list[Loss]:
    """Every prefix of both lists whose unit price is below its wholesale rate on a day, by prefix.

    A message of one part would lose money there, as `rating.quote` prices it; what is added per
    message and what a bundle or a quota pays are left out. Refused destinations are not sold, and
    those without a wholesale rate neither. A free zone is below any cost: its rule tells it apart.
    With `only`, prefixes for which it says no are passed over.
    """
    refused = terms.refused_prefixes
    by_country = bool(terms.refused_countries) or any(
        zone.country is not None for zone in terms.free_zones
    )
    losses = []
    for prefix in sorted({*wholesale.prefixes(), *own.prefixes()}):
        base = wholesale.match(prefix, on)
        # Nothing is sold below a cost of 0.
        if base is None or base.price == 0 or (refused and prefix.startswith(refused)):
            continue
        if only is not None and not only(prefix):
            continue
        country = rate_destinations.country_of(prefix) if by_country else ""
        if country in terms.refused_countries:
            continue
        price, rule = _unit_price(terms, prefix, country, cost=base.price, own=own, on=on)
        if price < base.price:
            losses.append(Loss(prefix, price, base.price, rule))
    return losses


def _unit_price(
    terms: Terms, prefix: str, country: str, *, cost: int, own: RateTable, on: date
) -> tuple[int, Rule]:
    """The rules of `rating.quote` that depend on the destination alone, in their order."""
    for zone in terms.free_zones:
        if zone.holds(digits=prefix, country=country, cost=cost):
            return 0, Rule.FREE_ZONE
    custom = own.match(prefix, on)
    if custom is not None:
        return custom.price, Rule.OWN_RATE
    if terms.flat is not None:
        return terms.flat, Rule.FLAT
    price = markup.unit_price(cost, fixed=terms.fixed, percent_millionths=terms.percent_millionths)
    return price, Rule.MARKUP


def of_conditions(
    conditions: Conditions,
    *,
    currency: str,
    wholesale: Mapping[Route, RateTable],
    own: RateTable,
    on: date,
) -> list[Loss]:
    """What a package sells below cost in a currency, by each route that it sends by.

    A route without a list has no rates, and so nothing is sold by it.
    """
    terms = conditions.terms(currency)
    if terms is None:
        return []
    if not conditions.routes:
        table = wholesale.get(Route.VALUE, NO_RATES)
        return below_cost(terms, wholesale=table, own=own, on=on)

    def goes_by(route: Route) -> Callable[[str], bool]:
        return lambda prefix: conditions.route(rate_destinations.country_of(prefix)) is route

    return [
        loss
        for route, table in wholesale.items()
        for loss in below_cost(terms, wholesale=table, own=own, on=on, only=goes_by(route))
    ]
