"""What came in for a reseller's clients."""

from __future__ import annotations

from flask import Response, g

from portal.accounts import directory
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.messaging import inbox as received
from portal.tenancy import resellers
from portal.web.parts import inbound_rows, paging
from portal.web.parts.inbound_rows import InboxFilters
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@blueprint.get("/inbox")
@requires(Right.MESSAGES_READ)
def inbox() -> Response:
    """Every client's messages that came in, newest first, also those that wait for credit."""
    form = InboxFilters()
    if not form.validate():
        return page(
            "reseller/inbox.html",
            422,
            rows=[],
            counts=None,
            form=form,
            prev_url=None,
            next_url=None,
        )
    chosen = form.chosen(resellers.own(session()).time_zone)
    found = received.page(
        session(), actor=g.actor, chosen=chosen, below_id=paging.below_id(), limit=paging.ASKED
    )
    cut = paging.cut(found, id_of=lambda message: message.id)
    names = directory.client_names(
        session(), {each.client_id for each in cut.rows if each.client_id is not None}
    )
    return page(
        "reseller/inbox.html",
        rows=[
            inbound_rows.shown(each, client_name=names.get(each.client_id or 0, ""))
            for each in cut.rows
        ],
        counts=received.counts(session(), actor=g.actor, chosen=chosen),
        form=form,
        prev_url=cut.prev_url,
        next_url=cut.next_url,
    )
