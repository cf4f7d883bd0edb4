"""The people of a firm: who they are, what they may do, and how they are kept out again.

A firm is a client, a reseller or the operator; its people are those of the session's reseller who
belong to that client, or to none. A client's people are managed by its owners and by its reseller's
staff, staff by its owners and administrators; an owner is made and unmade by owners only.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select

from portal.accounts import access, activity, api_keys, reach, sessions
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import LastOwner, LimitMissing, OwnAccess, RoleUnfit
from portal.accounts.models import OneTimeLink, Person
from portal.accounts.roles import (
    ALWAYS_LIMITED,
    AUDIENCES,
    LIMITABLE,
    OWNERS,
    Audience,
    Right,
    Role,
)
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Access:
    """What somebody may do; `sub_account_ids` is None where it is for all of their client's."""

    role: Role
    sub_account_ids: frozenset[int] | None = None


def choose_language(session: ResellerSession, *, person_id: int, language: str) -> None:
    """Read pages, and get mails, in this language from now on.

    Raises:
        NotFound: there is no such person.
    """
    person = session.get(Person, (session.reseller_id, person_id))
    if person is None:
        raise NotFound("person", person_id)
    person.language = language


def audience_of(session: ResellerSession, *, client_id: int | None) -> Audience:
    """Whose pages the people of a firm see."""
    if client_id is not None:
        return Audience.CLIENT
    return Audience.RESELLER if session.reseller_id else Audience.OPERATOR


def listed(session: ResellerSession, *, by: Actor, client_id: int | None) -> list[Person]:
    """The people of a firm, those who have come first, in the order of their addresses.

    Raises:
        NotAllowed, NotFound: the actor may neither manage them nor, as staff, see the client.
    """
    if client_id is None or by.audience is Audience.CLIENT or not by.can(Right.CLIENTS_READ):
        refuse_others(session, by=by, client_id=client_id)
    else:
        access.client_by_id(session, actor=by, client_id=client_id)
    return list(
        session.scalars(
            select(Person)
            .where(_of_firm(client_id), Person.removed_at.is_(None))
            .order_by(Person.invited_at.is_not(None), func.lower(Person.email))
        )
    )


def by_id(session: ResellerSession, *, by: Actor, client_id: int | None, person_id: int) -> Person:
    """One of a firm's people.

    Raises:
        NotAllowed: the actor may not manage them.
        NotFound: the firm, or its person, is none that they know of.
    """
    refuse_others(session, by=by, client_id=client_id)
    person = session.get(Person, (session.reseller_id, person_id))
    if person is None or person.client_id != client_id or person.removed_at is not None:
        raise NotFound("person", person_id)
    return person


def rename(
    session: ResellerSession, *, by: Actor, person: Person, firstname: str, lastname: str
) -> None:
    """Write a person's name differently."""
    if (person.firstname, person.lastname) != (firstname, lastname):
        person.firstname, person.lastname = firstname, lastname
        _note(session, by, person, "person.renamed")


def change(session: ResellerSession, *, by: Actor, person: Person, to: Access) -> bool:
    """Give a person another role or limit, which ends their sessions and keys; whether it is new.

    Raises:
        NotAllowed: only an owner makes an owner, or takes that away.
        OwnAccess: it is the actor themselves.
        RoleUnfit, LimitMissing, NotFound: the firm knows no such role, or the limit does not fit.
        LastOwner: nobody would be left who owns the firm.
    """
    refuse_unfit(session, client_id=person.client_id, wanted=to)
    if _access_of(session, person) == to:
        return False
    _refuse_own(by, person)
    refuse_owner(session, by, person.client_id, Role(person.role), to.role)
    if to.role not in OWNERS.values():
        _refuse_last_owner(session, person)
    person.role = to.role
    reach.put(session, person, to.sub_account_ids)
    if person.invited_at is None:  # who has not come has nothing to end but the invitation
        end_access(session, person, by=by)
    _note(session, by, person, "person.changed", role=to.role)
    return True


def disable(session: ResellerSession, *, by: Actor, person: Person) -> None:
    """Keep a person out until they are enabled; keeping them out twice does nothing more.

    Raises:
        NotAllowed, OwnAccess, LastOwner: as for `change`.
    """
    if person.disabled_at is None:
        _refuse_end(session, by, person)
        person.disabled_at = clock.now()
        end_access(session, person, by=by)
        _note(session, by, person, "person.disabled")


def enable(session: ResellerSession, *, by: Actor, person: Person) -> None:
    """Let a person in again; keys that ended do not come back.

    Raises:
        NotAllowed: it is an owner, and the actor is none.
    """
    if person.disabled_at is not None:
        refuse_owner(session, by, person.client_id, Role(person.role))
        person.disabled_at = None
        _note(session, by, person, "person.enabled")


