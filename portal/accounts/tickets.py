"""Sign in from another site's form: a ticket of one minute, which becomes a session once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.accounts import one_time_links
from portal.accounts.errors import LinkSpent
from portal.accounts.models import Client, Person
from portal.accounts.statuses import MAY_SIGN_IN
from portal.infra.db import ResellerSession

PURPOSE: Final = "direct_login"
GOOD_FOR: Final = timedelta(minutes=1)


def issue(session: ResellerSession, *, person: Person) -> str:
    """A ticket for somebody who has just given the right password; only its hash is kept."""
    return one_time_links.issue(session, person_id=person.id, purpose=PURPOSE, good_for=GOOD_FOR)


def owner_of(session: ResellerSession, *, token: str) -> Person:
    """Whose ticket it is; it stays good.

    Raises:
        LinkSpent: it was used, is too old, never was one, or its owner is not let in any more.
    """
    return _let_in(session, one_time_links.owner_of(session, token=token, purpose=PURPOSE))


def redeem(session: ResellerSession, *, token: str) -> Person:
    """Use a ticket up: of two who try at once, one gets its owner.

    Raises:
        LinkSpent: as for `owner_of`.
    """
    return _let_in(session, one_time_links.spend(session, token=token, purpose=PURPOSE))


def _let_in(session: ResellerSession, person: Person | None) -> Person:
    """Somebody of a client that may sign in at this moment; staff never came by a ticket."""
    if person is None or person.client_id is None or not person.is_let_in:
        raise LinkSpent("this ticket does not work any more")
    client = session.get(Client, (session.reseller_id, person.client_id))
    if client is None or client.standing not in MAY_SIGN_IN:
        raise LinkSpent("this ticket does not work any more")
    return person
