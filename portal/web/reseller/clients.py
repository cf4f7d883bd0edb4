"""A reseller's clients: the list, and what it shows as a file."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, g, url_for
from flask_babel import gettext

from portal.accounts import client_list
from portal.accounts.client_list import ClientFilter, Listed, Order
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.infra.db import Database
from portal.pricing import packages
from portal.tenancy import resellers
from portal.web.parts import downloads, paging
from portal.web.parts.client_rows import shown
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.reseller import client_sheet_rows
from portal.web.reseller.client_bulk_forms import BulkForm
from portal.web.reseller.client_filters import ClientFilters, query
from portal.web.reseller.pages import blueprint


@blueprint.get("/clients")
@requires(Right.CLIENTS_READ)
def clients() -> Response:
    """All clients but closed ones, newest first unless the address says otherwise."""
    return clients_page()


@blueprint.get("/clients.csv")
@requires(Right.CLIENTS_READ)
@fresh
def clients_csv() -> Response:
    """What the list shows, as a table that every program reads."""
    form = filters()
    if not form.validate():
        return clients_page()
    found = _read_apart(current().database, g.tenant.reseller_id, form.chosen())
    return downloads.long_csv("clients", client_sheet_rows.rows(found))


def _read_apart(database: Database, reseller_id: int, chosen: ClientFilter) -> Iterator[Listed]:
    """All of them, in a session that ends with the file: the request's ends before it is sent."""
    with database.session(reseller_id) as apart:
        yield from client_list.every(apart, chosen)


@blueprint.get("/clients.xlsx")
@requires(Right.CLIENTS_READ)
@fresh
def clients_xlsx() -> Response:
    """The same as a spreadsheet."""
    form = filters()
    if not form.validate():
        return clients_page()
    found = client_list.every(session(), form.chosen())
    title = gettext("Clients")
    return downloads.xlsx("clients", client_sheet_rows.rows(found), title=title)


def filters() -> ClientFilters:
    """What the address says."""
    zone = resellers.own(session()).time_zone
    return ClientFilters(packages.listed(session()), time_zone=zone)


def clients_page(*, status: int = 200, bulk_form: Form | None = None) -> Response:
    """The list, narrowed by what the address says, and the form about those that are ticked."""
    form = filters()
    valid = form.validate()
    found = (
        client_list.search(
            session(),
            chosen=form.chosen(),
            order=Order(form.order.data or Order.NEWEST),
            below_id=paging.below_id(),
            limit=paging.ASKED,
        )
        if valid
        else []
    )
    listed = paging.cut(found, id_of=lambda each: each.client.id)
    return page(
        "reseller/clients.html",
        status if valid else 422,
        rows=[
            shown(each.client, balance=each.balance, last_login_at=each.last_login_at)
            for each in listed.rows
        ],
        form=form,
        bulk_form=bulk_form or BulkForm(packages.listed(session()), formdata=None),
        csv_url=url_for("reseller.clients_csv") + query(),
        xlsx_url=url_for("reseller.clients_xlsx") + query(),
        bulk_url=url_for("reseller.preview_bulk") + query(),
        prev_url=listed.prev_url,
        next_url=listed.next_url,
    )