def remove(session: ResellerSession, *, by: Actor, person: Person) -> None:
    """Take a person off the firm for good. Their name stays beside what they did.

    Their address is free for somebody else at once.

    Raises:
        NotAllowed, OwnAccess, LastOwner: as for `change`.
    """
    _refuse_end(session, by, person)
    _note(session, by, person, "person.removed", email=person.email)
    if not (person.firstname or person.lastname):
        person.lastname = person.email  # the only name that there is for what they did
    person.removed_at = clock.now()
    person.email = str(person.id)  # which is no address, so that nobody is found by it
    person.password_hash = ""
    person.api_password_hash = None
    if person.is_limited:
        reach.put(session, person, ())
    end_access(session, person, by=by)


def end_access(session: ResellerSession, person: Person, *, by: Actor) -> None:
    """End every session, key and link of a person: what they may do now begins with a new one."""
    person.auth_epoch += 1
    sessions.end_all_of(session, person_id=person.id)
    api_keys.revoke_all_of(session, person_id=person.id, by=by)
    session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person.id))


def refuse_others(session: ResellerSession, *, by: Actor, client_id: int | None) -> None:
    """See that an actor manages the people of this firm.

    Raises:
        NotAllowed: they may not, or are in somebody else's place.
        NotFound: it is a client that they do not oversee.
    """
    if by.viewing is not None:
        raise NotAllowed("somebody in another's place changes nobody's access")
    if by.audience is not Audience.CLIENT and client_id is not None:
        wanted = Right.CLIENTS_MANAGE
    else:
        wanted = Right.PEOPLE_MANAGE
    if not by.can(wanted) or by.reseller_id != session.reseller_id:
        raise NotAllowed("this role manages no people")
    if client_id is not None:
        access.client_by_id(session, actor=by, client_id=client_id)
    elif by.client_id is not None:
        raise NotFound("person", None)


def may_change(session: ResellerSession, *, by: Actor, person: Person) -> bool:
    """Whether an actor who manages these people changes what this one may do."""
    if by.person_id == person.id:
        return False
    is_owner = Role(person.role) in OWNERS.values()
    return not is_owner or by.client_id != person.client_id or _is_owner(session, by)


def refuse_unfit(session: ResellerSession, *, client_id: int | None, wanted: Access) -> None:
    """See that a role is one of the firm's, and that a limit goes with it.

    Raises:
        RoleUnfit: it is another firm's, or is never limited.
        LimitMissing: it needs some sub-accounts, and none are named.
    """
    if AUDIENCES[wanted.role] is not audience_of(session, client_id=client_id):
        raise RoleUnfit(wanted.role)
    if wanted.sub_account_ids is not None and wanted.role not in LIMITABLE:
        raise RoleUnfit(wanted.role)
    must = wanted.role in ALWAYS_LIMITED or wanted.sub_account_ids is not None
    if must and not wanted.sub_account_ids:
        raise LimitMissing(wanted.role)


def refuse_owner(session: ResellerSession, by: Actor, client_id: int | None, *roles: Role) -> None:
    """See that an actor may touch owners of this firm, where one of the roles is an owner's.

    Raises:
        NotAllowed: they are of the same firm, and no owner themselves.
    """
    is_own_firm = by.client_id == client_id
    touched = is_own_firm and set(roles) & set(OWNERS.values())
    if touched and not _is_owner(session, by):
        raise NotAllowed("only an owner makes an owner, or takes that away")


def _access_of(session: ResellerSession, person: Person) -> Access:
    return Access(role=Role(person.role), sub_account_ids=reach.of_person(session, person))


def _refuse_end(session: ResellerSession, by: Actor, person: Person) -> None:
    _refuse_own(by, person)
    refuse_owner(session, by, person.client_id, Role(person.role))
    _refuse_last_owner(session, person)


def _refuse_own(by: Actor, person: Person) -> None:
    if by.person_id == person.id:
        raise OwnAccess("nobody changes what they may do themselves")


def _refuse_last_owner(session: ResellerSession, person: Person) -> None:
    if Role(person.role) not in OWNERS.values() or not person.is_let_in:
        return
    # Held until the transaction ends, so that two owners cannot take each other's place at once.
    owners = session.scalars(
        select(Person)
        .where(
            _of_firm(person.client_id),
            Person.role == person.role,
            Person.invited_at.is_(None),
            Person.disabled_at.is_(None),
            Person.removed_at.is_(None),
        )
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not set(owners) - {person}:
        raise LastOwner("a firm has at least one owner")


def _is_owner(session: ResellerSession, by: Actor) -> bool:
    person = by.person_id and session.get(Person, (session.reseller_id, by.person_id))
    return bool(person and Role(person.role) in OWNERS.values())


def _of_firm(client_id: int | None) -> ColumnElement[bool]:
    return Person.client_id.is_not_distinct_from(client_id)


def _note(session: ResellerSession, by: Actor, person: Person, what: str, **details: str) -> None:
    activity.record(
        session,
        by=by,
        what=what,
        client_id=person.client_id,
        about_id=person.id,
        reason=f"{person.name} ({details['role']})" if "role" in details else person.name,
        name=person.name,
        **details,
    )
