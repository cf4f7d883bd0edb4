"""An SMTP server in a thread of the test's own: it keeps what it gets, or answers as it is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tests.fakes.http_gateway import free_port

# aiosmtpd calls its handlers with all that it knows.
# ruff: noqa: ARG002, N802

USER = "portal"
PASSWORD = "kept by nobody"


@dataclass
class MailServer:
    """What was handed over, and what is answered; an empty answer is a yes."""

    host: str = "127.0.0.1"
    port: int = 0
    greeted_as: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    answer_to_sender: str = ""
    answer_to_recipient: str = ""
    answer_to_data: str = ""

    @property
    def messages(self) -> list[EmailMessage]:
        """What arrived, as a program reads it."""
        return [cast("EmailMessage", message_from_bytes(each, policy=SMTP)) for each in self.raw]

    async def handle_EHLO(
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted_as.append(hostname)
        return responses

    async def handle_MAIL(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answer_to_sender or "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.answer_to_recipient:
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient or "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.answer_to_data:
            return self.answer_to_data
        assert isinstance(envelope.content, bytes)
        self.senders.append(envelope.mail_from or "")
        self.recipients.append(list(envelope.rcpt_tos))
        self.raw.append(envelope.content)
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"


@contextmanager
def mail_server(
    *,
    tls: ssl.SSLContext | None = None,
    encrypted_from_start: bool = False,
    log_in: bool = False,
) -> Iterator[MailServer]:
    """A server that offers STARTTLS if it has a certificate, and asks for a password if told to."""
    kept = MailServer(port=free_port())
    controller = Controller(
        kept,
        hostname=kept.host,
        port=kept.port,
        data_size_limit=1_000_000,
        ssl_context=tls if encrypted_from_start else None,
        tls_context=None if encrypted_from_start else tls,
        authenticator=_authenticated if log_in else None,
        auth_required=log_in,
    )
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


def _authenticated(
    server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    # Left unhandled, a wrong password is answered with 535 rather than by hanging up.
    return AuthResult(success=good, handled=good)
