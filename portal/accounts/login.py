"""Sign in with an address and a password, so that the answer tells nothing but yes or no.

It takes three steps, because checking a password takes long and no transaction may be open over it:
`begin` counts the try and looks the person up, `passwords.verify` checks, `finish` settles it. The
door gives `begin` and `finish` transactions of their own, committed also when they refuse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select

from portal.accounts import activity, attempts
from portal.accounts.actor import Actor, system
from portal.accounts.errors import WrongCredentials
from portal.accounts.models import Client, Person
from portal.accounts.statuses import MAY_SIGN_IN, Standing
from portal.infra import clock
from portal.infra.db import ResellerSession

WHAT: Final = "login"
EMAIL_LENGTH_MAX: Final = 254


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A try to sign in whose password is still to be checked."""

    email: str
    address: str
    person_id: int | None
    password_hash: str | None


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """Who has given the right password, and how their firm stands; staff has no client."""

    person: Person
    client: Client | None

    @property
    def standing(self) -> Standing:
        """The client's; staff is always active."""
        return self.client.standing if self.client else Standing.ACTIVE

    @property
    def may_sign_in(self) -> bool:
        """Whether they get a session, or only the page that says what they wait for."""
        return self.standing in MAY_SIGN_IN


def begin(session: ResellerSession, *, email: str, address: str) -> Attempt:
    """Count a try and look up whose it is.

    Raises:
        TooOften: the account, the network or the reseller has had as many as it may.
    """
    email = email.strip()[:EMAIL_LENGTH_MAX]
    attempts.count(session, WHAT, address=address, account=email)
    person = session.scalars(
        select(Person).where(func.lower(Person.email) == email.lower())
    ).one_or_none()
    return Attempt(
        email=email,
        address=address,
        person_id=person.id if person else None,
        password_hash=person.password_hash if person else None,
    )


def finish(
    session: ResellerSession, attempt: Attempt, *, right: bool, clients_only: bool = False
) -> Admitted:
    """Settle a try whose password was checked.

    Raises:
        WrongCredentials: it was wrong, there is nobody of this address any more, or they belong to
            no client where `clients_only`.
    """
    person = _person_of(session, attempt)
    client = None
    if person and person.client_id is not None:
        client = session.get(Client, (session.reseller_id, person.client_id))
    wrong = person is None or not right or (clients_only and client is None)
    if person is None or wrong or (client and client.standing is Standing.CLOSED):
        _record(session, attempt, person, "login.refused")
        raise WrongCredentials("this address and password do not belong together")
    attempts.forgive(session, WHAT, address=attempt.address, account=attempt.email)
    admitted = Admitted(person=person, client=client)
    if admitted.may_sign_in:
        person.last_login_at = clock.now()
        _record(session, attempt, person, "login.succeeded")
    return admitted


def _person_of(session: ResellerSession, attempt: Attempt) -> Person | None:
    if attempt.person_id is None:
        return None
    person = session.get(Person, (session.reseller_id, attempt.person_id), populate_existing=True)
    # A password that was changed while the old one was being checked has the last word.
    return person if person and person.password_hash == attempt.password_hash else None


def _record(session: ResellerSession, attempt: Attempt, person: Person | None, what: str) -> None:
    by: Actor = replace(
        system(session.reseller_id),
        person_id=person.id if person else None,
        name=person.name if person else "",
        client_id=person.client_id if person else None,
        address=attempt.address,
    )
    # What is no address may be a password, typed into the wrong field.
    typed = attempt.email if "@" in attempt.email else ""
    activity.record(session, by=by, what=what, email=typed)
