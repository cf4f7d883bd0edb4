"""Mails as pages show them to staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.notifications import mail_record
from portal.notifications.mail_record import State
from portal.notifications.models import Mail
from portal.web.parts import mail_words


@dataclass(frozen=True, kw_only=True)
class MailShown:
    """A mail in a list or on its own page."""

    id: int
    notice: str
    """What kind of mail it is, as staff call it."""
    to: str
    client_id: int | None
    client_name: str
    subject: str
    state: State
    reason: str
    answer: str
    at: datetime
    tried_at: datetime | None
    sent_at: datetime | None
    attempts: int


def shown(mail: Mail, *, notice: str, client_name: str = "") -> MailShown:
    """A mail, with the names of what it is and of whom it was written to."""
    return MailShown(
        id=mail.id,
        notice=notice,
        to=mail.recipient,
        client_id=mail.client_id,
        client_name=client_name,
        subject=mail.subject,
        state=mail_record.state_of(mail),
        reason=mail_words.about_mail(mail),
        answer=mail_words.answer_to(mail),
        at=mail.created_at,
        tried_at=mail.tried_at,
        sent_at=mail.sent_at,
        attempts=mail.attempts,
    )
