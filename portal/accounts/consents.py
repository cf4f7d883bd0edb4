"""What somebody has to accept before they become a client, and what they have accepted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.accounts.consent_models import Consent
from portal.accounts.models import Person
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.tenancy import settings, site_pages
from portal.tenancy.text_models import PageVersion


def asked_for(session: ResellerSession, *, language: str) -> list[PageVersion]:
    """The words that have to be accepted at sign-up, as a reader of this language is shown them.

    A page that the reseller asks for and has not written is not among them.
    """
    wanted = settings.read(session).consent_pages
    found = (
        site_pages.in_force(session, page, language=language)
        for page in site_pages.CONSENTABLE
        if page in wanted
    )
    return [each for each in found if each is not None]


def record(
    session: ResellerSession, *, client_id: int, accepted: Iterable[PageVersion], address: str
) -> None:
    """Note what the first person of a client has accepted, from which address."""
    person_id = session.scalars(
        select(Person.id).where(Person.client_id == client_id).order_by(Person.id).limit(1)
    ).one()
    now = clock.now()
    for each in accepted:
        session.add(
            Consent(
                client_id=client_id,
                person_id=person_id,
                page=each.page,
                language=each.language,
                version=each.version,
                at=now,
                address=address,
            )
        )


def of_client(session: ResellerSession, *, client_id: int) -> list[Consent]:
    """What the people of a client have accepted, the newest first."""
    return list(
        session.scalars(
            select(Consent).where(Consent.client_id == client_id).order_by(Consent.id.desc())
        )
    )
