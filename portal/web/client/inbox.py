"""What came in for a client."""

from __future__ import annotations

from flask import Response, g

from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.unit_of_work import session
from portal.messaging import inbox as received
from portal.numbers import finding
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import inbound_rows, paging
from portal.web.parts.inbound_rows import InboxFilters
from portal.web.parts.pages import page


@blueprint.get("/inbox")
@offers(Service.INBOX)
@requires(Right.MESSAGES_READ)
def inbox() -> Response:
    """The messages that came in, newest first, narrowed by what the address says."""
    form = InboxFilters()
    numbers = finding.of_actor(session(), g.actor)
    if not form.validate():
        return page(
            "client/inbox.html",
            422,
            rows=[],
            counts=None,
            numbers=numbers,
            form=form,
            prev_url=None,
            next_url=None,
        )
    chosen = form.chosen(own_client().time_zone)
    found = received.page(
        session(), actor=g.actor, chosen=chosen, below_id=paging.below_id(), limit=paging.ASKED
    )
    cut = paging.cut(found, id_of=lambda message: message.id)
    return page(
        "client/inbox.html",
        rows=[inbound_rows.shown(each) for each in cut.rows],
        counts=received.counts(session(), actor=g.actor, chosen=chosen),
        numbers=numbers,
        form=form,
        prev_url=cut.prev_url,
        next_url=cut.next_url,
    )
