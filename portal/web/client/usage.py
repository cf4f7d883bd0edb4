"""What was sent, to where and how it went, in a period: on a page and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from flask import Response, g, url_for
from flask_babel import gettext
from wtforms import DateField
from wtforms.validators import ValidationError

from portal.accounts import directory
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import offers, signed_in
from portal.http.language import locale
from portal.http.unit_of_work import session
from portal.ledger import units
from portal.reports import usage as reports
from portal.reports.usage import Sum, Used
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client, today_at
from portal.web.parts import downloads, months
from portal.web.parts.filters import STATUSES, PeriodFilters, beginning_of, end_of
from portal.web.parts.pages import page

_DAYS_MAX: Final = 731


class UsageFilters(PeriodFilters):
    """Which days; without any, those of this month so far."""

    def validate_until(self, field: DateField) -> None:
        """Refuse a period that ends before it begins, or that is endless.

        Raises:
            ValidationError: saying which.
        """
        if not (self.since.data and field.data):
            return
        if field.data < self.since.data:
            raise ValidationError(gettext("The last day is before the first."))
        if (field.data - self.since.data).days > _DAYS_MAX:
            raise ValidationError(gettext("Choose two years at most."))


@dataclass(frozen=True)
class Tile:
    """A month in short."""

    label: str
    messages: int
    parts: int
    price: dict[str, int]


@dataclass(frozen=True)
class Group:
    """Messages that have something in common."""

    label: str
    messages: int
    parts: int
    price: dict[str, int]


@dataclass(frozen=True)
class Table:
    """All messages of the period, told apart by one thing."""

    id: str
    title: str
    head: str
    groups: list[Group]


@dataclass(frozen=True)
class _Period:
    """Days, and the moments at which they begin and end."""

    first: date
    last: date
    since: datetime
    until: datetime


@blueprint.get("/usage")
@offers(Service.USAGE)
@signed_in
def usage() -> Response:
    """This month and the last one, and the days that were asked for, told apart three ways."""
    actor: Actor = g.actor
    client = own_client()
    form = UsageFilters()
    sees_money = actor.can(Right.WALLET_READ)
    if not form.validate():
        return page(
            "client/usage.html", 422, form=form, tiles=[], tables=[], total=None,
            sees_money=sees_money, csv_url=None,
        )  # fmt: skip
    chosen = _period(form, client)
    used = reports.read(session(), actor=actor, since=chosen.since, until=chosen.until)
    names = _sub_account_names(client)
    return page(
        "client/usage.html",
        form=form,
        tiles=_tiles(actor, client),
        tables=_tables(used, names, by_status=not actor.display.is_simple),
        total=reports.total(used),
        first=chosen.first,
        last=chosen.last,
        sees_money=sees_money,
        csv_url=_file_of(chosen),
    )


@blueprint.get("/usage.csv")
@offers(Service.USAGE)
@signed_in
def usage_file() -> Response:
    """The same as a table of its smallest parts."""
    actor: Actor = g.actor
    client = own_client()
    form = UsageFilters()
    if not form.validate():
        return page(
            "client/usage.html", 422, form=form, tiles=[], tables=[], total=None,
            sees_money=False, csv_url=None,
        )  # fmt: skip
    chosen = _period(form, client)
    used = reports.read(session(), actor=actor, since=chosen.since, until=chosen.until)
    names = _sub_account_names(client)
    heads = ["sub_account", "country", "status", "messages", "parts", "free_parts", "prepaid_parts"]
    rows: list[list[str | Decimal]] = [
        [
            names.get(each.sub_account_id, str(each.sub_account_id)),
            each.country,
            each.status.value,
            str(each.messages),
            str(each.parts),
            str(each.free_parts),
            str(each.quota_parts),
        ]
        for each in used
    ]
    if actor.can(Right.WALLET_READ):
        heads += ["price", "currency"]
        for row, each in zip(rows, used, strict=True):
            row += [Decimal(units.decimal_string(each.price, each.currency)), each.currency]
    return downloads.csv(f"usage-{chosen.first}-{chosen.last}", [heads, *rows])


def _file_of(chosen: _Period) -> str:
    days = urlencode({"from": chosen.first.isoformat(), "to": chosen.last.isoformat()})
    return f"{url_for('client.usage_file')}?{days}"


def _period(form: UsageFilters, client: Client) -> _Period:
    """The days of the form; an open end is today, an open beginning the first of that month."""
    last = form.until.data or max(today_at(client.time_zone), form.since.data or date.min)
    first = form.since.data or months.month_of(last).first
    since = beginning_of(first, client.time_zone)
    until = end_of(last, client.time_zone) or datetime.max.replace(tzinfo=UTC)
    assert since is not None
    return _Period(first, last, since, until)


def _tiles(actor: Actor, client: Client) -> list[Tile]:
    this = months.month_of(today_at(client.time_zone))
    return [
        Tile(label, found.messages, found.parts, found.price)
        for label, month in ((gettext("This month"), this), (gettext("Last month"), this.before))
        for found in [
            reports.total(
                reports.read(
                    session(),
                    actor=actor,
                    since=month.begins(client.time_zone),
                    until=month.ends(client.time_zone),
                )
            )
        ]
    ]


def _tables(used: Sequence[Used], names: Mapping[int, str], *, by_status: bool) -> list[Table]:
    countries = locale().territories
    statuses = {choice.value: str(choice.label) for choice in STATUSES}

    def sub_account(key: int | str) -> str:
        return names.get(int(key), str(key))

    def country(key: int | str) -> str:
        return str(countries.get(str(key), key))

    def status(key: int | str) -> str:
        return statuses.get(str(key), str(key))

    by_account = reports.grouped(used, by=lambda each: each.sub_account_id)
    by_country = reports.grouped(used, by=lambda each: each.country)
    tables = [
        _table("sub-accounts", gettext("By sub-account"), gettext("Sub-account"), by_account,
               sub_account),
        _table("countries", gettext("By country"), gettext("Country"), by_country, country),
    ]  # fmt: skip
    if by_status:
        found = reports.grouped(used, by=lambda each: each.status.value)
        tables.append(_table("statuses", gettext("By status"), gettext("Status"), found, status))
    return tables


def _table(
    id: str,  # noqa: A002 - what the page calls it
    title: str,
    head: str,
    groups: list[tuple[int | str, Sum]],
    name: Callable[[int | str], str],
) -> Table:
    return Table(
        id,
        title,
        head,
        [Group(name(key), each.messages, each.parts, each.price) for key, each in groups],
    )


def _sub_account_names(client: Client) -> dict[int, str]:
    return directory.sub_account_names(session(), client_id=client.id)
