"""Who asks: whose session, visit or key it is that a request shows."""

from __future__ import annotations

import re

from flask import g, request

from portal.accounts import (
    api_keys,
    attempts,
    impersonation,
    key_refusals,
    sessions,
    visits,
)
from portal.accounts.actor import Actor
from portal.accounts.sessions import Recognised
from portal.accounts.visit_models import Visit
from portal.accounts.visits import Visitor
from portal.http import security, unit_of_work
from portal.infra.db import ResellerSession
from portal.pricing import showing
from portal.tenancy.resellers import OPERATOR_ID

_BEARER = re.compile(r"bearer +([\x21-\x7e]{1,200})", re.IGNORECASE | re.ASCII)


def visitor() -> Actor | None:
    """Whose session the browser's cookie names, on this host and for this reseller."""
    token = request.cookies.get(security.cookie_name("sid"))
    if token is None:
        return None
    # A transaction of its own, ended before the request's begins: no request holds two connections.
    with unit_of_work.own_transaction() as beside:
        recognised = sessions.find(beside, token=token, host=g.tenant.host)
        if recognised is not None:
            return _of_session(beside, recognised, token)
        visit = visits.find(beside, token=token, host=g.tenant.host)
    return _of_visit(visit, token)


def _of_session(beside: ResellerSession, recognised: Recognised, token: str) -> Actor:
    """Who acts in a session that holds, in a client's place or their own."""
    actor = impersonation.actor_of(recognised, address=address())
    if recognised.viewed is not None and actor.viewing is None:
        impersonation.lapse(beside, by=actor, token=token)
        g.left_place_of = recognised.viewed.id
    if not recognised.seen_lately:
        sessions.seen(beside, token=token)
    g.session_token = token
    g.is_confirmed = recognised.is_confirmed
    g.proof = recognised.signed_in.proof
    g.person_language = recognised.person.language
    firm = recognised.viewed if actor.viewing else recognised.client
    g.person_time_zone = firm.time_zone if firm else None
    return _shown(beside, actor)


def _of_visit(visit: Visit | None, token: str) -> Actor | None:
    """Who acts on this visit at this moment; nobody on one that is over, which is noted.

    The visitor is looked up among the operator's people at every request, so that a visit ends with
    their right to it. It is called while no transaction of this request is open.
    """
    if visit is None:
        g.new_cookie = ""
        return None
    actor = visits.actor_of(visit, place_of=g.tenant.brand.title, address=address())
    visitor = known_visitor(visit.visitor_id)
    if visitor is None or visits.is_over(visit, visitor):
        with unit_of_work.own_transaction() as beside:
            visits.lapse(beside, by=actor)
        g.new_cookie = ""
        return None
    g.session_token = token
    g.is_confirmed = False
    g.person_language = visitor.language
    g.person_time_zone = None
    return actor


def known_visitor(person_id: int) -> Visitor | None:
    """This person of the operator's, if they may visit; asked while no transaction is open."""
    with unit_of_work.own_transaction(OPERATOR_ID) as console:
        return visits.visitor(console, person_id=person_id)


def speaker() -> Actor | None:
    """Whom the request's bearer token speaks for; a cookie is not looked at here."""
    given = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if given is None:
        return None
    # With the request's own transaction, since programs are many: it goes on to do what they ask.
    resolved = api_keys.resolve(unit_of_work.session(), given[1], address=address())
    if resolved is None:
        unit_of_work.close()
        with unit_of_work.own_transaction() as beside:
            key_refusals.note(beside, token=given[1], address=address())
            attempts.count(beside, "key", address=address())
        return None
    actor = _shown(unit_of_work.session(), resolved.actor)
    if not resolved.seen_lately:
        unit_of_work.close()
        with unit_of_work.own_transaction() as beside:
            api_keys.seen(beside, key_id=resolved.key_id, address=address())
    return actor


def _shown(session: ResellerSession, actor: Actor) -> Actor:
    """The actor with what their client is shown, frozen for this request."""
    if actor.client_id is None:
        return actor
    tenant = g.tenant
    return actor.under(
        showing.to(session, actor, portal=tenant.settings.display, packages=tenant.displays)
    )


def address() -> str:
    """Where the request comes from."""
    return (request.remote_addr or "")[:45]
