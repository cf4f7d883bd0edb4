"""The versions of a package, each with what it changed, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import gettext, lazy_gettext

from portal.pricing import differences, ways
from portal.pricing.conditions import Amounts, Route
from portal.pricing.differences import Difference
from portal.pricing.packages import ALWAYS, Version
from portal.pricing.rating import Pulse
from portal.web.parts.formats import MISSING, money
from portal.web.reseller.package_words import (
    countries,
    offer_words,
    percent_words,
    prefixes,
    zone_words,
)

LABELS: Final = {
    "pulse": lazy_gettext("A price is for"),
    "markup_percent_millionths": lazy_gettext("Markup in percent"),
    "on_net_free": lazy_gettext("Free to inbound numbers of this portal"),
    "refused_countries": lazy_gettext("Countries where nothing is sent"),
    "refused_prefixes": lazy_gettext("Prefixes where nothing is sent"),
    "routes": lazy_gettext("Routes"),
    "bundles": lazy_gettext("Free messages"),
    "amounts": lazy_gettext("Amounts"),
    "markup_fixed": lazy_gettext("Fixed markup"),
    "addition_per_message": lazy_gettext("For each message"),
    "flat_fee": lazy_gettext("One price for all countries"),
    "monthly_fee": lazy_gettext("Monthly fee"),
    "setup_fee": lazy_gettext("Set-up fee"),
    "incoming_fee": lazy_gettext("For a message received"),
    "outgoing_mms_fee": lazy_gettext("For an MMS sent"),
    "incoming_mms_fee": lazy_gettext("For an MMS received"),
    "free_zones": lazy_gettext("Free zones"),
}
"""What the fields of conditions and amounts are called; a test holds it against both."""


@dataclass(frozen=True)
class ChangeShown:
    """A field that a version changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class VersionShown:
    """A version: `since` is None for the first, `state` one of past, now, planned."""

    id: int
    number: int
    since: date | None
    state: str
    changes: list[ChangeShown]


def shown(versions: Sequence[Version], *, holding: Version, today: date) -> list[VersionShown]:
    """All versions of a package, the latest first, each against the one numbered before it."""
    found = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        changed = differences.between(before.conditions, version.conditions) if before else []
        planned = version.valid_from > today
        found.append(
            VersionShown(
                id=version.id,
                number=version.number,
                since=None if version.valid_from == ALWAYS else version.valid_from,
                state="now" if version.id == holding.id else "planned" if planned else "past",
                changes=[_change(each) for each in changed],
            )
        )
    return found


def _change(difference: Difference) -> ChangeShown:
    label = str(LABELS[difference.field])
    if difference.currency:
        label = gettext("%(what)s in %(currency)s", what=label, currency=difference.currency)
    return ChangeShown(
        label, _said(difference, difference.before), _said(difference, difference.after)
    )


def _said(difference: Difference, value: Any) -> str:
    if isinstance(value, Amounts):
        return str(gettext("has prices"))
    if value is None or value in ((), {}):
        return MISSING
    if difference.currency and isinstance(value, int):
        return money(value, difference.currency)
    if difference.field == "free_zones":
        return "; ".join(zone_words(zone, difference.currency) for zone in value)
    return _said_of(difference.field, value)


def _said_of(field: str, value: Any) -> str:
    words: dict[str, Callable[[], str]] = {
        "pulse": lambda: str(
            gettext("each part") if value is Pulse.PART else gettext("a whole message")
        ),
        "markup_percent_millionths": lambda: percent_words(value),
        "on_net_free": lambda: str(gettext("yes") if value else gettext("no")),
        "refused_countries": lambda: countries(value),
        "refused_prefixes": lambda: prefixes(value),
        "routes": lambda: _routes(ways.ways(value)),
        "bundles": lambda: " ".join(offer_words(offer) for offer in value),
    }
    return words[field]()


def _routes(known: ways.Ways) -> str:
    names = {Route.VALUE: gettext("Value"), Route.PREMIUM: gettext("Premium")}
    usual = names.pop(known.usual)
    (other,) = names.values()
    if not known.exceptions:
        return str(usual)
    return str(
        gettext(
            "%(usual)s, but %(other)s for %(countries)s",
            usual=usual,
            other=other,
            countries=countries(known.exceptions),
        )
    )
