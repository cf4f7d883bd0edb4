"""The parts of a package's form, in the order in which somebody thinks of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask_babel import gettext
from wtforms import Field

from portal.web.reseller import display_fields
from portal.web.reseller.package_form import DISPLAY_PREFIX, PackageForm
from portal.web.reseller.package_words import decimal_words


@dataclass(frozen=True)
class Group:
    """Fields side by side, under a heading if they have one."""

    fields: list[Field]
    legend: str = ""


@dataclass(frozen=True, kw_only=True)
class More:
    """A button for another row: what it is called, and what it sends."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the form; `more` are the buttons below it."""

    key: str
    title: str
    about: str
    groups: list[Group]
    more: list[More] = field(default_factory=list)


def sections(form: PackageForm) -> list[Section]:
    """All fields but the name, the day and the tick to confirm."""
    found = [_prices(form), _zones(form)]
    if form.shape.assigned:
        found.append(_bundles(form))
    found += [_fees(form), _destinations(form)]
    return [*found, _display(form)] if form.shape.assigned else found


def _prices(form: PackageForm) -> Section:
    names = ("markup_fixed", "addition_per_message", "flat_fee")
    return Section(
        key="prices",
        title=gettext("Prices"),
        about=gettext(
            "A part costs (cost + fixed markup) × (1 + percent / 100): at a cost of %(cost)s, a"
            " fixed markup of %(fixed)s and 20 percent that is %(price)s.",
            cost=decimal_words(9_000),
            fixed=decimal_words(2_500),
            price=decimal_words(13_800),
        ),
        groups=[
            Group([form.markup_percent, form.pulse]),
            *(Group(fields, legend) for legend, fields in _by_currency(form, names)),
            *(
                Group([form.amount(currency, "dropped")])
                for currency in form.shape.zones
                if currency != form.shape.own
            ),
        ],
    )


def _zones(form: PackageForm) -> Section:
    several = len(form.shape.zones) > 1
    groups = [Group([form.on_net_free])]
    for currency, count in form.shape.zones.items():
        for number, row in enumerate(
            form.rows(f"{currency}_zone", count, "country", "prefix", "cost_max"), start=1
        ):
            legend = gettext("Free zone %(number)s", number=number)
            groups.append(Group(list(row), f"{legend}, {currency}" if several else legend))
    return Section(
        key="zones",
        title=gettext("Free zones"),
        about=gettext(
            "Where all that is filled in holds, a message is free for the client; you pay its cost."
        ),
        groups=groups,
        more=[
            More(
                label=gettext("Another free zone in %(currency)s", currency=currency),
                value=currency,
            )
            for currency in form.shape.zones
        ],
    )


def _bundles(form: PackageForm) -> Section:
    names = ("parts", "counts", "countries", "prefixes", "rollover_max", "pooled")
    return Section(
        key="bundles",
        title=gettext("Free messages"),
        about=gettext("Free parts for each billing month of a sub-account."),
        groups=[
            Group(list(row), gettext("Bundle %(number)s", number=number))
            for number, row in enumerate(form.rows("bundle", form.shape.bundles, *names), start=1)
        ],
        more=[More(label=gettext("Another bundle"), value="bundle")],
    )


def _fees(form: PackageForm) -> Section:
    names = ["incoming_fee", "outgoing_mms_fee", "incoming_mms_fee"]
    if form.shape.assigned:
        names = ["monthly_fee", "setup_fee", *names]
    return Section(
        key="fees",
        title=gettext("Fees"),
        about=gettext("An empty fee is not set: the defaults hold, if they have one."),
        groups=[Group(fields, legend) for legend, fields in _by_currency(form, names)],
    )


def _destinations(form: PackageForm) -> Section:
    return Section(
        key="destinations",
        title=gettext("Destinations and routes"),
        about=gettext("The premium route is surer and dearer; where it has no rate, nothing goes."),
        groups=[
            Group([form.usual_route, form.other_route]),
            Group([form.refused_countries, form.refused_prefixes]),
        ],
    )


def _display(form: PackageForm) -> Section:
    return Section(
        key="display",
        title=gettext("What clients with this package see"),
        about=_display_about(form),
        groups=[
            Group([form["shows_otherwise"], form[f"{DISPLAY_PREFIX}view"]]),
            Group(list(display_fields.services_of(form, DISPLAY_PREFIX))),
        ],
    )


def _display_about(form: PackageForm) -> str:
    if not form.shape.dated:
        return str(gettext("Who has several packages sees what any of them shows."))
    return str(
        gettext(
            "This holds at once, whatever day is written above: it is no part of the versions,"
            " which are of prices. Who has several packages sees what any of them shows."
        )
    )


def _by_currency(
    form: PackageForm, names: tuple[str, ...] | list[str]
) -> Iterator[tuple[str, list[Field]]]:
    several = len(form.shape.zones) > 1
    for currency in form.shape.zones:
        legend = gettext("In %(currency)s", currency=currency) if several else ""
        yield legend, [form.amount(currency, name) for name in names]
