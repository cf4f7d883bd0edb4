"""Messages that were sent, priced again by what a package might say.

Pure: the messages come in the order of their acceptance, and nothing is kept of them but sums. What
a number costs depends on the longest of the prefixes that any rule knows, so that messages of the
same prefix, day and size are priced once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from typing import NamedTuple

from portal.pricing import free_parts, rating
from portal.pricing.conditions import Conditions, Route
from portal.pricing.errors import DestinationRefused, NoRate
from portal.pricing.free_parts import Counts, Left, Offer
from portal.pricing.rating import Order, Quote, RateTable, Terms


class Unpriced(Enum):
    """Why a message would not have been sent."""

    NO_RATE = auto()
    REFUSED = auto()


class Sent(NamedTuple):
    """A message: `counted` is False for one that only uses up bundles before the time looked at.

    `on_net` and `own_number` are those of `rating.Order`.
    """

    client_id: int
    sub_account_id: int
    digits: str
    country: str
    parts: int
    day: date
    on_net: bool = False
    own_number: bool = False
    on_quota: bool = False
    counted: bool = True


_Alike = tuple[str, str, date, int, int, tuple[bool, bool], bool]
"""What decides a price: prefix, country, day, parts, free parts left, number inside, quota."""


@dataclass
class Sums:
    """What messages come to; amounts in millionths. The unpriced are in no other number."""

    messages: int = 0
    parts: int = 0
    free_parts: int = 0
    price: int = 0
    cost: int = 0
    no_rate: int = 0
    refused: int = 0

    @property
    def profit(self) -> int:
        """What is left of the price."""
        return self.price - self.cost

    def add(self, other: Sums) -> None:
        """Take these into the sums."""
        self.messages += other.messages
        self.parts += other.parts
        self.free_parts += other.free_parts
        self.price += other.price
        self.cost += other.cost
        self.no_rate += other.no_rate
        self.refused += other.refused


class Replay:
    """A package as it might be, and what messages come to with it.

    All amounts are in one currency, in which both tables are. `renewals` has for each sub-account
    the days on which its bundles are filled again; one that is pooled follows the sub-account that
    sends first. Bundles that count received messages too are used by sent ones alone, and nothing
    is carried over.
    """

    def __init__(
        self,
        conditions: Conditions,
        *,
        currency: str,
        wholesale: Mapping[Route, RateTable],
        own: RateTable,
        renewals: Mapping[int, Sequence[date]],
    ) -> None:
        self.by_client: defaultdict[int, Sums] = defaultdict(Sums)
        self._conditions = conditions
        self._currency = currency
        self._terms = conditions.terms(currency)
        self._wholesale = wholesale
        self._own = own
        self._bundles = _Bundles(conditions.bundles, renewals)
        self._prefixes = _told_apart(conditions, self._terms, [*wholesale.values(), own])
        self._lengths = sorted({len(prefix) for prefix in self._prefixes}, reverse=True)
        self._quotes: dict[_Alike, Quote | Unpriced] = {}

    @property
    def total(self) -> Sums:
        """The sums of all clients."""
        found = Sums()
        for sums in self.by_client.values():
            found.add(sums)
        return found

    def take(self, sent: Sent) -> None:
        """Price the next message, take its free parts, and count it."""
        fitting = self._bundles.fitting(sent)
        left = min(sum(bundle.parts for bundle in fitting), sent.parts)
        prefix = self._prefix(sent.digits)
        inside = (sent.on_net, sent.own_number)
        key = (prefix, sent.country, sent.day, sent.parts, left, inside, sent.on_quota)
        found = self._quotes.get(key)
        if found is None:
            found = self._quotes[key] = self._quote(sent, prefix, left)
        if isinstance(found, Unpriced):
            if sent.counted:
                self._missed(sent, found)
            return
        if found.bundle_parts:
            self._bundles.take(found.bundle_parts, fitting)
        if sent.counted:
            sums = self.by_client[sent.client_id]
            sums.messages += 1
            sums.parts += sent.parts
            sums.free_parts += found.bundle_parts
            sums.price += found.price
            sums.cost += found.cost

    def _missed(self, sent: Sent, why: Unpriced) -> None:
        sums = self.by_client[sent.client_id]
        if why is Unpriced.NO_RATE:
            sums.no_rate += 1
        else:
            sums.refused += 1

    def _prefix(self, digits: str) -> str:
        for length in self._lengths:
            if (prefix := digits[:length]) in self._prefixes:
                return prefix
        return ""

    def _quote(self, sent: Sent, prefix: str, left: int) -> Quote | Unpriced:
        terms = self._terms
        if terms is None and sent.on_quota:
            terms = self._conditions.terms_in_parts(self._currency)
        if terms is None:
            return Unpriced.NO_RATE
        order = Order(
            # The prefix stands for all numbers of it: no rule looks any further.
            digits=prefix,
            country=sent.country,
            parts=sent.parts,
            on_net=sent.on_net,
            own_number=sent.own_number,
            on_quota=sent.on_quota,
            bundle_left=left,
        )
        table = self._wholesale[self._conditions.route(sent.country)]
        try:
            return rating.quote(order, terms, wholesale=table, own=self._own, on=sent.day)
        except NoRate:
            return Unpriced.NO_RATE
        except DestinationRefused:
            return Unpriced.REFUSED


class _Bundles:
    """What is left of free parts while messages are taken in their order."""

    def __init__(self, offers: Sequence[Offer], renewals: Mapping[int, Sequence[date]]) -> None:
        self._offers = [
            (n, offer) for n, offer in enumerate(offers) if offer.counts is not Counts.RECEIVED
        ]
        self._renewals = renewals
        self._periods: dict[tuple[int, int], int] = {}
        self._held: dict[tuple[int, int], Left] = {}

    def fitting(self, sent: Sent) -> list[Left]:
        """The bundles good for a message, in the order in which it takes from them.

        One that is free, or from a quota, takes nothing from any.
        """
        if not self._offers:
            return []
        period = bisect_right(self._renewals.get(sent.sub_account_id, ()), sent.day)
        return free_parts.in_order(
            [self._current(n, offer, sent, period) for n, offer in self._offers],
            digits=sent.digits,
            country=sent.country,
        )

    def take(self, parts: int, fitting: Sequence[Left]) -> None:
        """Take so many parts from bundles in their order."""
        for bundle, taken in free_parts.split(parts, fitting):
            self._held[(bundle.account_id, bundle.bundle_id)] = replace(
                bundle, parts=bundle.parts - taken
            )

    def _current(self, n: int, offer: Offer, sent: Sent, period: int) -> Left:
        key = (sent.client_id if offer.pooled else sent.sub_account_id, n)
        if offer.pooled:
            period = max(period, self._periods.get(key, 0))
        if key not in self._held or self._periods[key] != period:
            self._periods[key] = period
            self._held[key] = Left(
                bundle_id=n,
                account_id=key[0],
                parts=offer.parts,
                size=offer.parts,
                ends_on=date.max,
                countries=offer.countries,
                prefixes=offer.prefixes,
            )
        return self._held[key]


def _told_apart(
    conditions: Conditions, terms: Terms | None, tables: Sequence[RateTable]
) -> frozenset[str]:
    """All prefixes that a rule looks for: a number's longest one decides which of them match."""
    zones = terms.free_zones if terms else ()
    return frozenset(
        [
            *(prefix for table in tables for prefix in table.prefixes()),
            *conditions.refused_prefixes,
            *(zone.prefix for zone in zones if zone.prefix),
        ]
    )
