"""The price of one message: rate tables in memory, and the rules in their order.

Amounts are millionths of one currency, in which the terms and both tables are; parts are counted
before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique

from portal.pricing import markup
from portal.pricing.errors import DestinationRefused, NoRate

_PREFIX = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Rate:
    """One line of a price list: what a part costs to numbers that begin so, from a day on.

    Without a price, the rate of the prefix ends on that day: its numbers cost what the next shorter
    prefix says.
    """

    prefix: str
    price: int | None
    valid_from: date


@dataclass(frozen=True)
class Match:
    """The rate that holds for a number."""

    prefix: str
    price: int


@dataclass(frozen=True)
class RateTable:
    """A price list, compiled once and then only read."""

    _by_prefix: dict[str, tuple[tuple[date, Match | None], ...]]
    _lengths: tuple[int, ...]

    @classmethod
    def compile(cls, rates: Iterable[Rate]) -> RateTable:
        """Sort the lines of a list for `match`.

        Raises:
            ValueError: if a prefix is not 1 to 15 digits, a price is below zero, or two lines have
                the same prefix and day.
        """
        by_prefix: defaultdict[str, dict[date, Match | None]] = defaultdict(dict)
        for rate in rates:
            price = rate.price
            if _PREFIX.fullmatch(rate.prefix) is None or (price is not None and price < 0):
                raise ValueError(f"no rate: {rate}")
            days = by_prefix[rate.prefix]
            if rate.valid_from in days:
                raise ValueError(f"two rates for {rate.prefix} from {rate.valid_from}")
            days[rate.valid_from] = None if price is None else Match(rate.prefix, price)
        newest_first = {
            prefix: tuple(sorted(days.items(), key=lambda day: day[0], reverse=True))
            for prefix, days in by_prefix.items()
        }
        return cls(newest_first, tuple(sorted({len(p) for p in newest_first}, reverse=True)))

    def match(self, digits: str, on: date) -> Match | None:
        """The longest prefix with a rate valid on that day, and its newest; digits without plus."""
        by_prefix = self._by_prefix
        for length in self._lengths:
            for valid_from, found in by_prefix.get(digits[:length], ()):
                if valid_from <= on:
                    if found is None:
                        break
                    return found
        return None

    def begins(self, digits: str, on: date) -> date | None:
        """Since when the rate holds that `match` finds; None where there is none."""
        found = self.match(digits, on)
        if found is None:
            return None
        return next(day for day, _ in self._by_prefix[found.prefix] if day <= on)

    def prefixes(self) -> Iterable[str]:
        """Every prefix that the list has a line for, in no order."""
        return self._by_prefix.keys()


NO_RATES = RateTable.compile(())


@unique
class Pulse(StrEnum):
    """What the unit price is charged for."""

    PART = "part"
    MESSAGE = "message"


@unique
class Rule(StrEnum):
    """Which rule made the price."""

    ON_NET = "on_net"
    FREE_ZONE = "free_zone"
    QUOTA = "quota"
    OWN_RATE = "own_rate"
    FLAT = "flat"
    MARKUP = "markup"


@dataclass(frozen=True, kw_only=True)
class FreeZone:
    """Where sending is free: all that is given must hold; `cost_max` is of the wholesale price."""

    country: str | None = None
    prefix: str | None = None
    cost_max: int | None = None

    def __post_init__(self) -> None:
        if self.country is None and self.prefix is None and self.cost_max is None:
            raise ValueError("a free zone without a condition would make everything free")

    def holds(self, *, digits: str, country: str, cost: int) -> bool:
        """Whether a message to this number, at this wholesale price, is free."""
        return (
            (self.country is None or self.country == country)
            and (self.prefix is None or digits.startswith(self.prefix))
            and (self.cost_max is None or cost <= self.cost_max)
        )


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a package, or a reseller's defaults, says of prices in one currency."""

    currency: str
    refused_countries: frozenset[str] = frozenset()
    refused_prefixes: tuple[str, ...] = ()
    on_net_free: bool = False
    free_zones: tuple[FreeZone, ...] = ()
    flat: int | None = None
    fixed: int = 0
    percent_millionths: int = 0
    pulse: Pulse = Pulse.PART
    addition: int = 0
    """Per message, when any of it is charged."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a price depends on: the recipient and the parts, and what is left of the bundles.

    `on_net` says that the recipient is an inbound number of this installation, `own_number` that it
    is one of the same client, `on_quota` that the sub-account is prepaid in parts.
    """

    digits: str
    country: str
    parts: int
    on_net: bool = False
    own_number: bool = False
    on_quota: bool = False
    bundle_left: int = 0


