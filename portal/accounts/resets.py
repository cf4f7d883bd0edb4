"""A new password by mail: a link that works for one hour, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from portal.accounts import (
    activity,
    attempts,
    letters,
    one_time_links,
    passwords,
    people,
    sessions,
)
from portal.accounts.actor import Actor, system
from portal.accounts.errors import LinkSpent
from portal.accounts.models import Client, Person
from portal.accounts.roles import Role
from portal.accounts.statuses import Standing
from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.throttle import Limit, TooOften
from portal.notifications import outbox
from portal.tenancy import links

PURPOSE: Final = "password_reset"
JOB: Final = "passwords.mail_link"
GOOD_FOR: Final = timedelta(hours=1)
MAILS: Final = Limit(count_max=3, window=timedelta(hours=6))
_NO_LETTERS_TO: Final = frozenset({Standing.REFUSED, Standing.CLOSED})


def request(session: ResellerSession, *, email: str, address: str) -> None:
    """Have a link mailed to whoever has this address, if anybody has, and only a few times.

    The caller answers the same in every case, and commits also after a refusal. A job does what is
    done for somebody only, and is queued for nobody as well, so that the time tells no more.

    Raises:
        TooOften: the network or the reseller has asked as often as it may, for whichever address.
    """
    email = email.strip()
    attempts.count(session, "reset", address=address)
    person_id = session.scalar(select(Person.id).where(func.lower(Person.email) == email.lower()))
    try:
        count_mail(session, email=email)
    except TooOften:
        person_id = None
    queue.enqueue(
        session,
        JOB,
        reseller_id=session.reseller_id,
        person_id=person_id,
        address=address,
    )


def send(session: ResellerSession, *, by: Actor, person: Person) -> None:
    """Have a link mailed to somebody whom the actor looks after, also where nobody may ask for one.

    The caller has counted it (`count_mail`), and has seen that these people are the actor's.

    Raises:
        NotAllowed: it is an owner, and the actor is none.
        NotFound: they have not come yet, or are kept out.
    """
    people.refuse_owner(session, by, person.client_id, Role(person.role))
    if person.invited_at is not None or not person.is_let_in:
        raise NotFound("password", person.id)
    activity.record(
        session,
        by=by,
        what="person.password_link",
        client_id=person.client_id,
        about_id=person.id,
        name=person.name,
    )
    queue.enqueue(
        session,
        JOB,
        reseller_id=session.reseller_id,
        person_id=person.id,
        address=by.address,
    )


def count_mail(session: ResellerSession, *, email: str) -> None:
    """Count one link to an address; the caller commits, also after a refusal.

    Raises:
        TooOften: it was mailed as many as it may get.
    """
    attempts.count_for_account(session, "reset_mail", account=email, limit=MAILS)


def mail_link(session: ResellerSession, *, person_id: int, address: str, origin: str) -> None:
    """Mail somebody a link, unless they or their firm are kept out; `address` is who asked for it.

    Raises:
        NotFound: there is no such person.
    """
    person = session.get(Person, (session.reseller_id, person_id))
    if person is None:
        raise NotFound("person", person_id)
    if _standing_of(session, person) in _NO_LETTERS_TO or not person.is_let_in:
        return
    token = one_time_links.issue(session, person_id=person.id, purpose=PURPOSE, good_for=GOOD_FOR)
    _mail(session, person, "password_reset", url=links.password_reset(origin, token))
    _record(session, person, "password.link_sent", address=address)


def count_confirmation(session: ResellerSession, *, address: str) -> None:
    """Count one try to use a link.

    Raises:
        TooOften: the network or the reseller has tried as often as it may.
    """
    attempts.count(session, "reset_confirm", address=address)


def owner_of(session: ResellerSession, *, token: str) -> Person:
    """Whose password a link would change.

    Raises:
        LinkSpent: it was used, is too old, or never was one.
    """
    person = one_time_links.owner_of(session, token=token, purpose=PURPOSE)
    if person is None or not person.is_let_in:
        raise LinkSpent("this link does not work any more")
    return person


def confirm(
    session: ResellerSession, *, token: str, password: str, address: str, origin: str
) -> Person:
    """Give the link's owner this password, end all their sessions, and tell them by mail.

    Raises:
        LinkSpent: the link was used, is too old, or never was one.
        WeakPassword: the password is not good enough; the link still works.
        PasswordChecksBusy: too many passwords are being worked on.
    """
    person = owner_of(session, token=token)
    passwords.refuse_weak(password, about=words_about(person))
    kept = passwords.hashed(password)
    # Two requests with one link: whoever comes second finds it used.
    if one_time_links.spend(session, token=token, purpose=PURPOSE) is None:
        raise LinkSpent("this link does not work any more")
    replace_password(session, person, kept=kept, address=address, origin=origin)
    return person


def replace_password(
    session: ResellerSession, person: Person, *, kept: str, address: str, origin: str
) -> None:
    """Give a person another password, end all their sessions and links, and tell them by mail."""
    one_time_links.spend_all(session, person_id=person.id)
    person.password_hash = kept
    person.auth_epoch += 1
    sessions.end_all_of(session, person_id=person.id)
    _mail(session, person, "password_changed", url=links.login(origin))
    _record(session, person, "password.changed", address=address)


def words_about(person: Person) -> tuple[str, ...]:
    """What a guesser who knows the person would try."""
    return (person.email, person.email.partition("@")[0], person.firstname, person.lastname)


def _standing_of(session: ResellerSession, person: Person) -> Standing:
    client = _client_of(session, person)
    return client.standing if client else Standing.ACTIVE


def _client_of(session: ResellerSession, person: Person) -> Client | None:
    if person.client_id is None:
        return None
    return session.get(Client, (session.reseller_id, person.client_id))


def _mail(session: ResellerSession, person: Person, notice: str, *, url: str) -> None:
    client = _client_of(session, person)
    if client is not None:
        letters.to_person(session, client, person, notice, url=url)
        return
    outbox.write(
        session,
        notice,
        to=person.email,
        language=person.language,
        values={"firstname": person.firstname, "lastname": person.lastname, "url": url},
    )


def _record(session: ResellerSession, person: Person, what: str, *, address: str) -> None:
    activity.record(
        session,
        by=replace(
            system(session.reseller_id),
            person_id=person.id,
            name=person.name,
            client_id=person.client_id,
            address=address,
        ),
        what=what,
    )
