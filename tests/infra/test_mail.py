"""Mails in a folder, and through a real SMTP dialogue."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.infra import mail, mail_errors, mime
from portal.infra.config import SettingError
from portal.infra.smtp import Security, SmtpMailer
from tests.fakes import mail_server as fake
from tests.fakes.http_gateway import free_port
from tests.infra.test_mime import letter

SENDER, TO = "no-reply@sunny.example", "ada@example.com"


def message(**changed: object) -> EmailMessage:
    return mime.compose(letter(**changed))


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "folder:",
        "smtp://",
        "smtp://:587",
        "smtp://user:secret@host:port",
        "smtp://user:secret@[host",
        "http://user:secret@host",
    ],
)
def test_a_wrong_setting_is_refused_without_telling_the_password(setting: str) -> None:
    with pytest.raises(SettingError) as refused:
        mail.open_mailer(setting)
    assert str(refused.value).startswith("PORTAL_MAIL ")
    assert "secret" not in str(refused.value)


def test_the_setting_chooses_the_mailer(tmp_path: Path) -> None:
    folder = mail.open_mailer(f"folder:{tmp_path}")
    assert isinstance(folder, mail.FolderMailer)
    assert folder.folder == tmp_path
    plain = mail.open_mailer("smtp://po%40rtal:a%2Fb@mail.example:587")
    assert isinstance(plain, SmtpMailer)
    assert (plain.host, plain.port) == ("mail.example", 587)
    encrypted = mail.open_mailer("smtps://mail.example")
    assert isinstance(encrypted, SmtpMailer)
    assert (encrypted.host, encrypted.port) == ("mail.example", 465)


def test_a_folder_that_cannot_be_written_to_delays(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    mailer = mail.FolderMailer(tmp_path / "taken")
    with pytest.raises(mail_errors.MailDelayed, match=r"^the mail folder cannot be written to: "):
        mailer.send(message(), sender=SENDER, to=TO)


def test_the_folder_shows_what_would_have_been_sent(tmp_path: Path) -> None:
    mailer = mail.FolderMailer(tmp_path / "made" / "on the way")
    mailer.send(message(), sender=SENDER, to=TO)
    (written,) = (tmp_path / "made" / "on the way").iterdir()
    assert written.name == "20261121T200509Z-1234567890123.eml"
    read = message_from_bytes(written.read_bytes(), policy=SMTP)
    assert read["To"] == TO
    mailer.send(message(subject="Once more"), sender=SENDER, to=TO)
    (again,) = written.parent.iterdir()
    assert b"Subject: Once more\r\n" in again.read_bytes()


@pytest.mark.parametrize(
    ("field", "answer", "kind"),
    [
        ("answer_to_recipient", "550 no such mailbox", mail_errors.MailRefused),
        ("answer_to_recipient", "450 mailbox is busy", mail_errors.MailDelayed),
        ("answer_to_data", "554 we want no such thing", mail_errors.MailRefused),
        ("answer_to_data", "452 disk is full", mail_errors.MailDelayed),
        ("answer_to_sender", "550 you may not send here", mail_errors.MailDelayed),
        ("answer_to_sender", "451 try later", mail_errors.MailDelayed),
    ],
)
def test_what_the_server_refuses(
    field: str, answer: str, kind: type[mail_errors.MailError]
) -> None:
    with fake.mail_server() as server:
        setattr(server, field, answer)
        with pytest.raises(mail_errors.MailError) as refused:
            SmtpMailer(server.host, server.port).send(message(), sender=SENDER, to=TO)
    assert type(refused.value) is kind
    assert refused.value.reason == answer
    assert server.raw == []


def test_no_server_delays() -> None:
    with pytest.raises(mail_errors.MailDelayed, match="ConnectionRefusedError"):
        SmtpMailer("127.0.0.1", free_port()).send(message(), sender=SENDER, to=TO)


def test_a_server_that_hangs_up_delays() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def greet_and_leave() -> None:
            taken, _ = listening.accept()
            with taken:
                taken.sendall(b"220 welcome\r\n")

        leaving = threading.Thread(target=greet_and_leave)
        leaving.start()
        with pytest.raises(mail_errors.MailDelayed):
            SmtpMailer(*listening.getsockname()).send(message(), sender=SENDER, to=TO)
        leaving.join()


def test_a_mail_arrives() -> None:
    with fake.mail_server() as server:
        SmtpMailer(server.host, server.port).send(message(), sender=SENDER, to=TO)
    assert server.senders == [SENDER]
    assert server.recipients == [[TO]]
    assert server.greeted_as == ["sunny.example"]
    (received,) = server.messages
    assert received["From"].addresses[0].display_name == "SunnyText"


def test_nothing_in_a_mail_names_this_machine() -> None:
    with fake.mail_server() as server:
        SmtpMailer(server.host, server.port).send(message(), sender=SENDER, to=TO)
    said = server.raw[0] + " ".join(server.greeted_as).encode()
    for name in {socket.gethostname(), socket.getfqdn()} - {"localhost"}:
        assert name.encode() not in said
    assert b"python" not in said.lower()


def test_lines_with_a_single_point_arrive() -> None:
    with fake.mail_server() as server:
        mailer = SmtpMailer(server.host, server.port)
        mailer.send(message(text="one\n.\ntwo\n"), sender=SENDER, to=TO)
    plain = server.messages[0].get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "one\n.\ntwo\n"


def test_a_password_is_never_sent_in_the_clear() -> None:
    with fake.mail_server(log_in=True) as server:
        mailer = SmtpMailer(server.host, server.port, user=fake.USER, password=fake.PASSWORD)
        with pytest.raises(mail_errors.MailDelayed, match="no encryption"):
            mailer.send(message(), sender=SENDER, to=TO)
    assert server.raw == []


def test_a_certificate_that_nobody_vouches_for_delays(tmp_path: Path) -> None:
    server_side, _ = certificate(tmp_path)
    with (
        fake.mail_server(tls=server_side) as server,
        pytest.raises(mail_errors.MailDelayed, match="SSLCertVerificationError"),
    ):
        SmtpMailer(server.host, server.port).send(message(), sender=SENDER, to=TO)
    assert server.raw == []


def test_a_wrong_password_delays(tmp_path: Path) -> None:
    server_side, ours = certificate(tmp_path)
    with fake.mail_server(tls=server_side, log_in=True) as server:
        mailer = SmtpMailer(server.host, server.port, user=fake.USER, password="wrong", tls=ours)
        with pytest.raises(mail_errors.MailDelayed) as refused:
            mailer.send(message(), sender=SENDER, to=TO)
    assert refused.value.reason.startswith("535 ")
    assert server.raw == []


def test_a_mail_arrives_encrypted_and_after_a_password(tmp_path: Path) -> None:
    server_side, ours = certificate(tmp_path)
    with fake.mail_server(tls=server_side, log_in=True) as server:
        mailer = SmtpMailer(
            server.host, server.port, user=fake.USER, password=fake.PASSWORD, tls=ours
        )
        mailer.send(message(), sender=SENDER, to=TO)
    assert server.recipients == [[TO]]
    assert server.encrypted == [True]


def test_a_mail_arrives_over_a_line_that_is_encrypted_from_the_start(tmp_path: Path) -> None:
    server_side, ours = certificate(tmp_path)
    with fake.mail_server(tls=server_side, encrypted_from_start=True) as server:
        mailer = SmtpMailer(server.host, server.port, security=Security.TLS, tls=ours)
        mailer.send(message(), sender=SENDER, to=TO)
    assert server.recipients == [[TO]]
    assert server.encrypted == [True]


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The context of a server on this machine, and one of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                    x509.DNSName("localhost"),
                ]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(file)
    ours = ssl.create_default_context(
        cadata=signed.public_bytes(serialization.Encoding.PEM).decode()
    )
    return server_side, ours
