"""Mails go through a reseller's own server, and reach their readers when that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portal.infra import clock, dkim_signing
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail_errors import MailDelayed, MailRefused
from portal.infra.smtp import Security
from portal.infra.vault import Vault
from portal.notifications import mail_keys, mail_senders, mail_servers
from portal.notifications.mail_keys import Found
from portal.notifications.mail_servers import Written
from portal.notifications.models import Mail, MailServer
from portal.tasks import context, mails
from portal.tasks import mail_keys as key_jobs
from tests.cast import HARBOUR, SUNNY
from tests.fakes import mail_server as fake
from tests.fakes.http_gateway import free_port
from tests.fakes.name_server import name_server
from tests.infra.test_mail import certificate
from tests.tasks.test_mails import Postbox, failing, stored, written

SECRET = "a secret of the tests, long enough to be one"
OWN = "office@acme.example"


@dataclass
class Installation:
    """The jobs of this process, over a relay that keeps what it gets."""

    database: Database
    relay: Postbox
    settings: Settings

    def server(self, port: int, *, security: Security = Security.NONE, password: str = "") -> None:
        """Sunny's own server, proven."""
        with self.database.session(SUNNY) as session, session.begin():
            mail_senders.change(session, name="", address=OWN, reply_to="")
            made = mail_servers.change(
                session,
                Written(
                    host="localhost",
                    port=port,
                    security=security,
                    user=fake.USER if password else "",
                    password=password,
                ),
                vault=Vault(SECRET),
                settings=self.settings,
            )
            mail_servers.prove(session, mail_servers.as_tested(made))

    @property
    def state(self) -> MailServer:
        """How Sunny's server is doing."""
        with self.database.session(SUNNY) as session:
            return session.get_one(MailServer, SUNNY)


@pytest.fixture
def here(database: Database) -> Iterator[Installation]:
    settings = Settings(
        secret=SECRET, public_scheme="http", public_port=8000, private_mail_servers=True
    )
    relay = Postbox()
    context.use(database=database, settings=settings, mailer=relay)
    yield Installation(database, relay, settings)
    context._in_use.clear()


