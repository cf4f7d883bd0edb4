"""The form of everything that a package says: as many rows as it needs, grouped for reading."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, Optional

from portal.pricing.conditions import Conditions, Route
from portal.pricing.free_parts import Counts
from portal.pricing.rating import Pulse
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import REQUIRED, Form, text
from portal.web.reseller import display_fields
from portal.web.reseller.package_fields import (
    CountField,
    CountriesField,
    DayField,
    OneCountryField,
    OnePrefixField,
    PercentField,
    PrefixesField,
    SignedAmountField,
)

NAME_LENGTH_MAX = 60
DISPLAY_PREFIX = "shows_"
ROWS_MAX = 30
_SHORT = Length(max=20)
_LIST = Length(max=4_000)
_BUNDLE = re.compile(r"bundle_([0-9]{1,2})_parts", re.ASCII)
_ZONE = re.compile(r"([A-Z]{3})_zone_([0-9]{1,2})_country", re.ASCII)

_ROUTES = [
    SelectChoice(Route.VALUE.value, lazy_gettext("Value")),
    SelectChoice(Route.PREMIUM.value, lazy_gettext("Premium")),
]
_COUNTS = [
    SelectChoice(Counts.BOTH.value, lazy_gettext("sent and received")),
    SelectChoice(Counts.SENT.value, lazy_gettext("sent only")),
    SelectChoice(Counts.RECEIVED.value, lazy_gettext("received only")),
]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How much a form has room for.

    `zones` has the currencies in their order, the portal's own first, each with its rows of free
    zones. `assigned` is False for the defaults, which bring no fees and no bundles.
    """

    zones: Mapping[str, int]
    bundles: int
    named: bool = False
    dated: bool = True
    assigned: bool = True

    @property
    def own(self) -> str:
        """The portal's own currency."""
        return next(iter(self.zones))

    def sent_with(self, given: Mapping[str, str], *, currencies: Collection[str]) -> Shape:
        """As many rows and currencies as a form was sent with, and one more of what it asks for.

        What is no currency that the reseller may sell in is passed over.
        """
        zones = {self.own: 0}
        bundles = 0
        for name in given:
            if found := _BUNDLE.fullmatch(name):
                bundles = max(bundles, int(found[1]) + 1)
            elif (found := _ZONE.fullmatch(name)) and found[1] in currencies:
                zones[found[1]] = max(zones.get(found[1], 0), int(found[2]) + 1)
        more, wanted = given.get("more", ""), given.get("currency", "")
        if more == "bundle":
            bundles += 1
        elif more in zones:
            zones[more] += 1
        elif more == "currency" and wanted in currencies:
            zones.setdefault(wanted, 1)
        zones = {code: min(rows, ROWS_MAX) for code, rows in zones.items()}
        return replace(self, zones=zones, bundles=min(bundles, ROWS_MAX))


def shape_of(conditions: Conditions | None, *, own: str, **options: bool) -> Shape:
    """Room for what a package says, and for one more of each."""
    amounts = conditions.amounts if conditions else {}
    codes = dict.fromkeys([own, *amounts])
    return Shape(
        zones={
            code: 1 + (len(amounts[code].free_zones) if code in amounts else 0) for code in codes
        },
        bundles=1 + (len(conditions.bundles) if conditions else 0),
        **options,
    )


class PackageForm(Form):
    """What every package has; `package_form` adds the rest."""

    shape: Shape

    markup_percent = PercentField(
        lazy_gettext("Markup in percent"),
        [Optional(), _SHORT],
        description=lazy_gettext("On the cost and the fixed markup together, as in 20."),
    )
    pulse = RadioField(
        lazy_gettext("A price is for"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice(Pulse.PART.value, lazy_gettext("each part")),
            SelectChoice(Pulse.MESSAGE.value, lazy_gettext("a whole message")),
        ],
        default=Pulse.PART.value,
    )
    on_net_free = BooleanField(lazy_gettext("Free to inbound numbers of this portal"))
    usual_route = SelectField(
        lazy_gettext("Usual route"), choices=_ROUTES, default=Route.VALUE.value
    )
    other_route = CountriesField(
        lazy_gettext("Countries by the other route"),
        [Optional(), _LIST],
        description=lazy_gettext("Names or codes, as in DE, Austria."),
    )
    refused_countries = CountriesField(
        lazy_gettext("Countries where nothing is sent"), [Optional(), _LIST]
    )
    refused_prefixes = PrefixesField(
        lazy_gettext("Prefixes where nothing is sent"),
        [Optional(), _LIST],
        description=lazy_gettext("As in 881, 882: satellites."),
    )
    below_cost_accepted = BooleanField(lazy_gettext("Sell below cost all the same"))

    def amount(self, currency: str, name: str) -> Field:
        """The field of an amount in a currency."""
        return self[f"{currency}_{name}"]

    def rows(self, prefix: str, count: int, *names: str) -> Iterator[tuple[Field, ...]]:
        """The fields of repeated rows, row by row."""
        for row in range(count):
            yield tuple(self[f"{prefix}_{row}_{name}"] for name in names)


