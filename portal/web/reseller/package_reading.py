"""From conditions to what stands in the form, and back."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from portal.ledger import units
from portal.pricing import selling, ways
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.markup import WHOLE
from portal.pricing.rating import FreeZone, Pulse
from portal.tenancy.display import EVERYTHING, Display
from portal.web.reseller import display_fields
from portal.web.reseller.package_form import DISPLAY_PREFIX, PackageForm

_FEES = ("flat_fee", "incoming_fee", "outgoing_mms_fee", "incoming_mms_fee")
_AMOUNTS = ("markup_fixed", "addition_per_message", "monthly_fee", "setup_fee")


def written(conditions: Conditions) -> dict[str, Any]:
    """What the fields of the form hold for these conditions."""
    known = ways.ways(conditions.routes)
    found: dict[str, Any] = {
        "markup_percent": percent(conditions.markup_percent_millionths),
        "pulse": conditions.pulse.value,
        "on_net_free": conditions.on_net_free,
        "usual_route": known.usual.value,
        "other_route": ", ".join(known.exceptions),
        "refused_countries": ", ".join(conditions.refused_countries),
        "refused_prefixes": ", ".join(conditions.refused_prefixes),
    }
    for currency, amounts in conditions.amounts.items():
        for name in (*_AMOUNTS, *_FEES):
            amount = getattr(amounts, name)
            empty = amount is None or (amount == 0 and name in _AMOUNTS)
            found[f"{currency}_{name}"] = "" if empty else units.decimal_string(amount, currency)
        for row, zone in enumerate(amounts.free_zones):
            start = f"{currency}_zone_{row}"
            found[f"{start}_country"] = zone.country or ""
            found[f"{start}_prefix"] = zone.prefix or ""
            most = zone.cost_max
            found[f"{start}_cost_max"] = (
                "" if most is None else units.decimal_string(most, currency)
            )
    for row, offer in enumerate(conditions.bundles):
        found |= {
            f"bundle_{row}_parts": str(offer.parts),
            f"bundle_{row}_counts": offer.counts.value,
            f"bundle_{row}_countries": ", ".join(offer.countries),
            f"bundle_{row}_prefixes": ", ".join(offer.prefixes),
            f"bundle_{row}_rollover_max": str(offer.rollover_max or ""),
            f"bundle_{row}_pooled": offer.pooled,
        }
    return found


def read(form: PackageForm, *, negative_allowed: bool) -> Conditions | None:
    """What a valid form says; None where fields contradict each other, which then say so."""
    bundles = [_offer(form, row) for row in range(form.shape.bundles if form.shape.assigned else 0)]
    conditions = Conditions(
        amounts={
            currency: _amounts(form, currency)
            for currency in form.shape.zones
            if currency == form.shape.own or not form.amount(currency, "dropped").data
        },
        pulse=Pulse(form.pulse.data),
        markup_percent_millionths=form.markup_percent.millionths,
        on_net_free=form.on_net_free.data,
        refused_countries=form.refused_countries.codes,
        refused_prefixes=form.refused_prefixes.prefixes,
        routes=ways.routes(Route(form.usual_route.data), form.other_route.codes),
        bundles=tuple(offer for offer in bundles if offer is not None),
    )
    if selling.is_negative(conditions) and not negative_allowed:
        _refuse_negative(form)
    return None if form.errors else conditions


def display_written(display: Display | None) -> dict[str, Any]:
    """What the fields hold for what a package shows; None is what the portal says."""
    shown = display_fields.written(display or EVERYTHING, DISPLAY_PREFIX)
    return {"shows_otherwise": display is not None, **shown}


def display(form: PackageForm) -> Display | None:
    """What a valid form says of it."""
    if not (form.shape.assigned and form["shows_otherwise"].data):
        return None
    return display_fields.read(form, DISPLAY_PREFIX)


def percent(millionths: int) -> str:
    """A percentage as it is written: 20 %, which is 200,000 millionths, is 20."""
    whole, rest = divmod(abs(millionths) * 100, WHOLE)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{whole}.{rest:06d}".rstrip("0").rstrip(".")


def _amounts(form: PackageForm, currency: str) -> Amounts:
    def micros(name: str) -> int | None:
        found: int | None = form.amount(currency, name).micros
        return found

    assigned = form.shape.assigned
    zones = form.rows(
        f"{currency}_zone", form.shape.zones[currency], "country", "prefix", "cost_max"
    )
    return Amounts(
        markup_fixed=micros("markup_fixed") or 0,
        addition_per_message=micros("addition_per_message") or 0,
        flat_fee=micros("flat_fee"),
        monthly_fee=(micros("monthly_fee") or 0) if assigned else 0,
        setup_fee=(micros("setup_fee") or 0) if assigned else 0,
        incoming_fee=micros("incoming_fee"),
        outgoing_mms_fee=micros("outgoing_mms_fee"),
        incoming_mms_fee=micros("incoming_mms_fee"),
        free_zones=tuple(
            FreeZone(country=country.code, prefix=prefix.prefix, cost_max=cost_max.micros)
            for country, prefix, cost_max in zones
            if country.code or prefix.prefix or cost_max.micros is not None
        ),
    )


def _offer(form: PackageForm, row: int) -> Offer | None:
    parts, counts, countries, prefixes, carried, pooled = (
        form[f"bundle_{row}_{name}"]
        for name in ("parts", "counts", "countries", "prefixes", "rollover_max", "pooled")
    )
    if not parts.count:
        if parts.data or countries.data or prefixes.data or carried.data or pooled.data:
            parts.errors = [gettext("Write how many parts are free, as in 500, or empty the row.")]
        return None
    return Offer(
        parts=parts.count,
        counts=Counts(counts.data),
        countries=countries.codes,
        prefixes=prefixes.prefixes,
        rollover_max=carried.count or 0,
        pooled=pooled.data,
    )


def _refuse_negative(form: PackageForm) -> None:
    below = [form.amount(currency, "markup_fixed") for currency in form.shape.zones]
    if form.markup_percent.millionths < 0:
        form.markup_percent.errors = [_negative()]
    for each in below:
        if (each.micros or 0) < 0:
            each.errors = [_negative()]


def _negative() -> str:
    return str(
        gettext("A markup below zero has to be allowed in the settings first, or write 0 or more.")
    )
