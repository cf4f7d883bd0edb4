"""Sign in with an address and a password, so that the answer tells nothing but yes or no.

It takes three steps, because checking a password takes long and no transaction may be open over it:
`begin` counts the try and looks the person up, `passwords.verify` checks, `finish` settles it. The
door gives `begin` and `finish` transactions of their own, committed also when they refuse.

The other ways in, a second step and a passkey, count their tries by `count` and end in `settle` as
well, so that all are counted together and none lets anybody in whom another refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select

from portal.accounts import activity, attempts, authenticators, devices
from portal.accounts.actor import Actor, system
from portal.accounts.errors import WrongCredentials
from portal.accounts.models import Client, Person
from portal.accounts.statuses import MAY_SIGN_IN, TWO_STEPS, Proof, Standing
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
    device: str = ""
    """The cookie of a browser that its owner has signed in with before; else empty."""

    @property
    def account(self) -> str:
        """What tries are counted for: a browser of its owner's has a count of its own.

        So nobody who guesses elsewhere keeps the owner out.
        """
        return f"{self.email} {self.device}" if self.device else self.email


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """Who has given the right password, and how their firm stands; staff has no client."""

    person: Person
    client: Client | None
    asks_second_step: bool = False
    """Whether they get a session only when they have taken one more step."""

    @property
    def standing(self) -> Standing:
        """The client's; staff is always active."""
        return self.client.standing if self.client else Standing.ACTIVE

    @property
    def may_sign_in(self) -> bool:
        """Whether they get a session, or only the page that says what they wait for."""
        return self.standing in MAY_SIGN_IN


def begin(session: ResellerSession, *, email: str, address: str, device: str = "") -> Attempt:
    """Count a try and look up whose it is; `device` is the cookie by which a browser is known.

    Raises:
        TooOften: the account, the network or the reseller has had as many as it may.
    """
    email = email.strip()[:EMAIL_LENGTH_MAX]
    person = session.scalars(
        select(Person).where(func.lower(Person.email) == email.lower())
    ).one_or_none()
    return _counted(session, person, email=email, address=address, device=device)


def count(session: ResellerSession, person: Person, *, address: str, device: str) -> Attempt:
    """Count a try of somebody who is known already by what they have shown so far.

    Raises:
        TooOften: as for `begin`.
    """
    return _counted(session, person, email=person.email, address=address, device=device)


def finish(
    session: ResellerSession,
    attempt: Attempt,
    *,
    right: bool,
    clients_only: bool = False,
    rehashed: str | None = None,
) -> Admitted:
    """Settle a try whose password was checked; `rehashed` is what to keep of it from now on.

    Raises:
        WrongCredentials: it was wrong, there is nobody of this address any more, or they belong to
            no client where `clients_only`.
    """
    person = person_of(session, attempt)
    if person is None or not right or (clients_only and person.client_id is None):
        raise refuse(session, attempt, person)
    if rehashed is not None:
        person.password_hash = rehashed
    return settle(session, attempt, person, proof=Proof.PASSWORD)


def settle(session: ResellerSession, attempt: Attempt, person: Person, *, proof: Proof) -> Admitted:
    """Settle a try of somebody who has shown what they had to.

    Where a second step is still to be taken, the try counts until then: whoever knows a password
    could guess codes for ever otherwise.

    Raises:
        WrongCredentials: they, or their firm, are not let in any more.
    """
    client = None
    if person.client_id is not None:
        client = session.get(Client, (session.reseller_id, person.client_id))
    if not person.is_let_in or (client and client.standing is Standing.CLOSED):
        raise refuse(session, attempt, person)
    asks = proof not in TWO_STEPS and authenticators.is_on(session, person_id=person.id)
    admitted = Admitted(person=person, client=client, asks_second_step=asks)
    if asks and admitted.may_sign_in:
        return admitted
    forgive(session, attempt)
    if admitted.may_sign_in:
        person.last_login_at = clock.now()
        _record(session, attempt, person, "login.succeeded", proof=proof)
    return admitted


def refuse(session: ResellerSession, attempt: Attempt, person: Person | None) -> WrongCredentials:
    """Write down that somebody was not let in; the refusal, for its caller to raise."""
    _record(session, attempt, person, "login.refused")
    return WrongCredentials("this address and password do not belong together")


def unconfirmed(session: ResellerSession, attempt: Attempt, person: Person | None) -> None:
    """Write down that whoever is signed in could not prove once more who they are."""
    _record(session, attempt, person, "login.unconfirmed")


def forgive(session: ResellerSession, attempt: Attempt) -> None:
    """Take back the count of a try that succeeded."""
    attempts.forgive(session, WHAT, address=attempt.address, account=attempt.account)


def person_of(session: ResellerSession, attempt: Attempt) -> Person | None:
    """Whose try it is, if they are let in and their password is still the one that was checked."""
    # Nobody is looked for as well, so that the time does not tell them from somebody.
    key = (session.reseller_id, attempt.person_id or 0)
    person = session.get(Person, key, populate_existing=True)
    # A password that was changed while the old one was being checked has the last word.
    if person is None or person.password_hash != attempt.password_hash:
        return None
    return person if person.is_let_in else None


def _counted(
    session: ResellerSession, person: Person | None, *, email: str, address: str, device: str
) -> Attempt:
    known = person is not None and devices.is_known(session, person_id=person.id, token=device)
    attempt = Attempt(
        email=email,
        address=address,
        person_id=person.id if person else None,
        password_hash=person.password_hash if person else None,
        device=device if known else "",
    )
    attempts.count(session, WHAT, address=address, account=attempt.account)
    return attempt


def _record(
    session: ResellerSession,
    attempt: Attempt,
    person: Person | None,
    what: str,
    *,
    proof: Proof | None = None,
) -> None:
    by: Actor = replace(
        system(session.reseller_id),
        person_id=person.id if person else None,
        name=person.name if person else "",
        client_id=person.client_id if person else None,
        address=attempt.address,
    )
    # What is no address may be a password, typed into the wrong field.
    typed = attempt.email if "@" in attempt.email else ""
    if proof is None:
        activity.record(session, by=by, what=what, email=typed)
    else:
        activity.record(session, by=by, what=what, email=typed, proof=proof)
