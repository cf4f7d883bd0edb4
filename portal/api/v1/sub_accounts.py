"""Which sub-account a request is about, by its id or its name."""

from __future__ import annotations

from flask import g

from portal.accounts import access
from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.pricing import showing
from portal.tenancy.display import Service, ServiceHidden


def chosen(
    session: ResellerSession, actor: Actor, given: str | None, *, service: Service
) -> int | None:
    """The sub-account of this id or name, for this; None where none is given, or for staff.

    Raises:
        NotFound: the client has none, or the actor is kept from it.
        ServiceHidden: its package does not offer this, though another of the client's may.
    """
    if given is None or actor.client_id is None:
        return None
    listed = access.own_sub_accounts(session, actor=actor)
    by_word = {one.name: one.id for one in listed} | {str(one.id): one.id for one in listed}
    if given not in by_word:
        raise NotFound("sub-account", given)
    display = showing.to_sub_account(
        session,
        by_word[given],
        client_id=actor.client_id,
        portal=g.tenant.settings.display,
        packages=g.tenant.displays,
    )
    if not display.shows(service):
        raise ServiceHidden(service)
    return by_word[given]