def package_form(shape: Shape, **options: Any) -> PackageForm:
    """A form with room for so much."""
    fields: dict[str, Any] = {"shape": shape}
    if shape.named:
        fields["name"] = text(lazy_gettext("Name"), length_max=NAME_LENGTH_MAX, required=True)
    if shape.dated:
        fields["valid_from"] = DayField(
            lazy_gettext("Takes effect on"),
            [InputRequired(REQUIRED)],
            description=lazy_gettext("What was sent before keeps its price."),
        )
        fields["tell_clients"] = BooleanField(
            lazy_gettext("Mail the clients who have it"),
            description=lazy_gettext(
                "Each for whom a price changes: the old one, the new one, the day. Who is shown no"
                " prices gets no mail."
            ),
        )
    for currency, zones in shape.zones.items():
        fields |= _amounts(currency, assigned=shape.assigned)
        if currency != shape.own:
            fields[f"{currency}_dropped"] = BooleanField(
                gettext("Sell no longer in %(currency)s", currency=currency)
            )
        for row in range(zones):
            fields |= _zone(currency, row)
    if shape.assigned:
        for row in range(shape.bundles):
            fields |= _bundle(row)
        fields["shows_otherwise"] = BooleanField(
            lazy_gettext("Something else than the portal says"),
            description=lazy_gettext("What is chosen beside this counts only with it."),
        )
        fields |= display_fields.fields(DISPLAY_PREFIX, in_words=False)
    made: PackageForm = type("PackageForm", (PackageForm,), fields)(**options)
    return made


def _amounts(currency: str, *, assigned: bool) -> dict[str, Any]:
    def fee(label: object, description: object = "") -> AmountField:
        return AmountField(label, [Optional(), _SHORT], description=description)

    mms_not_yet = gettext("For later: no MMS is sent or received yet.")
    found: dict[str, Any] = {
        "markup_fixed": SignedAmountField(
            gettext("Fixed markup in %(currency)s", currency=currency),
            [Optional(), _SHORT],
            description=gettext("On each part. It may be empty."),
        ),
        "addition_per_message": fee(
            gettext("For each message in %(currency)s", currency=currency),
            gettext("Once a message, whatever its parts."),
        ),
        "flat_fee": fee(
            gettext("One price for all countries in %(currency)s", currency=currency),
            gettext("Instead of cost and markup. Empty for none."),
        ),
        "incoming_fee": fee(
            gettext("For a message received in %(currency)s", currency=currency),
            gettext("A number may have a fee of its own."),
        ),
        "outgoing_mms_fee": fee(
            gettext("For an MMS sent in %(currency)s", currency=currency), mms_not_yet
        ),
        "incoming_mms_fee": fee(
            gettext("For an MMS received in %(currency)s", currency=currency), mms_not_yet
        ),
    }
    if assigned:
        found["monthly_fee"] = fee(
            gettext("Monthly fee in %(currency)s", currency=currency),
            gettext("For each sub-account that has the package."),
        )
        found["setup_fee"] = fee(
            gettext("Set-up fee in %(currency)s", currency=currency),
            gettext("Once, when it is assigned with this fee."),
        )
    return {f"{currency}_{name}": made for name, made in found.items()}


def _zone(currency: str, row: int) -> dict[str, Any]:
    number = row + 1
    start = f"{currency}_zone_{row}"
    return {
        f"{start}_country": OneCountryField(
            gettext("Free zone %(number)s: country", number=number),
            [Optional(), Length(max=NAME_LENGTH_MAX)],
        ),
        f"{start}_prefix": OnePrefixField(
            gettext("Free zone %(number)s: prefix", number=number), [Optional(), _SHORT]
        ),
        f"{start}_cost_max": AmountField(
            gettext("Free zone %(number)s: highest cost", number=number), [Optional(), _SHORT]
        ),
    }


def _bundle(row: int) -> dict[str, Any]:
    number = row + 1
    start = f"bundle_{row}"
    return {
        f"{start}_parts": CountField(
            gettext("Bundle %(number)s: free parts", number=number), [Optional(), _SHORT]
        ),
        f"{start}_counts": SelectField(
            gettext("Bundle %(number)s: for messages", number=number),
            choices=_COUNTS,
            default=Counts.BOTH.value,
        ),
        f"{start}_countries": CountriesField(
            gettext("Bundle %(number)s: countries", number=number),
            [Optional(), _LIST],
            description=gettext("Empty: all of them."),
        ),
        f"{start}_prefixes": PrefixesField(
            gettext("Bundle %(number)s: prefixes", number=number), [Optional(), _LIST]
        ),
        f"{start}_rollover_max": CountField(
            gettext("Bundle %(number)s: parts carried over at most", number=number),
            [Optional(), _SHORT],
        ),
        f"{start}_pooled": BooleanField(
            gettext("Bundle %(number)s: shared by a client's sub-accounts", number=number)
        ),
    }
