"""What a package says, to and from the columns that keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.rating import FreeZone, Pulse


def columns_of(amounts: Amounts) -> dict[str, Any]:
    """The columns that amounts are kept in."""
    return {**asdict(amounts), "free_zones": [asdict(zone) for zone in amounts.free_zones]}


def conditions_of(row: Any, *, amounts: Mapping[str, Amounts]) -> Conditions:
    """What a version says; `row` has the columns of one as attributes."""
    return Conditions(
        amounts=dict(amounts),
        pulse=Pulse(row.pulse),
        markup_percent_millionths=row.markup_percent_millionths,
        on_net_free=row.on_net_free,
        refused_countries=tuple(row.refused_countries),
        refused_prefixes=tuple(row.refused_prefixes),
        routes={country: Route(route) for country, route in row.routes.items()},
        bundles=tuple(offer(each) for each in row.bundles),
    )


_AMOUNTS = (
    "markup_fixed",
    "addition_per_message",
    "flat_fee",
    "monthly_fee",
    "setup_fee",
    "incoming_fee",
    "outgoing_mms_fee",
    "incoming_mms_fee",
)


def amounts_of(row: Any) -> Amounts:
    """A version's amounts in one currency; `row` has their columns as attributes."""
    return Amounts(
        **{name: getattr(row, name) for name in _AMOUNTS},
        free_zones=tuple(FreeZone(**zone) for zone in row.free_zones),
    )


def offer(stored: Mapping[str, Any]) -> Offer:
    """A bundle as it is stored; what is not said is as it was before there was a choice."""
    return Offer(
        parts=stored["parts"],
        counts=Counts(stored.get("counts", Counts.BOTH)),
        countries=tuple(stored.get("countries", ())),
        prefixes=tuple(stored.get("prefixes", ())),
        rollover_max=stored.get("rollover_max", 0),
        pooled=stored.get("pooled", False),
    )
