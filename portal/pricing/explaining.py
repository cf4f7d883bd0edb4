"""Why a number costs what it costs: each rule in turn, and what it would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.pricing import rating
from portal.pricing.errors import PricingError
from portal.pricing.rating import Order, Quote, RateTable, Rule, Terms


@dataclass(frozen=True, kw_only=True)
class Considered:
    """A rule that was looked at: the prefix it matched and the unit price it gives, if it does."""

    rule: Rule
    prefix: str = ""
    unit_price: int | None = None
    decides: bool = False


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The rules in their order down to the one that decides; its quote, or why there is none.

    `wholesale_prefix` is the line of the operator's list that the cost comes from.
    """

    considered: tuple[Considered, ...]
    wholesale_prefix: str
    quote: Quote | None
    refusal: PricingError | None


def explain(
    order: Order, terms: Terms, *, wholesale: RateTable, own: RateTable, on: date
) -> Explanation:
    """What `rating.quote` does with the same arguments, told rule by rule."""
    base = wholesale.match(order.digits, on)
    try:
        found = rating.quote(order, terms, wholesale=wholesale, own=own, on=on)
    except PricingError as refusal:
        return Explanation(
            considered=(),
            wholesale_prefix="" if base is None else base.prefix,
            quote=None,
            refusal=refusal,
        )
    return Explanation(
        considered=tuple(_down_to(found)),
        wholesale_prefix="" if base is None else base.prefix,
        quote=found,
        refusal=None,
    )


_ORDER = (Rule.ON_NET, Rule.FREE_ZONE, Rule.QUOTA, Rule.OWN_RATE, Rule.FLAT, Rule.MARKUP)
_FREE = frozenset({Rule.ON_NET, Rule.FREE_ZONE, Rule.QUOTA})


def _down_to(found: Quote) -> Iterator[Considered]:
    for rule in _ORDER[: _ORDER.index(found.rule)]:
        yield Considered(rule=rule)
    price = 0 if found.rule in _FREE else found.unit_price
    yield Considered(rule=found.rule, prefix=found.prefix, unit_price=price, decides=True)
