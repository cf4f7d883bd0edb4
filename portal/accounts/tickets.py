"""Sign in from another site's form: a ticket of one minute, which becomes a session once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update

from portal.accounts.errors import LinkSpent
from portal.accounts.models import Client, OneTimeLink, Person
from portal.accounts.statuses import MAY_SIGN_IN
from portal.infra import clock, signing
from portal.infra.db import ResellerSession

PURPOSE: Final = "direct_login"
GOOD_FOR: Final = timedelta(minutes=1)
TOKEN_LENGTH_MAX: Final = 64


def issue(session: ResellerSession, *, person: Person) -> str:
    """A ticket for somebody who has just given the right password; only its hash is kept."""
    token = signing.random_token()
    now = clock.now()
    session.add(
        OneTimeLink(
            hash=signing.digest(token),
            person_id=person.id,
            purpose=PURPOSE,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    return token


def owner_of(session: ResellerSession, *, token: str) -> Person:
    """Whose ticket it is; it stays good.

    Raises:
        LinkSpent: it was used, is too old, never was one, or its owner is not let in any more.
    """
    person_id = session.scalar(select(OneTimeLink.person_id).where(*_good(token)))
    return _let_in(session, person_id)


def redeem(session: ResellerSession, *, token: str) -> Person:
    """Use a ticket up: of two who try at once, one gets its owner.

    Raises:
        LinkSpent: as for `owner_of`.
    """
    person_id = session.scalar(
        update(OneTimeLink)
        .where(*_good(token))
        .values(used_at=clock.now())
        .returning(OneTimeLink.person_id)
        .execution_options(synchronize_session=False)
    )
    return _let_in(session, person_id)


def _let_in(session: ResellerSession, person_id: int | None) -> Person:
    """Somebody of a client that may sign in at this moment; staff never came by a ticket."""
    person = person_id and session.get(Person, (session.reseller_id, person_id))
    if not person or person.client_id is None or not person.is_let_in:
        raise LinkSpent("this ticket does not work any more")
    client = session.get(Client, (session.reseller_id, person.client_id))
    if client is None or client.standing not in MAY_SIGN_IN:
        raise LinkSpent("this ticket does not work any more")
    return person


def _good(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.hash == signing.digest(token[:TOKEN_LENGTH_MAX]),
        OneTimeLink.purpose == PURPOSE,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > clock.now(),
    )
