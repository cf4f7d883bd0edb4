"""A reseller's clients: the list."""

from __future__ import annotations

from flask import Response

from portal.accounts import client_list
from portal.accounts.roles import Right
from portal.accounts.statuses import Standing
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.web.parts import paging
from portal.web.parts.client_rows import shown
from portal.web.parts.filters import ClientFilters
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@blueprint.get("/clients")
@requires(Right.CLIENTS_READ)
def clients() -> Response:
    """All clients, newest first, narrowed by what the address says."""
    form = ClientFilters()
    if not form.validate():
        return page("reseller/clients.html", 422, rows=[], form=form, prev_url=None, next_url=None)
    found = client_list.search(
        session(),
        text=form.q.data or "",
        standing=Standing(form.status.data) if form.status.data else None,
        below_id=paging.below_id(),
        limit=paging.ASKED,
    )
    listed = paging.cut(found, id_of=lambda each: each.client.id)
    return page(
        "reseller/clients.html",
        rows=[
            shown(each.client, balance=each.balance, last_login_at=each.last_login_at)
            for each in listed.rows
        ],
        form=form,
        prev_url=listed.prev_url,
        next_url=listed.next_url,
    )
