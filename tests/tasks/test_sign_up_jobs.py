"""The jobs of sign-ups: another link, a look at the mail domain, an end for the unconfirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts import mail_domain_checks, signing_up
from portal.accounts.models import Client, Person
from portal.accounts.sign_up_models import SignUpRecord
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import open_mailer
from portal.infra.outgoing import CalledInsideTransaction
from portal.notifications.models import Mail
from portal.tasks import context, sign_ups
from tests.cast import SUNNY
from tests.fakes.name_server import NameServer, name_server


@pytest.fixture(autouse=True)
def dns(database: Database, tmp_path: object) -> Iterator[NameServer]:
    """A name server that the jobs ask."""
    with name_server() as running:
        settings = Settings(
            demo=True, public_scheme="http", public_port=8000, dns_servers=running.setting
        )
        mailer = open_mailer(f"folder:{tmp_path}")
        context.use(database=database, settings=settings, mailer=mailer)
        yield running
        context._in_use.clear()


@pytest.fixture
def nora(database: Database) -> tuple[int, int]:
    """A client that signed up, and its person."""
    with database.session(SUNNY) as session, session.begin():
        form = signing_up.SignUp(
            email="nora@newfirm.test", password="a long enough password", firstname="Nora",
            lastname="New", country="US", language="en",
        )  # fmt: skip
        made = signing_up.sign_up(session, form=form, origin="http://sunny.localhost:8000")
        assert made is not None
        return made.id, session.scalars(select(Person.id).where(Person.client_id == made.id)).one()


def takes_mail(database: Database, client_id: int) -> bool | None:
    with database.session(SUNNY) as session:
        return session.get_one(SignUpRecord, (SUNNY, client_id)).takes_mail


@pytest.mark.parametrize(
    ("records", "broken", "found"),
    [
        ({("newfirm.test", "MX"): ["10 mx.newfirm.test."]}, False, True),
        ({("newfirm.test", "MX"): ["0 ."]}, False, False),
        ({("newfirm.test", "A"): ["192.0.2.1"]}, False, False),
        ({}, False, False),
        ({}, True, None),
    ],
)
def test_the_mail_domain_is_looked_up_and_what_is_known_is_noted(
    *, database: Database, dns: NameServer, nora: tuple[int, int],
    records: dict[tuple[str, str], list[str]], broken: bool, found: bool | None,
) -> None:  # fmt: skip
    dns.records, dns.broken = records, broken
    sign_ups.look_up(SUNNY, nora[0])
    assert takes_mail(database, nora[0]) is found
    asked = len(dns.asked)
    sign_ups.look_up(SUNNY, nora[0])
    assert (len(dns.asked) == asked) is (found is not None)


def test_who_is_gone_is_not_asked_about(database: Database, dns: NameServer) -> None:
    sign_ups.look_up(SUNNY, 12345)
    with database.session(SUNNY) as session, session.begin():
        mail_domain_checks.note(session, client_id=12345, takes_mail=True)
    assert dns.asked == []


def test_nobody_is_asked_within_a_transaction(database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.scalars(select(Client.id)).all()
        with pytest.raises(CalledInsideTransaction):
            mail_domain_checks.look_up("newfirm.test", resolver=None)


def test_another_link_is_mailed_to_somebody_and_to_nobody(
    database: Database, nora: tuple[int, int]
) -> None:
    sign_ups.mail_link(SUNNY, None)
    sign_ups.mail_link(SUNNY, 12345)
    sign_ups.mail_link(SUNNY, nora[1])
    with database.session(SUNNY) as session:
        mails = session.scalars(
            select(Mail).where(Mail.recipient == "nora@newfirm.test").order_by(Mail.id)
        ).all()
    assert [mail.notice for mail in mails] == ["signup_confirm"] * 2
    assert "http://sunny.localhost:8000/signup/confirm/" in mails[1].text


def test_the_unconfirmed_go_reseller_by_reseller(database: Database, nora: tuple[int, int]) -> None:
    with time_machine.travel(clock.now() + timedelta(days=8)):
        sign_ups.remove_unconfirmed(0)
    with database.session(SUNNY) as session:
        assert session.get(Client, (SUNNY, nora[0])) is None
        assert session.scalars(select(Client)).all() != []
