"""Mails to somebody about their own way in: in their own language, whoever they belong to."""

from __future__ import annotations

from portal.accounts import letters
from portal.accounts.models import Client, Person
from portal.infra.db import ResellerSession
from portal.notifications import outbox
from portal.tenancy import links


def write(
    session: ResellerSession, person: Person, notice: str, *, url: str, to: str = "", **values: str
) -> None:
    """Queue a notice to a person; `to` is their address unless another is given."""
    client = client_of(session, person)
    if client is not None:
        letters.to_person(session, client, person, notice, url=url, to=to, **values)
        return
    outbox.write(
        session,
        notice,
        to=to or person.email,
        language=person.language,
        values={
            "firstname": person.firstname,
            "lastname": person.lastname,
            "url": url,
            **values,
        },
    )


def client_of(session: ResellerSession, person: Person) -> Client | None:
    """The client that somebody belongs to; None for staff."""
    if person.client_id is None:
        return None
    return session.get(Client, (session.reseller_id, person.client_id))


def sign_in_changed(session: ResellerSession, person: Person, *, origin: str) -> None:
    """Tell somebody that what they sign in with is no longer what it was."""
    write(session, person, "sign_in_changed", url=links.own_sessions(origin))
