"""Every movement of a client's wallet, with the balance after it."""

from __future__ import annotations

from flask import Response

from portal.accounts import wallet
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import paging, transfer_rows
from portal.web.parts.filters import PeriodFilters, beginning_of, end_of
from portal.web.parts.pages import page


@blueprint.get("/statement")
@requires(Right.WALLET_READ)
def statement() -> Response:
    """What moved on the wallet, latest first, narrowed to the days that the address says."""
    form = PeriodFilters()
    if not form.validate():
        return page("client/statement.html", 422, rows=[], form=form, prev_url=None, next_url=None)
    client = own_client()
    found = wallet.movements(
        session(),
        client,
        since=beginning_of(form.since.data, client.time_zone),
        until=end_of(form.until.data, client.time_zone),
        below_id=paging.below_id(),
        limit=paging.ASKED,
    )
    shown = paging.cut(found, id_of=lambda movement: movement.transfer_id)
    return page(
        "client/statement.html",
        rows=[transfer_rows.row(each, currency=client.currency) for each in shown.rows],
        form=form,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )
