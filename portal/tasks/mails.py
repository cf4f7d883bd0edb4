"""Send a stored mail: read it, hand it over, write down how that went."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import procrastinate
import structlog

from portal.infra import clock, mime, outgoing
from portal.infra.db import ResellerSession
from portal.infra.mail import MailDelayed, MailRefused
from portal.infra.mime import Enclosure, Letter
from portal.infra.queue import jobs
from portal.notifications import catalogue, outbox, rendering
from portal.notifications.models import Mail
from portal.tasks import context
from portal.tenancy import hostnames, images

# After 5 s, 25 s, 2 min, 10 min, 52 min, 4.3 h and 21.7 h: a server that is down for a day is
# waited for, and a fault of ours is not repeated for ever.
RETRY: Final = procrastinate.RetryStrategy(max_attempts=7, exponential_wait=5)

logger = structlog.get_logger(__name__)


@jobs.task(name=outbox.JOB, retry=RETRY)
def send(reseller_id: int, mail_id: int) -> None:
    """Hand a mail over once; a mail that is sent already, or never will be, is left alone.

    Raises:
        MailDelayed: it is to be tried again; the reason is on the mail.
        InvalidAddress: the installation's own sender address is none; the same.
    """
    prepared = _prepare(reseller_id, mail_id)
    if prepared is None:
        return
    try:
        with outgoing.call("mail"):
            context.mailer().send(mime.compose(prepared), sender=prepared.sender, to=prepared.to)
    except MailRefused as refused:
        logger.info("mail refused", mail_id=mail_id)
        _record(reseller_id, mail_id, error=refused.reason, refused_at=clock.now())
    except (MailDelayed, mime.InvalidAddress) as delayed:
        _record(reseller_id, mail_id, error=str(delayed))
        raise
    else:
        _record(reseller_id, mail_id, error="", sent_at=clock.now())


def _prepare(reseller_id: int, mail_id: int) -> Letter | None:
    """Count the try, and read all that it needs, so that no transaction is open during it."""
    with context.database().session(reseller_id) as session, session.begin():
        mail = session.get(Mail, (reseller_id, mail_id), with_for_update=True)
        if mail is None or mail.sent_at is not None or mail.refused_at is not None:
            return None
        mail.attempts += 1
        host = hostnames.primary_of(session)
        return Letter(
            id=mail.id,
            written_at=mail.created_at,
            domain=host,
            title=mail.sender_name,
            sender=context.settings().mail_from or f"no-reply@{host}",
            to=mail.recipient,
            reply_to=mail.reply_to,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            enclosure=_enclosure(session, mail.html),
        )


def _enclosure(session: ResellerSession, page: str) -> Enclosure | None:
    """The logo that the mail was drawn with; pictures stay when a brand changes."""
    shown = rendering.enclosed(page)
    if shown is None:
        return None
    address, name = shown
    image = images.by_hash(session, name)
    return Enclosure(
        id=address.removeprefix("cid:"), media_type=image.media_type, content=image.content
    )


def _record(reseller_id: int, mail_id: int, **facts: str | datetime) -> None:
    with context.database().session(reseller_id) as session, session.begin():
        mail = session.get_one(Mail, (reseller_id, mail_id))
        for name, value in facts.items():
            setattr(mail, name, value)
        settled = mail.sent_at is not None or mail.refused_at is not None
        if settled and catalogue.notice(mail.notice).confidential:
            # Its link opens an account; whoever reads the database later shall not find it.
            mail.html = mail.text = ""
