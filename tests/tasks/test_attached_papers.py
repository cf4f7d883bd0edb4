"""Files that go with mails: read when one goes out, bounded, signed, and there when sent again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import dkim
import pytest
from sqlalchemy import select

from portal.infra import dkim_signing, mime
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mime import Attachment, Letter
from portal.invoicing import invoice_letters, printing
from portal.invoicing.printing import Printed
from portal.notifications import attaching, mail_record
from portal.notifications.models import Mail
from portal.tasks import context, mails
from tests.builders import invoicing
from tests.cast import SUNNY, Cast

PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


@dataclass
class Postbox:
    """A mailer that keeps what it gets."""

    kept: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:  # noqa: ARG002 - a mailer's signature
        self.kept.append(message)


@pytest.fixture
def postbox(database: Database) -> Iterator[Postbox]:
    made = Postbox()
    context.use(database=database, settings=Settings(demo=True), mailer=made)
    yield made
    context._in_use.clear()


def told(database: Database, cast: Cast, *, content: bytes | None) -> int:
    """A mail about an invoice, whose PDF is this; its id."""
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session)
        invoice = invoicing.issue(session, cast.alice)
        if content is not None:
            printing.keep(session, invoice.id, Printed(content=content, with_data=True))
        invoice_letters.issued(session, invoice.id, installation=context.settings())
        session.flush()
        return session.scalars(select(Mail.id).where(Mail.notice == "invoice")).one()


def files(message: EmailMessage) -> list[tuple[str | None, str, Any]]:
    return [
        (each.get_filename(), each.get_content_type(), each.get_content())
        for each in message.iter_attachments()
    ]


def test_an_invoice_goes_with_its_mail(database: Database, cast: Cast, postbox: Postbox) -> None:
    number = told(database, cast, content=PDF)
    with database.session(SUNNY) as session:
        mail = session.get_one(Mail, (SUNNY, number))
        assert str(PDF) not in str(mail.papers)  # the outbox names it only
        (name,) = attaching.names(mail)
    mails.send(SUNNY, number)
    (message,) = postbox.kept
    assert files(message) == [(name, "application/pdf", PDF)]
    body = message.get_body(("plain",))
    assert body is not None
    assert "Your invoice" in message["Subject"]
    assert "save it as a PDF here" in body.get_content()


def test_sent_again_it_is_with_it_again(database: Database, cast: Cast, postbox: Postbox) -> None:
    number = told(database, cast, content=PDF)
    with database.session(SUNNY) as session, session.begin():
        again = mail_record.repeat(session, number, to="books@acme.test").id
    mails.send(SUNNY, again)
    assert [content for _, _, content in files(postbox.kept[0])] == [PDF]


@pytest.mark.parametrize("content", [None, b"%PDF" + b"x" * attaching.BYTES_MAX])
def test_what_is_not_there_or_too_large_stays_behind(
    database: Database, cast: Cast, postbox: Postbox, content: bytes | None
) -> None:
    mails.send(SUNNY, told(database, cast, content=content))
    (message,) = postbox.kept
    assert files(message) == []
    assert message.get_content_type() == "multipart/alternative"


def test_a_signature_is_over_the_file_too() -> None:
    made = dkim_signing.new_key()

    def look_up(_name: bytes, timeout: int = 5) -> bytes:
        return dkim_signing.record(made.public_key).encode()

    def mail(content: bytes) -> EmailMessage:
        attachment = Attachment(name="R-1.pdf", media_type="application/pdf", content=content)
        return mime.compose(
            Letter(
                id=1, written_at=datetime(2026, 11, 1, tzinfo=UTC), domain="sms.acme.test",
                title="Acme",
                sender="a@acme.test", to="b@c.test", reply_to="", subject="It", text="Words",
                html="<p>Words</p>", attachments=(attachment,),
            )
        )  # fmt: skip

    signer = dkim_signing.Signer(domain="acme.test", selector="s", private_key=made.private_key)
    message = mail(PDF)
    signature = dkim_signing.signature(message.as_bytes(), signer)
    mime.add_signature(message, signature)
    assert dkim.verify(message.as_bytes(), dnsfunc=look_up)
    other = mail(PDF[:-1] + b"?")
    mime.add_signature(other, signature)
    assert not dkim.verify(other.as_bytes(), dnsfunc=look_up)
