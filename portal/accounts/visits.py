"""The operator's people in a reseller's place: by a ticket of one minute, for half an hour.

The console makes the ticket, and a page under the reseller's host name exchanges it, since no
cookie reaches both. Without a reason it is looking only; with one it is what the reseller's owner
may do, but for what `CLOSED_ON_VISITS` and the routes themselves keep back.

Who visits is a number to the reseller: its record says that it was somebody of its provider's, and
the operator's page of the same record says who.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update

from portal.accounts import activity
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor, Viewing
from portal.accounts.errors import AlreadyViewing, LinkSpent
from portal.accounts.impersonation import LEASH, REASON_LENGTH_MAX
from portal.accounts.models import Person
from portal.accounts.roles import (
    CLOSED_ON_VISITS,
    RIGHTS,
    VISITING,
    Audience,
    Right,
    Role,
)
from portal.accounts.visit_models import Visit
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy.resellers import OPERATOR_ID

TICKET_GOOD_FOR: Final = timedelta(minutes=1)
KEPT_FOR: Final = timedelta(days=90)
"""How long a visit's row is kept; what was done is in the record for good."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody of the operator's who may visit at this moment."""

    person_id: int
    epoch: int
    language: str


def visitor(session: ResellerSession, *, person_id: int) -> Visitor | None:
    """Who this is, if they may visit resellers; in a session of the operator's own."""
    if session.reseller_id != OPERATOR_ID:
        raise ValueError("only the operator's people visit")
    person = session.get(Person, (OPERATOR_ID, person_id))
    if person is None or not person.is_let_in:
        return None
    if Right.RESELLERS_VIEW_AS not in RIGHTS[Role(person.role)]:
        return None
    return Visitor(person_id=person.id, epoch=person.auth_epoch, language=person.language)


def issue(
    session: ResellerSession, *, by: Actor, visitor: Visitor, host: str, reason: str = ""
) -> str:
    """A ticket to the session's reseller, good on this host name alone; only its hash is kept.

    Raises:
        NotFound: the operator is none of its own resellers.
        NotAllowed: the actor is nobody of the operator's who may do this, or a program.
        AlreadyViewing: they are in somebody's place; there is no going on from one to the next.
    """
    if session.reseller_id == OPERATOR_ID:
        raise NotFound("reseller", OPERATOR_ID)
    if by.viewing is not None:
        raise AlreadyViewing("leave the place you have taken first")
    if by.reseller_id != OPERATOR_ID or by.person_id != visitor.person_id or by.key_id is not None:
        raise NotAllowed("only the operator's people visit resellers, and as themselves")
    if by.audience is not Audience.OPERATOR or not by.can(Right.RESELLERS_VIEW_AS):
        raise NotAllowed("only the operator's people visit resellers")
    ticket, now = signing.random_token(), clock.now()
    session.add(
        Visit(
            visitor_id=visitor.person_id,
            visitor_epoch=visitor.epoch,
            reason=reason.strip()[:REASON_LENGTH_MAX],
            host=host,
            ticket_hash=signing.digest(ticket),
            asked_at=now,
            ticket_until=now + TICKET_GOOD_FOR,
        )
    )
    return ticket


def waiting(session: ResellerSession, *, ticket: str, host: str) -> Visit:
    """The visit that this ticket would begin; it stays good.

    Raises:
        LinkSpent: it was used, is too old, is for another host name, or never was one.
    """
    if not _TOKEN.fullmatch(ticket):
        raise LinkSpent("this is no ticket")
    found = session.scalars(
        select(Visit).where(
            Visit.ticket_hash == signing.digest(ticket),
            Visit.host == host,
            Visit.begun_at.is_(None),
            Visit.ticket_until > clock.now(),
        )
    ).one_or_none()
    if found is None:
        raise LinkSpent("this ticket does not work any more")
    return found


