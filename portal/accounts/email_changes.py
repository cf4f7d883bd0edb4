"""Another address to sign in with: used once its owner has read a mail that went there.

The answer to whoever asks is the same whether or not somebody here has the address already: a job
finds out, and mails to nobody then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, attempts, own_letters
from portal.accounts.actor import Actor, system
from portal.accounts.errors import LinkSpent
from portal.accounts.models import OneTimeLink, Person
from portal.accounts.sign_in_models import EmailChange
from portal.infra import clock, queue, signing
from portal.infra.db import ResellerSession
from portal.infra.throttle import Limit
from portal.tenancy import links

JOB: Final = "people.mail_email_change"
GOOD_FOR: Final = timedelta(hours=24)
MAILS: Final = Limit(count_max=5, window=timedelta(hours=6))
TOKEN_LENGTH_MAX: Final = 64


def request(session: ResellerSession, person: Person, *, email: str, by: Actor) -> None:
    """Have a link mailed to an address that somebody wants to sign in with.

    Raises:
        TooOften: they have asked as often as they may.
    """
    attempts.count_for_account(session, "email_change", account=str(person.id), limit=MAILS)
    now = clock.now()
    values = {
        "hash": signing.digest(signing.random_token()),  # nobody's: the mail's is made by the job
        "email": email,
        "created_at": now,
        "expires_at": now + GOOD_FOR,
    }
    session.execute(
        insert(EmailChange)
        .values(reseller_id=session.reseller_id, person_id=person.id, **values)
        .on_conflict_do_update(index_elements=["reseller_id", "person_id"], set_=values)
    )
    activity.record(session, by=by, what="email.asked")
    queue.enqueue(session, JOB, reseller_id=session.reseller_id, person_id=person.id)


def mail_link(session: ResellerSession, *, person_id: int, origin: str) -> None:
    """Mail the link, unless somebody has the address already or who asked for it is gone."""
    person = session.get(Person, (session.reseller_id, person_id))
    asked = session.get(EmailChange, (session.reseller_id, person_id))
    if person is None or asked is None or not person.is_let_in or _is_taken(session, asked.email):
        return
    token = signing.random_token()
    asked.hash = signing.digest(token)
    url = links.email_change(origin, token)
    own_letters.write(session, person, "email_change", url=url, to=asked.email, email=asked.email)


def count_try(session: ResellerSession, *, address: str) -> None:
    """Count one try to use a link.

    Raises:
        TooOften: the network or the reseller has tried as often as it may.
    """
    attempts.count(session, "email_confirm", address=address)


def asked_by(session: ResellerSession, *, token: str) -> EmailChange:
    """What a link would change.

    Raises:
        LinkSpent: it was used, is too old, or never was one.
    """
    found = session.scalars(select(EmailChange).where(*_good(token))).one_or_none()
    if found is None:
        raise LinkSpent("this link does not work any more")
    return found


def confirm(session: ResellerSession, *, token: str, address: str, origin: str) -> Person:
    """Let the link's owner sign in with the new address from now on; the old one is told.

    A client whose own address was the old one has the new one as well.

    Raises:
        LinkSpent: the link was used, is too old, or never was one, or somebody else has the
            address now.
    """
    used = session.execute(
        delete(EmailChange)
        .where(*_good(token))
        .returning(EmailChange.person_id, EmailChange.email)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    person = used and session.get(Person, (session.reseller_id, used.person_id))
    if not used or not person or not person.is_let_in:
        raise LinkSpent("this link does not work any more")
    before = person.email
    try:
        with session.begin_nested():
            person.email = used.email
    except IntegrityError:
        raise LinkSpent("somebody else has this address now") from None
    client = own_letters.client_of(session, person)
    if client is not None and client.email.lower() == before.lower():
        client.email = used.email
    # A link for a new password that went to the old address is worth nothing now.
    session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person.id))
    own_letters.write(
        session, person, "email_changed", url=links.login(origin), to=before, email=used.email
    )
    activity.record(session, by=_by(session, person, address), what="email.changed")
    return person


def forget_old(session: ResellerSession) -> None:
    """Delete those whose links are too old; in a session across resellers, of all."""
    session.execute(delete(EmailChange).where(EmailChange.expires_at <= clock.now()))


def _is_taken(session: ResellerSession, email: str) -> bool:
    found = select(Person.id).where(func.lower(Person.email) == email.lower())
    return session.scalar(found) is not None


def _by(session: ResellerSession, person: Person, address: str) -> Actor:
    return replace(
        system(session.reseller_id),
        person_id=person.id,
        name=person.name,
        client_id=person.client_id,
        address=address,
    )


def _good(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        EmailChange.hash == signing.digest(token[:TOKEN_LENGTH_MAX]),
        EmailChange.expires_at > clock.now(),
    )
