"""What a client has and did: its numbers, its messages, and the record of who did what."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, g

from portal.accounts import activity as log
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.messaging import history
from portal.reports import connected
from portal.tenancy import resellers
from portal.web.parts import message_rows, paging
from portal.web.parts.addresses import ID
from portal.web.parts.filters import MessageFilters
from portal.web.reseller.activity import shown as acts_shown
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint


@blueprint.get(f"/clients/<{ID}:client_id>/numbers")
@requires(Right.CLIENTS_READ)
def client_numbers(client_id: int) -> Response:
    """The numbers that messages to the client come in on."""
    found = found_client(client_id)
    tree = connected.of_client(session(), client_id=client_id)
    return client_view(
        "reseller/client_numbers.html",
        found,
        "reseller.client_numbers",
        rows=[(branch, number) for branch in tree.branches for number in branch.numbers],
    )


@blueprint.get(f"/clients/<{ID}:client_id>/messages")
@requires(Right.MESSAGES_READ)
def client_messages(client_id: int) -> Response:
    """What the client has sent, newest first, narrowed by what the address says."""
    found = found_client(client_id)
    form = MessageFilters()
    if not form.validate():
        return client_view(
            "reseller/client_messages.html",
            found,
            "reseller.client_messages",
            status=422,
            rows=[],
            form=form,
            prev_url=None,
            next_url=None,
        )
    chosen = replace(form.chosen(resellers.own(session()).time_zone), client_id=found.id)
    messages = history.page(
        session(), actor=g.actor, chosen=chosen, below_id=paging.below_id(), limit=paging.ASKED
    )
    shown = paging.cut(messages, id_of=lambda each: each.id)
    return client_view(
        "reseller/client_messages.html",
        found,
        "reseller.client_messages",
        rows=[message_rows.shown(each, client_name=found.name) for each in shown.rows],
        form=form,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/clients/<{ID}:client_id>/activity")
@requires(Right.ACTIVITY_READ)
def client_activity(client_id: int) -> Response:
    """Who did what about the client, and what its people did."""
    found = found_client(client_id)
    acts = log.latest(session(), client_id=found.id, below_id=paging.below_id(), limit=paging.ASKED)
    shown = paging.cut(acts, id_of=lambda each: each.id)
    return client_view(
        "reseller/client_activity.html",
        found,
        "reseller.client_activity",
        rows=acts_shown(shown.rows),
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )
