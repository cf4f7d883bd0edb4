"""What one server is told and what is made of its answers; where a name may lead."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.infra import mail_errors, mime, public_hosts
from portal.infra.dns import DnsResolver
from portal.infra.mail_errors import MailDelayed, MailRefused, Trouble
from portal.infra.smtp import Security, SmtpMailer
from tests.fakes import mail_server as fake
from tests.fakes.http_gateway import free_port
from tests.fakes.name_server import NameServer, name_server
from tests.infra.test_mail import certificate
from tests.infra.test_mime import letter

SENDER, TO = "office@acme.example", "ada@example.com"


def refused(mailer: SmtpMailer) -> mail_errors.MailError:
    with pytest.raises(mail_errors.MailError) as found:
        mailer.send(mime.compose(letter()), sender=SENDER, to=TO)
    return found.value


@contextmanager
def speaking(say: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that says what it likes, to whoever connects first; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def answer() -> None:
            taken, _ = listening.accept()
            with taken:
                say(taken)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_server_that_drips_is_cut_off() -> None:
    stop = threading.Event()

    def drip(line: socket.socket) -> None:
        try:
            while not stop.wait(0.05):
                line.sendall(b"220-")
        except OSError:
            pass

    with speaking(drip) as port:
        found = refused(SmtpMailer("127.0.0.1", port, all_seconds=0.4))
        stop.set()
    assert (type(found), found.trouble) == (MailDelayed, Trouble.SLOW)
    assert found.reason == "not done within 0.4 s"


def test_a_line_that_drips_while_it_becomes_private_is_cut_off(tmp_path: Path) -> None:
    _, ours = certificate(tmp_path)
    stop = threading.Event()

    def hang(line: socket.socket) -> None:
        stop.wait(10)

    with speaking(hang) as port:
        mailer = SmtpMailer("127.0.0.1", port, security=Security.TLS, all_seconds=0.4, tls=ours)
        found = refused(mailer)
        stop.set()
    assert found.trouble is Trouble.SLOW


def test_a_greeting_that_says_no_is_kept() -> None:
    with speaking(lambda line: line.sendall(b"554 go\x1b[31m away\r\n")) as port:
        found = refused(SmtpMailer("127.0.0.1", port))
    assert (type(found), found.reason) == (MailDelayed, "554 go [31m away")


def test_something_else_than_tls_is_said(tmp_path: Path) -> None:
    with fake.mail_server() as server:
        found = refused(SmtpMailer(server.host, server.port, security=Security.TLS))
    assert found.trouble is Trouble.WRONG_ENCRYPTION


def test_a_certificate_is_verified(tmp_path: Path) -> None:
    server_side, _ = certificate(tmp_path)
    with fake.mail_server(tls=server_side) as server:
        found = refused(SmtpMailer(server.host, server.port, security=Security.STARTTLS))
    assert (type(found), found.trouble) == (MailDelayed, Trouble.CERTIFICATE)


def test_without_starttls_nothing_is_sent() -> None:
    with fake.mail_server() as server:
        found = refused(SmtpMailer(server.host, server.port, security=Security.STARTTLS))
        assert (found.trouble, server.raw) == (Trouble.NO_ENCRYPTION, [])


def test_in_the_clear_only_if_it_is_asked_for(tmp_path: Path) -> None:
    server_side, _ = certificate(tmp_path)
    with fake.mail_server(tls=server_side) as server:
        mailer = SmtpMailer(server.host, server.port, security=Security.NONE)
        mailer.send(mime.compose(letter()), sender=SENDER, to=TO)
        assert server.encrypted == [False]


@pytest.mark.parametrize(
    ("password", "trouble"), [("wrong", Trouble.LOGIN), ("pässword", Trouble.LOGIN)]
)
def test_a_wrong_password_is_said(tmp_path: Path, password: str, trouble: Trouble) -> None:
    server_side, ours = certificate(tmp_path)
    with fake.mail_server(tls=server_side, log_in=True) as server:
        mailer = SmtpMailer(
            server.host,
            server.port,
            user=fake.USER,
            password=password,
            security=Security.STARTTLS,
            tls=ours,
        )
        found = refused(mailer)
    assert (type(found), found.trouble) == (MailDelayed, trouble)


def test_a_server_that_nobody_signs_in_to_is_said(tmp_path: Path) -> None:
    def greet(line: socket.socket) -> None:
        line.sendall(b"220 welcome\r\n")
        while line.recv(1000):
            line.sendall(b"250 yes\r\n")

    with speaking(greet) as port:
        mailer = SmtpMailer("127.0.0.1", port, user="portal", password="x", security=Security.NONE)
        found = refused(mailer)
    assert (type(found), found.trouble) == (MailDelayed, Trouble.NO_LOGIN)


def test_a_server_that_hangs_up_is_said() -> None:
    with speaking(lambda line: line.close()) as port:
        assert refused(SmtpMailer("127.0.0.1", port)).trouble is Trouble.BROKEN_OFF


@pytest.mark.parametrize(
    ("answer", "is_own", "kind", "trouble"),
    [
        ("550 5.1.1 no such mailbox", True, MailRefused, Trouble.RECIPIENT),
        ("550 5.1.1 no such mailbox", False, MailRefused, Trouble.RECIPIENT),
        ("554 5.7.1 relay access denied", True, MailDelayed, Trouble.SENDER),
        ("554 5.7.1 relay access denied", False, MailRefused, Trouble.RECIPIENT),
        ("450 4.2.0 greylisted", True, MailDelayed, Trouble.RECIPIENT),
    ],
)
def test_what_is_said_of_the_recipient(
    answer: str, is_own: bool, kind: type[Exception], trouble: Trouble
) -> None:
    with fake.mail_server() as server:
        server.answer_to_recipient = answer
        found = refused(SmtpMailer(server.host, server.port, is_own=is_own))
    assert (type(found), found.trouble, found.reason) == (kind, trouble, answer)


def test_what_is_said_of_the_sender_and_the_content() -> None:
    with fake.mail_server() as server:
        server.answer_to_sender = "550 not yours"
        assert refused(SmtpMailer(server.host, server.port)).trouble is Trouble.SENDER
        server.answer_to_sender = ""
        server.answer_to_data = "554 spam"
        found = refused(SmtpMailer(server.host, server.port))
    assert (type(found), found.trouble) == (MailRefused, Trouble.CONTENT)


def test_nobody_answers() -> None:
    found = refused(SmtpMailer("127.0.0.1", free_port()))
    assert (type(found), found.trouble) == (MailDelayed, Trouble.NO_CONNECTION)


def test_only_the_addresses_that_were_found_are_called(tmp_path: Path) -> None:
    """The name is for the certificate; another answer of the DNS changes nothing."""
    with fake.mail_server() as server:
        mailer = SmtpMailer(
            "smtp.acme.example",
            server.port,
            security=Security.NONE,
            resolve=lambda host: ["127.0.0.2", "127.0.0.1"] if host else [],
        )
        mailer.send(mime.compose(letter()), sender=SENDER, to=TO)
        assert len(server.raw) == 1


def test_a_name_that_is_only_in_the_certificate_is_not_taken_for_the_other(tmp_path: Path) -> None:
    server_side, ours = certificate(tmp_path)
    with fake.mail_server(tls=server_side) as server:
        mailer = SmtpMailer(
            "smtp.acme.example",
            server.port,
            security=Security.STARTTLS,
            resolve=lambda _: ["127.0.0.1"],
            tls=ours,
        )
        assert refused(mailer).trouble is Trouble.CERTIFICATE


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server() as server:
        yield server


def test_a_public_name_has_its_addresses(names: NameServer) -> None:
    names.records["smtp.acme.example", "A"] = ["8.8.8.8", "9.9.9.9"]
    found = public_hosts.addresses("smtp.acme.example", resolver=asking(names))
    assert sorted(found) == ["8.8.8.8", "9.9.9.9"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254"])
def test_one_private_address_is_one_too_many(names: NameServer, address: str) -> None:
    names.records["smtp.acme.example", "A"] = ["8.8.8.8", address]
    with pytest.raises(public_hosts.NotPublic):
        public_hosts.addresses("smtp.acme.example", resolver=asking(names))


@pytest.mark.parametrize("address", ["::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_nor_of_the_newer_kind(names: NameServer, address: str) -> None:
    names.records["smtp.acme.example", "AAAA"] = [address]
    with pytest.raises(public_hosts.NotPublic):
        public_hosts.addresses("smtp.acme.example", resolver=asking(names))


def test_a_name_without_an_address_is_none(names: NameServer) -> None:
    with pytest.raises(public_hosts.NoSuchHost):
        public_hosts.addresses("smtp.acme.example", resolver=asking(names))
    names.broken = True
    with pytest.raises(public_hosts.NoSuchHost):
        public_hosts.addresses("smtp.acme.example", resolver=asking(names))


def test_anywhere_is_where_every_program_would_go() -> None:
    assert "127.0.0.1" in public_hosts.addresses_anywhere("127.0.0.1")
    with pytest.raises(public_hosts.NoSuchHost):
        public_hosts.addresses_anywhere("no such host")


def asking(names: NameServer) -> DnsResolver:
    return DnsResolver([("127.0.0.1", names.port)], answer_seconds=1)


def test_the_default_context_verifies() -> None:
    assert SmtpMailer("x", 25)._tls.verify_mode is ssl.CERT_REQUIRED