def test_a_mail_goes_through_the_own_server_encrypted_and_after_a_password(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server_side, _ = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with fake.mail_server(tls=server_side, log_in=True) as server:
        here.server(server.port, security=Security.STARTTLS, password=fake.PASSWORD)
        number = written(here.database, notice="password_reset")
        mails.send(SUNNY, number)
        assert (server.senders, server.encrypted) == ([OWN], [True])
        assert server.messages[0]["From"].addresses[0].addr_spec == OWN
    mail = stored(here.database, number)
    assert (mail.through_own, mail.from_address, mail.text) == (True, OWN, "")
    assert mail.sent_at is not None
    assert here.relay.kept == []


def test_a_certificate_that_nobody_vouches_for_is_not_sent_through(
    here: Installation, tmp_path: Path
) -> None:
    server_side, _ = certificate(tmp_path)
    with fake.mail_server(tls=server_side, log_in=True) as server:
        here.server(server.port, security=Security.STARTTLS, password=fake.PASSWORD)
        number = written(here.database)
        with pytest.raises(MailDelayed):
            mails.send(SUNNY, number)
        assert server.raw == []
    assert stored(here.database, number).trouble == "certificate"


def test_after_three_failures_the_relay_takes_it_and_its_owner_is_told(here: Installation) -> None:
    here.server(free_port())
    number = written(here.database, notice="password_reset")
    for _ in range(2):
        with pytest.raises(MailDelayed):
            mails.send(SUNNY, number)
    mail = stored(here.database, number)
    assert (mail.trouble, mail.through_own, here.relay.kept) == ("no_connection", True, [])
    mails.send(SUNNY, number)
    ((message, sender, to),) = here.relay.kept
    assert (sender, to) == ("no-reply@sunny.localhost", "alice@acme.test")
    assert str(message["From"]) == "SunnyText <no-reply@sunny.localhost>"
    mail = stored(here.database, number)
    assert mail.sent_at is not None
    assert (mail.through_own, mail.from_address, mail.attempts) == (False, "", 4)
    assert here.state.paused_until is not None
    (told,) = of_kind(here.database, "mail_server_failing")
    assert told.recipient == "office@sunny.test"
    assert "localhost" in told.subject
    assert "last answer" not in told.text  # it has said nothing
    assert "http://sunny.localhost:8000/reseller/mail" in told.text


def test_while_it_is_paused_mails_do_not_wait_for_it(here: Installation) -> None:
    here.server(free_port())
    fail_until_paused(here)
    before = len(here.relay.kept)
    with fake.mail_server() as server:
        number = written(here.database)
        mails.send(SUNNY, number)
        assert (len(here.relay.kept), server.raw) == (before + 1, [])
    assert len(of_kind(here.database, "mail_server_failing")) == 1


def test_it_is_tried_again_and_works(here: Installation) -> None:
    port = free_port()
    here.server(port)
    fail_until_paused(here)
    with fake.mail_server() as server, clock.pretending(clock.now() + timedelta(minutes=11)):
        with here.database.session(SUNNY) as session, session.begin():
            session.get_one(MailServer, SUNNY).port = server.port
        mails.send(SUNNY, written(here.database))
        assert len(server.raw) == 1
    assert (here.state.failures, here.state.failing_since, here.state.trouble) == (0, None, "")


def test_what_its_server_has_said_is_told(here: Installation) -> None:
    with fake.mail_server() as server:
        server.answer_to_sender = "550 5.7.60 not allowed to send as this sender"
        here.server(server.port)
        fail_until_paused(here)
    (told,) = of_kind(here.database, "mail_server_failing")
    assert "Its last answer: 550 5.7.60 not allowed" in told.text


def test_a_mailbox_that_is_none_is_no_fault_of_the_server(here: Installation) -> None:
    with fake.mail_server() as server:
        server.answer_to_recipient = "550 5.1.1 no such mailbox"
        here.server(server.port)
        number = written(here.database)
        mails.send(SUNNY, number)
    mail = stored(here.database, number)
    assert mail.refused_at is not None
    assert (mail.trouble, here.state.failures, here.relay.kept) == ("recipient", 0, [])


def test_another_reseller_is_not_concerned(here: Installation) -> None:
    here.server(free_port())
    mails.send(HARBOUR, written(here.database, reseller_id=HARBOUR))
    assert len(here.relay.kept) == 1


def test_a_server_in_a_private_network_is_not_called(here: Installation) -> None:
    with fake.mail_server() as server, name_server() as names:
        here.server(server.port)
        names.records["localhost", "A"] = ["127.0.0.1"]
        strict = Settings(secret=SECRET, dns_servers=names.setting)
        context.use(database=here.database, settings=strict, mailer=here.relay)
        number = written(here.database)
        with pytest.raises(MailDelayed):
            mails.send(SUNNY, number)
        assert (server.raw, server.greeted_as) == ([], [])
        names.records.clear()
        other = written(here.database)
        with pytest.raises(MailDelayed):
            mails.send(SUNNY, other)
    troubles = [stored(here.database, each).trouble for each in (number, other)]
    assert troubles == ["not_public", "no_such_host"]


def test_in_the_clear_no_mail_crosses_the_internet(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.server(free_port())
    monkeypatch.setattr("portal.infra.public_hosts.addresses_anywhere", lambda _: ["8.8.8.8"])
    number = written(here.database)
    with pytest.raises(MailDelayed):
        mails.send(SUNNY, number)
    assert stored(here.database, number).trouble == "no_encryption"


def test_a_server_that_was_removed_meanwhile(here: Installation) -> None:
    here.server(free_port())

    def removed_meanwhile() -> None:
        with here.database.session(SUNNY) as session, session.begin():
            mail_servers.remove(session)

    number = written(here.database)
    parcel_of = mails._prepared(SUNNY, number)
    assert parcel_of is not None
    removed_meanwhile()
    assert mails._is_paused(SUNNY, number, MailDelayed("x"))
    mails.send(SUNNY, number)
    assert len(here.relay.kept) == 1
    assert of_kind(here.database, "mail_server_failing") == []


def test_in_the_end_a_mail_is_given_up_and_its_secret_forgotten(here: Installation) -> None:
    here.relay.when_sent = failing(MailDelayed("451 later"))
    number = written(here.database, notice="password_reset")
    for _ in range(7):
        with pytest.raises(MailDelayed):
            mails.send(SUNNY, number)
    assert stored(here.database, number).refused_at is None
    mails.send(SUNNY, number)
    mail = stored(here.database, number)
    assert mail.refused_at is not None
    assert (mail.attempts, mail.error, mail.text) == (8, "451 later", "")


def test_a_refusal_says_what_kind_it_is(here: Installation) -> None:
    here.relay.when_sent = failing(MailRefused("550 no"))
    number = written(here.database)
    mails.send(SUNNY, number)
    assert stored(here.database, number).trouble == "other"


# The keys


def test_a_key_whose_record_is_gone_signs_no_more(here: Installation) -> None:
    with name_server() as names:
        settings = Settings(secret=SECRET, dns_servers=names.setting)
        context.use(database=here.database, settings=settings, mailer=here.relay)
        with here.database.session(SUNNY) as session, session.begin():
            mail_senders.change(session, name="", address=OWN, reply_to="")
            key = mail_keys.make(session, vault=Vault(SECRET))
            mail_keys.note(session, key.id, Found.IT)
        name = mail_keys.record_name(key)
        value = dkim_signing.record(key.public_key)
        pieces = " ".join(f'"{each}"' for each in dkim_signing.strings(value))
        names.records[name, "TXT"] = [pieces]
        key_jobs.look_at_keys(0)
        assert signs(here.database)
        names.broken = True
        key_jobs.look_at_keys(0)
        assert signs(here.database)
        names.broken = False
        names.records.clear()
        key_jobs.look_at_keys(0)
    assert not signs(here.database)


def test_a_key_that_was_replaced_meanwhile(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with here.database.session(SUNNY) as session, session.begin():
        mail_senders.change(session, name="", address=OWN, reply_to="")
        key = mail_keys.make(session, vault=Vault(SECRET))
        mail_keys.note(session, key.id, Found.IT)

    def replaced(*_: object) -> Found:
        with here.database.session(SUNNY) as session, session.begin():
            newer = mail_keys.make(session, vault=Vault(SECRET))
            mail_keys.note(session, newer.id, Found.IT)
        return Found.NOTHING

    monkeypatch.setattr(mail_keys, "look", replaced)
    key_jobs.look_at_keys(0)
    assert signs(here.database)


def signs(database: Database) -> bool:
    with database.session(SUNNY) as session:
        return bool(mail_keys.proven(session))


def fail_until_paused(here: Installation) -> None:
    number = written(here.database)
    for _ in range(2):
        with pytest.raises(MailDelayed):
            mails.send(SUNNY, number)
    mails.send(SUNNY, number)


def of_kind(database: Database, notice: str) -> list[Mail]:
    with database.session(SUNNY) as session:
        session.execute(text("SELECT 1"))
        return list(session.scalars(select(Mail).where(Mail.notice == notice)))
