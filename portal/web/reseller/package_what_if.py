"""Try a version or a draft of a package on what was really sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import SelectChoice, SelectField

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.pricing import packages, selling
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package
from portal.pricing.packages import Version
from portal.reports import what_if
from portal.reports.what_if import Side, Span, WhatIf
from portal.web.parts.addresses import ID
from portal.web.parts.filters import Filters
from portal.web.parts.formats import day, money, number
from portal.web.parts.pages import page
from portal.web.reseller import package_editing
from portal.web.reseller.package_page import title
from portal.web.reseller.pages import blueprint

CLIENTS_SHOWN = 100
_SPANS = [
    SelectChoice(Span.LAST_MONTH.value, lazy_gettext("the last full month")),
    SelectChoice(Span.LAST_DAYS.value, lazy_gettext("the last 30 days")),
]


@dataclass(frozen=True)
class Row:
    """A number of the comparison, as text; `worse` and `better` say how it changes."""

    label: str
    now: str
    then: str
    difference: str
    look: str = ""


@dataclass(frozen=True, kw_only=True)
class ClientRow:
    """What a client pays, in millionths."""

    client_id: int
    name: str
    messages: int
    now_micros: int
    then_micros: int
    difference_micros: int


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A comparison in one currency."""

    currency: str
    rows: list[Row]
    charged_micros: int
    clients: list[ClientRow]
    more_clients: int
    dearer: int


class TrialFilters(Filters):
    """Which version, on which messages."""

    version = SelectField(lazy_gettext("Version"), validate_choice=False)
    span = SelectField(lazy_gettext("Messages of"), choices=_SPANS, default=Span.LAST_MONTH.value)


@blueprint.get(f"/packages/<{ID}:package_id>/what-if")
@requires(Right.PRICES_READ)
def try_version(package_id: int) -> Response:
    """A version that there is: the one in the address, else the next that is planned."""
    found = packages.by_id(session(), package_id)
    today = selling.today(session())
    holding = packages.holding(session(), found.id, on=today)
    versions = packages.versions(session(), found.id)
    planned = [each for each in versions if each.valid_from > today]
    form = TrialFilters()
    form.version.choices = [SelectChoice(str(each.id), _named(each, holding)) for each in versions]
    wanted = request.args.get("version", type=int)
    version = next((each for each in versions if each.id == wanted), None)
    if wanted is not None and version is None:
        raise NotFound("package version", wanted)
    version = version or (planned[-1] if planned else holding)
    form.version.data = str(version.id)
    return _page(
        found,
        now=holding.conditions,
        then=version.conditions,
        label=_named(version, holding),
        same=version.id == holding.id,
        span=form.span.data,
        form=form,
        draft=[],
    )


@blueprint.post(f"/packages/<{ID}:package_id>/what-if")
@requires(Right.PRICES_MANAGE)
def try_package(package_id: int) -> Response:
    """What stands in the form, without saving it."""
    found = package_editing.editable(package_id)
    form = package_editing.form_of(found)
    conditions = package_editing.read(form)
    if conditions is None:
        return package_editing.shown(form, found, heading=title(found), status=422)
    holding = packages.holding(session(), found.id, on=selling.today(session()))
    return _page(
        found,
        now=holding.conditions,
        then=conditions,
        label=str(gettext("Draft")),
        same=False,
        span=request.form.get("span", ""),
        form=None,
        draft=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in {"csrf_token", "span", "more", "back"}
        ],
    )


def _page(
    found: Package,
    *,
    now: Conditions,
    then: Conditions,
    label: str,
    same: bool,
    span: str | None,
    form: TrialFilters | None,
    draft: list[tuple[str, str]],
) -> Response:
    chosen = Span(span) if span in set(Span) else Span.LAST_MONTH
    during = what_if.period(chosen, today=selling.today(session()))
    results = what_if.try_out(session(), found, now=now, then=then, during=during)
    return page(
        "reseller/package_what_if.html",
        package=found,
        heading=title(found),
        label=label,
        same=same,
        form=form,
        draft=draft,
        spans=_SPANS,
        span=chosen.value,
        during=during,
        results=[_shown(each) for each in results],
    )


def _named(version: Version, holding: Version) -> str:
    if version.id == holding.id:
        return str(gettext("Version %(number)s, which holds now", number=version.number))
    return str(
        gettext(
            "Version %(number)s, from %(day)s",
            number=version.number,
            day=day(version.valid_from),
        )
    )


def _shown(found: WhatIf) -> Shown:
    dearer = sum(each.dearer_by > 0 for each in found.clients)
    return Shown(
        currency=found.currency,
        rows=_rows(found.now, found.then, found.currency),
        charged_micros=found.charged,
        clients=[
            ClientRow(
                client_id=each.client_id,
                name=each.name,
                messages=each.now.messages.messages,
                now_micros=each.now.revenue,
                then_micros=each.then.revenue,
                difference_micros=each.dearer_by,
            )
            for each in found.clients[:CLIENTS_SHOWN]
        ],
        more_clients=max(len(found.clients) - CLIENTS_SHOWN, 0),
        dearer=dearer,
    )


def _rows(now: Side, then: Side, currency: str) -> list[Row]:
    def amount(label: str, before: int, after: int, *, good: int = 0) -> Row:
        difference = (after - before) * good
        look = "credit" if difference > 0 else "below-zero" if difference < 0 else ""
        return Row(
            label,
            money(before, currency),
            money(after, currency),
            _signed(after - before, money(abs(after - before), currency)),
            look,
        )

    def count(label: str, before: int, after: int) -> Row:
        difference = _signed(after - before, number(abs(after - before)))
        return Row(label, number(before), number(after), difference)

    old, new = now.messages, then.messages
    return [
        count(gettext("Messages"), old.messages, new.messages),
        count(gettext("Parts"), old.parts, new.parts),
        count(gettext("of these free by a bundle"), old.free_parts, new.free_parts),
        count(gettext("Messages without a rate"), old.no_rate, new.no_rate),
        count(gettext("Messages that are refused"), old.refused, new.refused),
        amount(gettext("Price of the messages"), old.price, new.price),
        amount(gettext("Monthly fees"), now.fees, then.fees),
        amount(gettext("Revenue"), now.revenue, then.revenue, good=1),
        amount(gettext("Cost"), old.cost, new.cost, good=-1),
        amount(gettext("Profit"), now.profit, then.profit, good=1),
    ]


def _signed(difference: int, written: str) -> str:
    return f"+{written}" if difference > 0 else f"−{written}" if difference < 0 else written
