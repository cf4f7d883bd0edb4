"""Come to a firm by an invitation: its link lets a guest choose a password, once."""

from __future__ import annotations

from dataclasses import replace

from portal.accounts import activity, attempts, invitations, one_time_links, passwords
from portal.accounts.actor import system
from portal.accounts.errors import LinkSpent
from portal.accounts.models import Person
from portal.infra.db import ResellerSession


def count(session: ResellerSession, *, address: str) -> None:
    """Count one try to use a link.

    Raises:
        TooOften: the network or the reseller has tried as often as it may.
    """
    attempts.count(session, "invitation", address=address)


def guest_of(session: ResellerSession, *, token: str) -> Person:
    """Who is invited by a link; it stays good.

    Raises:
        LinkSpent: it was used, withdrawn, is too old, or never was one.
    """
    return _guest(one_time_links.owner_of(session, token=token, purpose=invitations.PURPOSE))


def accept(session: ResellerSession, *, token: str, password: str, address: str) -> Person:
    """Let the guest in with this password. Of two who try with one link, one is let in.

    Raises:
        LinkSpent: as for `guest_of`.
        WeakPassword: the password is not good enough; the link still works.
        PasswordChecksBusy: too many passwords are being worked on.
    """
    guest = guest_of(session, token=token)
    about = (guest.email, guest.email.partition("@")[0], guest.firstname, guest.lastname)
    passwords.refuse_weak(password, about=about)
    kept = passwords.hashed(password)
    person = _guest(one_time_links.spend(session, token=token, purpose=invitations.PURPOSE))
    come(session, person, password_hash=kept, address=address)
    return person


def come(session: ResellerSession, person: Person, *, password_hash: str, address: str) -> None:
    """Let somebody who is invited in, whichever way they came."""
    invitations.use_up(session, person)
    person.password_hash = password_hash
    person.invited_at = None
    person.auth_epoch += 1
    activity.record(
        session,
        by=replace(
            system(session.reseller_id),
            person_id=person.id,
            name=person.name,
            client_id=person.client_id,
            address=address,
        ),
        what="person.joined",
        about_id=person.id,
    )


def _guest(person: Person | None) -> Person:
    if person is None or person.invited_at is None or person.disabled_at is not None:
        raise LinkSpent("this invitation does not work any more")
    return person