@dataclass(frozen=True, kw_only=True)
class Quote:
    """How a price came about: the receipt that is frozen on the message.

    `prefix` is the one that the rule matched: of the own rate, of the free zone if it has one, else
    of the wholesale rate. `fixed` and `percent_millionths` are 0 but under the rule of markup.
    """

    rule: Rule
    prefix: str
    unit_cost: int
    cost: int
    fixed: int = 0
    percent_millionths: int = 0
    parts: int
    bundle_parts: int = 0
    quota_parts: int = 0
    pulse: Pulse
    unit_price: int = 0
    addition: int = 0
    price: int = 0
    currency: str

    @property
    def loses(self) -> bool:
        """Whether the message would be sold below its cost if no bundle gave any part of it."""
        if self.rule not in _SOLD:
            return False
        pulses = self.parts if self.pulse is Pulse.PART else 1
        return pulses * self.unit_price + self.addition < self.cost


_SOLD = frozenset({Rule.OWN_RATE, Rule.FLAT, Rule.MARKUP})


def quote(order: Order, terms: Terms, *, wholesale: RateTable, own: RateTable, on: date) -> Quote:
    """Price a message: the first rule that holds, then the bundle, the pulse and the addition.

    The rules in order: refused destination; on-net, free where the terms say so and always between
    a client's own numbers; free zone; a quota, which pays in parts what would cost money; the
    package's own rate; its flat fee; markup on the wholesale rate. The reseller pays parts times
    wholesale rate in each but on-net, which reaches no gateway. The bundle takes as many parts as
    it has left, and the rest is charged; a free message takes none.

    Raises:
        DestinationRefused: if the terms refuse the number's country or prefix.
        NoRate: if the wholesale list has no rate, even where the client's price would not need one.
    """
    digits = order.digits
    if order.country in terms.refused_countries or digits.startswith(terms.refused_prefixes):
        raise DestinationRefused(digits, country=order.country)
    if order.own_number or (order.on_net and terms.on_net_free):
        return _free(order, terms, rule=Rule.ON_NET, prefix="", unit_cost=0)
    base = wholesale.match(digits, on)
    if base is None:
        raise NoRate(digits, on=on)
    for zone in terms.free_zones:
        if zone.holds(digits=digits, country=order.country, cost=base.price):
            prefix = zone.prefix or base.prefix
            return _free(order, terms, rule=Rule.FREE_ZONE, prefix=prefix, unit_cost=base.price)
    if order.on_quota:
        found = _free(order, terms, rule=Rule.QUOTA, prefix=base.prefix, unit_cost=base.price)
        return replace(found, quota_parts=order.parts)
    custom = own.match(digits, on)
    if custom is not None:
        price = _Price(Rule.OWN_RATE, custom.prefix, custom.price)
    elif terms.flat is not None:
        price = _Price(Rule.FLAT, base.prefix, terms.flat)
    else:
        marked_up = markup.unit_price(
            base.price, fixed=terms.fixed, percent_millionths=terms.percent_millionths
        )
        price = _Price(Rule.MARKUP, base.prefix, marked_up, terms.fixed, terms.percent_millionths)
    return _charged(order, terms, price, unit_cost=base.price)


@dataclass(frozen=True)
class _Price:
    rule: Rule
    prefix: str
    unit_price: int
    fixed: int = 0
    percent_millionths: int = 0


def _free(order: Order, terms: Terms, *, rule: Rule, prefix: str, unit_cost: int) -> Quote:
    return Quote(
        rule=rule,
        prefix=prefix,
        unit_cost=unit_cost,
        cost=unit_cost * order.parts,
        parts=order.parts,
        pulse=terms.pulse,
        currency=terms.currency,
    )


def _charged(order: Order, terms: Terms, found: _Price, *, unit_cost: int) -> Quote:
    parts = order.parts
    bundle_parts = min(max(order.bundle_left, 0), parts)
    rest = parts - bundle_parts
    pulses = rest if terms.pulse is Pulse.PART else min(rest, 1)
    addition = terms.addition if rest else 0
    return Quote(
        rule=found.rule,
        prefix=found.prefix,
        unit_cost=unit_cost,
        cost=unit_cost * parts,
        fixed=found.fixed,
        percent_millionths=found.percent_millionths,
        parts=parts,
        bundle_parts=bundle_parts,
        pulse=terms.pulse,
        unit_price=found.unit_price,
        addition=addition,
        price=pulses * found.unit_price + addition,
        currency=terms.currency,
    )
