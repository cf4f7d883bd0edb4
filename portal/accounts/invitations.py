"""Invite somebody to a firm: a link by mail, good once in seven days, to choose a password with.

Until they have come they cannot sign in, nor have a link for another password; their address is
taken all the same. The link is made and mailed by a job, so that it is in no answer to the inviter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, attempts, letters, one_time_links, people, reach
from portal.accounts.actor import Actor
from portal.accounts.errors import NameTaken, TooManyPeople, WrongStanding
from portal.accounts.models import Client, OneTimeLink, Person
from portal.accounts.people import Access
from portal.accounts.roles import Role
from portal.accounts.statuses import Standing
from portal.infra import clock, queue
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.throttle import Limit
from portal.notifications import outbox
from portal.tenancy import links

PURPOSE: Final = "invitation"
JOB: Final = "people.mail_invitation"
GOOD_FOR: Final = timedelta(days=7)
PEOPLE_MAX: Final = 100
PER_FIRM: Final = Limit(count_max=30, window=timedelta(hours=24))
PER_ADDRESS: Final = Limit(count_max=5, window=timedelta(hours=24))
_NOT_INVITED_TO: Final = frozenset({Standing.REFUSED, Standing.CLOSED})


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """Who is invited, to do what."""

    email: str
    access: Access
    language: str
    firstname: str = ""
    lastname: str = ""


def invite(
    session: ResellerSession, *, by: Actor, client_id: int | None, invitation: Invitation
) -> Person:
    """A new person of a firm, who is mailed a link.

    Raises:
        NotAllowed, NotFound: the actor may not manage these people, or make this one an owner.
        RoleUnfit, LimitMissing: the role and the limit do not fit.
        WrongStanding: the client was refused or closed.
        NameTaken: somebody of this reseller's has the address.
        TooManyPeople: the firm has as many as it may.
    """
    people.refuse_others(session, by=by, client_id=client_id)
    people.refuse_unfit(session, client_id=client_id, wanted=invitation.access)
    people.refuse_owner(session, by, client_id, invitation.access.role)
    _refuse_standing(session, client_id)
    _refuse_too_many(session, client_id)
    person = add(
        session,
        client_id=client_id,
        email=invitation.email,
        role=invitation.access.role,
        language=invitation.language,
        firstname=invitation.firstname,
        lastname=invitation.lastname,
    )
    reach.put(session, person, invitation.access.sub_account_ids)
    _note(session, by, person, "person.invited")
    return person


def add(
    session: ResellerSession,
    *,
    client_id: int | None,
    email: str,
    role: Role,
    language: str,
    firstname: str,
    lastname: str,
    mailed: bool = True,
) -> Person:
    """Somebody who is mailed a link, whoever wanted that: for a plan, which is recorded as a whole.

    Whoever is not mailed one now can be later (`repeat`).

    Raises:
        NameTaken: somebody of this reseller's has the address.
    """
    now = clock.now()
    person = Person(
        client_id=client_id,
        role=role,
        email=email,
        firstname=firstname,
        lastname=lastname,
        language=language,
        password_hash="",
        created_at=now,
        invited_at=now,
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        raise NameTaken("email", email) from None
    if mailed:
        _queue(session, person)
    return person


def repeat(session: ResellerSession, *, by: Actor, person: Person) -> None:
    """Mail a new link to somebody who has not come yet; the one before works no more.

    Raises:
        NotFound: they have come.
    """
    _refuse_come(person)
    person.invited_at = clock.now()
    _queue(session, person)
    _note(session, by, person, "person.invited_again")


def withdraw(session: ResellerSession, *, by: Actor, person: Person) -> None:
    """Take an invitation back: the link works no more, and the address is free.

    Raises:
        NotFound: they have come.
    """
    _refuse_come(person)
    _note(session, by, person, "person.withdrawn")
    session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person.id))
    reach.put(session, person, () if person.is_limited else None)
    session.delete(person)
    session.flush()  # the address is free for who is added next


def mail_link(session: ResellerSession, *, person_id: int, origin: str) -> None:
    """Mail somebody a link, unless they have come or the invitation was withdrawn meanwhile."""
    person = session.get(Person, (session.reseller_id, person_id))
    if person is None or person.invited_at is None:
        return
    use_up(session, person)
    token = one_time_links.issue(session, person_id=person.id, purpose=PURPOSE, good_for=GOOD_FOR)
    url = links.invitation(origin, token)
    client = person.client_id and session.get(Client, (session.reseller_id, person.client_id))
    if client:
        letters.to_person(session, client, person, "invited", url=url)
        return
    outbox.write(
        session,
        "invited",
        to=person.email,
        language=person.language,
        values={"firstname": person.firstname, "lastname": person.lastname, "url": url},
    )


def count(session: ResellerSession, *, client_id: int | None, email: str) -> None:
    """Count one invitation of a firm to an address, also one that is refused.

    Raises:
        TooOften: the firm has invited, or the address was mailed, as often as they may.
    """
    firm = str(client_id or "staff")
    attempts.count_for_account(session, "invitations", account=firm, limit=PER_FIRM)
    attempts.count_for_account(session, "invitation_mail", account=email, limit=PER_ADDRESS)


def _refuse_come(person: Person) -> None:
    if person.invited_at is None:
        raise NotFound("invitation", person.id)


def _refuse_standing(session: ResellerSession, client_id: int | None) -> None:
    client = client_id and session.get(Client, (session.reseller_id, client_id))
    if client and client.standing in _NOT_INVITED_TO:
        raise WrongStanding(client.standing)


def _refuse_too_many(session: ResellerSession, client_id: int | None) -> None:
    present = session.scalar(
        select(func.count()).where(
            Person.client_id.is_not_distinct_from(client_id), Person.removed_at.is_(None)
        )
    )
    if present and present >= PEOPLE_MAX:
        raise TooManyPeople(people_max=PEOPLE_MAX)


def _queue(session: ResellerSession, person: Person) -> None:
    queue.enqueue(session, JOB, reseller_id=session.reseller_id, person_id=person.id)


def use_up(session: ResellerSession, person: Person) -> None:
    """Let links that were mailed before be worth nothing any more."""
    one_time_links.spend_all(session, person_id=person.id, purpose=PURPOSE)


def _note(session: ResellerSession, by: Actor, person: Person, what: str) -> None:
    activity.record(
        session,
        by=by,
        what=what,
        client_id=person.client_id,
        about_id=person.id,
        reason=f"{person.name} ({person.role})",
        name=person.name,
        role=person.role,
    )
