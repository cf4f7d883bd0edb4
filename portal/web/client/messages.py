"""A client's messages: the list and one of them."""

from __future__ import annotations

from flask import Response, g

from portal.accounts import access
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.messaging import history
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import message_receipts, message_rows, paging
from portal.web.parts.addresses import ID
from portal.web.parts.filters import MessageFilters
from portal.web.parts.pages import page


@blueprint.get("/messages")
@requires(Right.MESSAGES_READ)
def messages() -> Response:
    """The client's messages, newest first, narrowed by what the address says."""
    form = MessageFilters()
    if g.actor.display.is_simple:
        del form.status
    if not form.validate():
        return page("client/messages.html", 422, rows=[], form=form, prev_url=None, next_url=None)
    found = history.page(
        session(),
        actor=g.actor,
        chosen=form.chosen(own_client().time_zone),
        below_id=paging.below_id(),
        limit=paging.ASKED,
    )
    shown = paging.cut(found, id_of=lambda message: message.id)
    return page(
        "client/messages.html",
        rows=[message_rows.shown(each) for each in shown.rows],
        form=form,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/messages/<{ID}:message_id>")
@requires(Right.MESSAGES_READ)
def message(message_id: int) -> Response:
    """One message with its receipt and what became of it."""
    found = history.message_by_id(session(), actor=g.actor, message_id=message_id)
    sub_account = access.sub_account_by_id(
        session(), actor=g.actor, sub_account_id=found.sub_account_id
    )
    return page(
        "client/message.html",
        message=message_receipts.shown(session(), found, sub_account=sub_account.name),
        history=message_rows.steps(found, history.events_of(session(), found)),
    )
