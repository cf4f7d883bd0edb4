"""Who waits to be let in when somebody comes to see the demonstration: one plain, one doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal.accounts import confirming, mail_domain_checks, signing_up
from portal.accounts.signing_up import Origin, SignUp
from portal.cli.demo_facts import PASSWORD
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.notifications import withdrawing
from portal.provisioning.schema import PortalFile


@dataclass(frozen=True, kw_only=True)
class DemoSignUp:
    """Somebody who has signed up lately, and how that looked; their domain was asked already."""

    company: str
    firstname: str
    lastname: str
    email: str
    phone: str
    city: str
    time_zone: str
    address: str
    """Of the internet: one that is kept for examples."""
    hours_ago: int
    takes_mail: bool = True
    calculated: bool = True


WAITING: Final = {
    "sunny": (
        DemoSignUp(
            company="Harper & Lane Opticians",
            firstname="Grace",
            lastname="Harper",
            email="grace@harperlane.example",
            phone="+12025550166",
            city="Alexandria",
            time_zone="America/New_York",
            address="198.51.100.24",
            hours_ago=26,
        ),
        DemoSignUp(
            company="Quick Winners Promo",
            firstname="Max",
            lastname="Power",
            email="deals@quick-winners.example",
            phone="+447700900123",
            city="",
            time_zone="Asia/Dubai",
            address="203.0.113.77",
            hours_ago=3,
            takes_mail=False,
            calculated=False,
        ),
    ),
    "harbour": (
        DemoSignUp(
            company="Segelmacherei Petersen",
            firstname="Hauke",
            lastname="Petersen",
            email="hauke@segel-petersen.example",
            phone="+4917139200066",
            city="Kiel",
            time_zone="Europe/Berlin",
            address="198.51.100.61",
            hours_ago=20,
        ),
        DemoSignUp(
            company="Gewinn-Express",
            firstname="Max",
            lastname="Muster",
            email="info@gewinn-express.example",
            phone="+447700900456",
            city="",
            time_zone="Asia/Dubai",
            address="203.0.113.90",
            hours_ago=5,
            takes_mail=False,
            calculated=False,
        ),
    ),
}
"""By the slug of the portal."""


def make(session: ResellerSession, portal: PortalFile, *, origin: str) -> None:
    """Let them sign up, and confirm their addresses; nobody is written to.

    The session is in no transaction.
    """
    for one in WAITING[portal.slug]:
        with session.begin(), clock.pretending(clock.now() - timedelta(hours=one.hours_ago)):
            _sign_up(session, portal, one, origin=origin)
    with session.begin():
        withdrawing.withdraw_unsent(session)


def _sign_up(session: ResellerSession, portal: PortalFile, one: DemoSignUp, *, origin: str) -> None:
    client = signing_up.sign_up(
        session,
        form=SignUp(
            email=one.email,
            password=PASSWORD,
            firstname=one.firstname,
            lastname=one.lastname,
            company=one.company,
            city=one.city,
            country=portal.country,
            phone=one.phone,
            language=portal.language,
        ),
        origin=origin,
        came=Origin(address=one.address, time_zone=one.time_zone, calculated=one.calculated),
    )
    assert client is not None
    mail_domain_checks.note(session, client_id=client.id, takes_mail=one.takes_mail)
    confirming.note(session, client, address=one.address)