def begin(session: ResellerSession, *, ticket: str, host: str, place_of: str, address: str) -> str:
    """Use a ticket up: the value of a cookie, good on its host name for half an hour.

    Of two who try at once, one gets it.

    Raises:
        LinkSpent: as for `waiting`.
    """
    visit_id = waiting(session, ticket=ticket, host=host).id
    token, now = signing.random_token(), clock.now()
    begun = session.scalars(
        update(Visit)
        .where(Visit.id == visit_id, Visit.begun_at.is_(None))
        .values(hash=signing.digest(token), address=address, begun_at=now, until=now + LEASH)
        .returning(Visit)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if begun is None:
        raise LinkSpent("this ticket does not work any more")
    by = actor_of(begun, place_of=place_of, address=address)
    activity.record(session, by=by, what="visit.started", reason=begun.reason)
    return token


def find(session: ResellerSession, *, token: str, host: str) -> Visit | None:
    """The visit of this cookie, unless it was ended; whether it is over, `is_over` says."""
    if not _TOKEN.fullmatch(token):
        return None
    return session.scalars(
        select(Visit).where(
            Visit.hash == signing.digest(token),
            Visit.host == host,
            Visit.ended_at.is_(None),
        )
    ).one_or_none()


def is_over(visit: Visit, visitor: Visitor | None) -> bool:
    """Whether its time is up, or it is revoked."""
    until = visit.until
    return until is None or until <= clock.now() or is_revoked(visit, visitor)


def is_revoked(visit: Visit, visitor: Visitor | None) -> bool:
    """Whether the visitor lost the right since the ticket was made, left, or was signed out."""
    return visitor is None or visitor.epoch != visit.visitor_epoch


def actor_of(visit: Visit, *, place_of: str, address: str) -> Actor:
    """Who acts on a visit: of the reseller's staff as far as the leash reaches, without a name."""
    rights = RIGHTS[Role.STAFF_OWNER] - CLOSED_ON_VISITS if visit.reason else VISITING
    return Actor(
        reseller_id=visit.reseller_id,
        person_id=visit.visitor_id,
        name="",
        email="",
        audience=Audience.RESELLER,
        rights=rights,
        viewing=Viewing(
            place_of=place_of,
            reason=visit.reason,
            until=visit.until or clock.now(),
            visit_id=visit.id,
        ),
        address=address,
    )


def end(session: ResellerSession, *, by: Actor) -> None:
    """Leave; leaving twice does nothing more."""
    _end(session, by=by, what="visit.stopped")


def lapse(session: ResellerSession, *, by: Actor) -> None:
    """Note that a visit has ended by itself."""
    _end(session, by=by, what="visit.lapsed")


def overdue_resellers(session: ResellerSession) -> list[int]:
    """Whose visits are over without anybody having left; in a session across resellers."""
    found = select(Visit.reseller_id).where(Visit.ended_at.is_(None), Visit.until <= clock.now())
    return sorted(session.scalars(found.distinct()))


def lapse_overdue(session: ResellerSession) -> None:
    """Note the end of every visit to the session's reseller whose time is up."""
    overdue = select(Visit).where(Visit.ended_at.is_(None), Visit.until <= clock.now())
    for visit in session.scalars(overdue.order_by(Visit.id)):
        lapse(session, by=actor_of(visit, place_of="", address=""))


def forget_old(session: ResellerSession) -> None:
    """Delete visits of long ago, and tickets that nobody used; across resellers, those of all."""
    long_ago = clock.now() - KEPT_FOR
    session.execute(
        delete(Visit).where(
            (Visit.ended_at < long_ago)
            | (Visit.begun_at.is_(None) & (Visit.ticket_until < clock.ago(days=1)))
        )
    )


def _end(session: ResellerSession, *, by: Actor, what: str) -> None:
    if by.viewing is None or by.viewing.visit_id is None:
        return
    ended = session.scalar(
        update(Visit)
        .where(Visit.id == by.viewing.visit_id, Visit.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(Visit.id)
        .execution_options(synchronize_session=False)
    )
    if ended is not None:
        activity.record(session, by=by, what=what)
