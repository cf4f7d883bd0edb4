"""The e-mail address of somebody who signs up: a link that shows that they read what is sent there.

It works for a day, and once. Until then nobody looks at the request; who never confirms is removed
after a week, since anybody may have typed that address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from portal.accounts import activity, attempts, letters, one_time_links
from portal.accounts.actor import system
from portal.accounts.errors import LinkSpent
from portal.accounts.models import Client, Person
from portal.accounts.sign_up_models import SignUpRecord
from portal.accounts.statuses import Standing
from portal.infra import clock, queue
from portal.infra.db import ResellerSession
from portal.infra.throttle import Limit, TooOften
from portal.tenancy import links

PURPOSE: Final = "confirm_email"
JOB: Final = "sign_ups.mail_link"
GOOD_FOR: Final = timedelta(hours=24)
MAILS: Final = Limit(count_max=3, window=timedelta(hours=6))


def mail_link(session: ResellerSession, *, person_id: int, origin: str) -> None:
    """Mail somebody a link; nothing where there is nothing left to confirm, or nobody any more.

    Links that were mailed before still work.
    """
    person = session.get(Person, (session.reseller_id, person_id))
    client = _waiting(session, person) if person else None
    if person is None or client is None:
        return
    token = one_time_links.issue(session, person_id=person.id, purpose=PURPOSE, good_for=GOOD_FOR)
    url = links.sign_up_confirmation(origin, token)
    letters.write(session, client, "signup_confirm", url=url, to=person.email)


def ask_again(session: ResellerSession, *, email: str, address: str) -> None:
    """Have another link mailed to whoever waits with this address, if anybody does, and seldom.

    The caller answers the same in every case, and commits also after a refusal. A job does what is
    done for somebody only, and is queued for nobody as well, so that the time tells no more.

    Raises:
        TooOften: the network or the reseller has asked as often as it may, for whichever address.
    """
    email = email.strip()
    attempts.count(session, "sign_up_again", address=address)
    person_id = session.scalar(select(Person.id).where(func.lower(Person.email) == email.lower()))
    try:
        attempts.count_for_account(session, "sign_up_mail", account=email, limit=MAILS)
    except TooOften:
        person_id = None
    queue.enqueue(session, JOB, reseller_id=session.reseller_id, person_id=person_id)


def count(session: ResellerSession, *, address: str) -> None:
    """Count one try to use a link.

    Raises:
        TooOften: the network or the reseller has tried as often as it may.
    """
    attempts.count(session, "sign_up_confirm", address=address)


def client_of(session: ResellerSession, *, token: str) -> Client:
    """Whose address a link would confirm.

    Raises:
        LinkSpent: it was used, is too old, or never was one; or there is nothing to confirm.
    """
    person = one_time_links.owner_of(session, token=token, purpose=PURPOSE)
    client = _waiting(session, person) if person else None
    if client is None:
        raise LinkSpent("this link does not work any more")
    return client


def confirm(session: ResellerSession, *, token: str, address: str) -> Client:
    """Write down that whoever signed up reads the mail of their address, and spend the link.

    Raises:
        LinkSpent: the link was used, is too old, or never was one; or there is nothing to confirm.
    """
    client = client_of(session, token=token)
    # Two requests with one link: whoever comes second finds it used.
    person = one_time_links.spend(session, token=token, purpose=PURPOSE)
    if person is None:
        raise LinkSpent("this link does not work any more")
    # Others that are still on their way have nothing left to confirm.
    one_time_links.spend_all(session, person_id=person.id, purpose=PURPOSE)
    note(session, client, address=address)
    return client


def note(session: ResellerSession, client: Client, *, address: str) -> None:
    """Write down that an address is confirmed, by a link or by whoever knows it otherwise."""
    client.email_confirmed_at = clock.now()
    by = replace(system(session.reseller_id), client_id=client.id, address=address)
    activity.record(session, by=by, what="client.email_confirmed", client_id=client.id)


def awaited(session: ResellerSession, client: Client) -> bool:
    """Whether the next step is the client's: to open the link in the mail."""
    if client.email_confirmed_at is not None or client.standing is not Standing.WAIT:
        return False
    return session.get(SignUpRecord, (session.reseller_id, client.id)) is not None


def _waiting(session: ResellerSession, person: Person) -> Client | None:
    """The client of somebody whose address is still to be confirmed."""
    if person.client_id is None:
        return None
    client = session.get(Client, (session.reseller_id, person.client_id))
    return client if client and awaited(session, client) else None
