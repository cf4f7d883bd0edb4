"""Visit a reseller's portal and leave it, and write down what is done in another's place."""

from __future__ import annotations

from typing import Final

import flask
from flask import current_app, g, request
from flask import session as form_cookie

from portal.accounts import activity, impersonation, sessions, visits
from portal.accounts.access import NotAllowed
from portal.accounts.errors import LinkSpent
from portal.http.actor import access_of
from portal.http.recognising import address, known_visitor
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.tenancy import hostnames, links
from portal.tenancy.resellers import OPERATOR_ID

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DONE: Final = 303
"""How a form is answered that has done something."""


def ticket_to(*, reseller_id: int, reason: str) -> str:
    """The address under which somebody of the operator's begins a visit, good once for a minute.

    Raises:
        NotFound: there is no such reseller, or it has no host name.
        NotAllowed: the actor may not visit.
    """
    visitor = known_visitor(g.actor.person_id or 0)
    if visitor is None:
        raise NotAllowed("only the operator's people visit resellers")
    with own_transaction(reseller_id) as beside:
        host = hostnames.reachable(beside)
        ticket = visits.issue(beside, by=g.actor, visitor=visitor, host=host, reason=reason)
    settings = current().settings
    return links.visit(f"{settings.public_scheme}://{host}{settings.url_port}", ticket)


def begin(ticket: str) -> None:
    """Begin a visit, in place of the session that the browser has here.

    Raises:
        LinkSpent: the ticket was used, is too old, is for another host name, or its owner may not
            visit any more.
    """
    with own_transaction() as beside:
        visit = visits.waiting(beside, ticket=ticket, host=g.tenant.host)
    if visits.is_revoked(visit, known_visitor(visit.visitor_id)):
        raise LinkSpent("this ticket does not work any more")
    if g.actor is not None and g.actor.is_on_visit:
        visits.end(session(), by=g.actor)
    elif g.get("session_token") is not None:
        sessions.end(session(), token=g.session_token)
    g.new_cookie = visits.begin(
        session(),
        ticket=ticket,
        host=g.tenant.host,
        place_of=g.tenant.brand.title,
        address=address(),
    )
    form_cookie.clear()  # form tokens of a time before signing in are worth nothing after


def leave() -> str:
    """End the visit; the address of the reseller's page on the console, where it began."""
    settings = current().settings
    with own_transaction(OPERATOR_ID) as console:
        origin = links.origin_of(console, settings)
    visits.end(session(), by=g.actor)
    form_cookie.clear()
    g.new_cookie = ""
    return links.reseller_page(origin, g.actor.reseller_id)


def note(response: flask.Response) -> flask.Response:
    """Record an act in another's place, in its own transaction, unless its verb has done so."""
    actor = g.get("actor")
    if actor is None or actor.viewing is None or request.method in _READS:
        return response
    access = access_of(current_app.view_functions[request.endpoint or ""])
    if access is None or access.is_public or response.status_code != _DONE:
        return response
    if not activity.has_recorded(session()):
        impersonation.note_act(session(), by=actor, page=request.endpoint or "")
    return response
