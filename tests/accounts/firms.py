"""People of a firm, for tests: brought in through the portal's own verbs."""

from __future__ import annotations

from portal.accounts import accepting, invitations, people, sub_accounts
from portal.accounts.actor import Actor
from portal.accounts.invitations import Invitation
from portal.accounts.models import OneTimeLink, Person
from portal.accounts.people import Access
from portal.accounts.roles import AUDIENCES, RIGHTS, Role
from portal.infra import clock, signing
from portal.infra.db import ResellerSession

PASSWORD = "staple battery horse"


def invited(
    session: ResellerSession,
    by: Actor,
    role: Role,
    *,
    client_id: int | None = None,
    only: frozenset[int] | None = None,
    email: str = "",
) -> Person:
    """Somebody who has not come yet."""
    invitation = Invitation(
        email=email or f"{role}@people.test",
        access=Access(role=role, sub_account_ids=only),
        language="en",
        firstname="Petra",
        lastname=role.value,
    )
    return invitations.invite(session, by=by, client_id=client_id, invitation=invitation)


def come(session: ResellerSession, person: Person) -> Person:
    """The same, in with a password."""
    token = signing.random_token()
    now = clock.now()
    session.add(
        OneTimeLink(
            hash=signing.digest(token),
            person_id=person.id,
            purpose=invitations.PURPOSE,
            created_at=now,
            expires_at=now + invitations.GOOD_FOR,
        )
    )
    return accepting.accept(session, token=token, password=PASSWORD, address="192.0.2.1")


def joined(
    session: ResellerSession,
    by: Actor,
    role: Role,
    *,
    client_id: int | None = None,
    only: frozenset[int] | None = None,
    email: str = "",
) -> Person:
    """Somebody who was invited, and has come."""
    return come(session, invited(session, by, role, client_id=client_id, only=only, email=email))


def acting(person: Person, only: frozenset[int] | None = None) -> Actor:
    """Them as somebody who acts."""
    role = Role(person.role)
    return Actor(
        reseller_id=person.reseller_id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        audience=AUDIENCES[role],
        rights=RIGHTS[role],
        client_id=person.client_id,
        sub_account_ids=only,
        address="192.0.2.1",
    )


def second_sub_account(session: ResellerSession, by: Actor, client_id: int) -> int:
    """Another sub-account of a client."""
    made, _ = sub_accounts.create(
        session, client_id=client_id, name="Second", user=f"second.{client_id}", by=by
    )
    return made.id


def removed(session: ResellerSession, by: Actor, person: Person) -> None:
    """Somebody who is gone."""
    people.remove(session, by=by, person=person)
