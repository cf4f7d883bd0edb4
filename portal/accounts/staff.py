"""People of a reseller's staff, or of the operator's."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import invitations, passwords, reach
from portal.accounts.actor import Actor
from portal.accounts.errors import NameTaken
from portal.accounts.models import Person
from portal.accounts.roles import AUDIENCES, RIGHTS, Right, Role
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound

API_PASSWORD_BITS = 160


def create(
    session: ResellerSession,
    *,
    email: str,
    password: str,
    role: Role,
    language: str,
    firstname: str = "",
    lastname: str = "",
) -> Person:
    """A new person who works for the session's reseller.

    Raises:
        NameTaken: somebody of this reseller's has the address.
        WeakPassword: the password is among those that are guessed first.
    """
    passwords.refuse_weak(password, about=(email, firstname, lastname))
    return _add(
        session,
        email=email,
        password=password,
        role=role,
        language=language,
        firstname=firstname,
        lastname=lastname,
    )


def invite(
    session: ResellerSession,
    *,
    email: str,
    role: Role,
    language: str,
    firstname: str = "",
    lastname: str = "",
) -> Person:
    """A new person who gets a link by mail to choose a password with, and is not let in before.

    Raises:
        NameTaken: somebody of this reseller's has the address.
    """
    return invitations.add(
        session,
        client_id=None,
        email=email,
        role=role,
        language=language,
        firstname=firstname,
        lastname=lastname,
    )


def by_email(session: ResellerSession, email: str) -> Person | None:
    """Whoever signs in with this address at the session's reseller, a client's people as well."""
    return session.scalars(
        select(Person).where(func.lower(Person.email) == email.lower())
    ).one_or_none()


def emails(session: ResellerSession) -> list[str]:
    """The addresses of all who work for the session's reseller."""
    return list(
        session.scalars(
            select(Person.email)
            .where(Person.client_id.is_(None), Person.removed_at.is_(None))
            .order_by(Person.email)
        )
    )


def who_may(session: ResellerSession, right: Right) -> list[Person]:
    """Everybody who works for the session's reseller, may sign in and has a right, in order."""
    found = session.scalars(
        select(Person)
        .where(Person.client_id.is_(None), Person.removed_at.is_(None))
        .order_by(Person.id)
    )
    return [each for each in found if each.is_let_in and right in RIGHTS[Role(each.role)]]


def _add(
    session: ResellerSession,
    *,
    email: str,
    password: str,
    role: Role,
    language: str,
    firstname: str,
    lastname: str,
) -> Person:
    person = Person(
        role=role,
        email=email,
        firstname=firstname,
        lastname=lastname,
        language=language,
        password_hash=passwords.hashed(password),
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        raise NameTaken("email", email) from None
    return person


def give_api_password(session: ResellerSession, *, email: str) -> str:
    """A new password for programs that speak for this person, shown this once.

    Raises:
        NotFound: the reseller has nobody of this address.
    """
    password = signing.random_token(API_PASSWORD_BITS)
    _by_email(session, email).api_password_hash = signing.digest(password)
    return password


def actor_of(session: ResellerSession, *, email: str) -> Actor:
    """The person of this address as somebody who acts: for commands, which ask for no password.

    Raises:
        NotFound: the reseller has none such.
    """
    person = _by_email(session, email)
    role = Role(person.role)
    return Actor(
        reseller_id=person.reseller_id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        audience=AUDIENCES[role],
        rights=RIGHTS[role],
        client_id=person.client_id,
        sub_account_ids=reach.of_person(session, person),
    )


def _by_email(session: ResellerSession, email: str) -> Person:
    person = by_email(session, email)
    if person is None:
        raise NotFound("person", email)
    return person
