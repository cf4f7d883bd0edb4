"""Which sub-account a request is about, by its id or its name."""

from __future__ import annotations

from portal.accounts import access
from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound


def chosen(session: ResellerSession, actor: Actor, given: str | None) -> int | None:
    """The sub-account of this id or name; None where none is given, or for staff.

    Raises:
        NotFound: the client has none, or the actor is kept from it.
    """
    if given is None or actor.client_id is None:
        return None
    listed = access.own_sub_accounts(session, actor=actor)
    by_word = {one.name: one.id for one in listed} | {str(one.id): one.id for one in listed}
    if given not in by_word:
        raise NotFound("sub-account", given)
    return by_word[given]
