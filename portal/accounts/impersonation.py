"""A member of staff in a client's place: for half an hour, and never further than the leash.

Without a reason it is looking only. With one it is what the client's owner may do, but for keys and
whatever else `CLOSED_WHILE_VIEWING` names. The person stays who they are: every act is recorded
with both names.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from portal.accounts import access, activity, sessions
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor, Viewing
from portal.accounts.errors import AlreadyViewing, WrongStanding
from portal.accounts.models import Person
from portal.accounts.roles import (
    AUDIENCES,
    CLOSED_WHILE_VIEWING,
    RIGHTS,
    VIEW_ONLY,
    Audience,
    Right,
    Role,
)
from portal.accounts.session_models import SignedIn
from portal.accounts.sessions import Recognised
from portal.accounts.statuses import MAY_SIGN_IN
from portal.infra import clock, signing
from portal.infra.db import ResellerSession

LEASH: Final = timedelta(minutes=30)
REASON_LENGTH_MAX: Final = 200


def actor_of(recognised: Recognised, *, address: str) -> Actor:
    """Who acts in this session at this moment, in a client's place as long as the leash holds."""
    person, client, viewed = recognised.person, recognised.client, recognised.viewed
    role = Role(person.role)
    viewing = None
    if viewed is not None and in_place(recognised):
        viewing = Viewing(
            place_of=viewed.name,
            reason=recognised.signed_in.viewing_reason,
            until=recognised.signed_in.viewing_until or clock.now(),
        )
        client = viewed
    return Actor(
        reseller_id=person.reseller_id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        audience=Audience.CLIENT if viewing else AUDIENCES[role],
        rights=_rights_in_place(viewing) if viewing else RIGHTS[role],
        client_id=client.id if client else None,
        sub_account_ids=None if viewing else recognised.sub_account_ids,
        viewing=viewing,
        address=address,
    )


def in_place(recognised: Recognised) -> bool:
    """Whether the session is in a client's place, and still may be."""
    until = recognised.signed_in.viewing_until
    return (
        recognised.viewed is not None
        and until is not None
        and until > clock.now()
        and recognised.viewed.standing in MAY_SIGN_IN
        and Right.CLIENTS_VIEW_AS in RIGHTS[Role(recognised.person.role)]
    )


def start(
    session: ResellerSession, *, by: Actor, token: str, client_id: int, reason: str = ""
) -> str:
    """Take a client's place in this session; the value of its fresh cookie.

    Raises:
        NotFound: the client is not one of the actor's reseller.
        NotAllowed: the actor is no member of staff who may do this.
        AlreadyViewing: they are in a client's place; there is no going on from one to the next.
        WrongStanding: the client is not let in itself.
    """
    if by.viewing is not None:
        raise AlreadyViewing("leave the client you are looking at first")
    if by.audience is not Audience.RESELLER or not by.can(Right.CLIENTS_VIEW_AS):
        raise NotAllowed("only staff may take a client's place")
    client = access.client_by_id(session, actor=by, client_id=client_id)
    if client.standing not in MAY_SIGN_IN:
        raise WrongStanding(client.standing)
    reason = reason.strip()[:REASON_LENGTH_MAX]
    signed_in = _session_of(session, token)
    signed_in.viewing_client_id = client.id
    signed_in.viewing_reason = reason
    signed_in.viewing_until = clock.now() + LEASH
    session.flush()  # the row gets its new hash in the next statement
    activity.record(session, by=by, what="view_as.started", client_id=client.id, reason=reason)
    return sessions.renew(session, token=token)


def stop(session: ResellerSession, *, by: Actor, token: str) -> str:
    """Leave the client's place, if the session is in one; the value of its fresh cookie."""
    _leave(session, by=by, token=token, what="view_as.stopped")
    return sessions.renew(session, token=token)


def lapse(session: ResellerSession, *, by: Actor, token: str) -> None:
    """Note that the leash has ended by itself; the cookie may stay, since it allows less now."""
    _leave(session, by=by, token=token, what="view_as.lapsed")


def overdue_resellers(session: ResellerSession) -> list[int]:
    """Whose staff stayed in a client's place until the end; in a session across resellers."""
    found = select(SignedIn.reseller_id).where(SignedIn.viewing_until <= clock.now())
    return sorted(session.scalars(found.distinct()))


def lapse_overdue(session: ResellerSession) -> None:
    """Note that the leash has ended, in every session of the session's reseller where it has."""
    rows = session.execute(
        select(SignedIn, Person)
        .join(Person, Person.id == SignedIn.person_id)
        .where(SignedIn.viewing_until <= clock.now())
        .order_by(SignedIn.id)
        .with_for_update(of=SignedIn)
    ).all()
    for signed_in, person in rows:
        role = Role(person.role)
        by = Actor(
            reseller_id=person.reseller_id,
            person_id=person.id,
            name=person.name,
            email=person.email,
            audience=AUDIENCES[role],
        )
        _end(session, signed_in, by=by, what="view_as.lapsed")


def note_act(session: ResellerSession, *, by: Actor, page: str) -> None:
    """Record that something was done in another's place whose verb has recorded nothing itself.

    `page` is the name of the route that did it.
    """
    if by.viewing is None:
        raise ValueError("whoever is in nobody's place acts for themselves")
    what = "view_as.acted" if by.viewing.visit_id is None else "visit.acted"
    activity.record(session, by=by, what=what, page=page)


def _leave(session: ResellerSession, *, by: Actor, token: str, what: str) -> None:
    _end(session, _session_of(session, token), by=by, what=what)


def _end(session: ResellerSession, signed_in: SignedIn, *, by: Actor, what: str) -> None:
    client_id = signed_in.viewing_client_id
    if client_id is None:
        return
    signed_in.viewing_client_id = None
    signed_in.viewing_reason = ""
    signed_in.viewing_until = None
    session.flush()  # the row may get a new hash in the next statement
    activity.record(session, by=by, what=what, client_id=client_id)


def _session_of(session: ResellerSession, token: str) -> SignedIn:
    """The row, held until the transaction ends, so that starting twice is starting once."""
    found = session.scalars(
        select(SignedIn)
        .where(SignedIn.hash == signing.digest(token))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotAllowed("this session has ended")
    return found


def _rights_in_place(viewing: Viewing) -> frozenset[Right]:
    if not viewing.may_act:
        return VIEW_ONLY
    return RIGHTS[Role.OWNER] - CLOSED_WHILE_VIEWING
