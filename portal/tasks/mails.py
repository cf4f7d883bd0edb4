"""Send a stored mail: read it, hand it over, write down how that went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import procrastinate
import structlog

from portal.infra import mime
from portal.infra.db import ResellerSession
from portal.infra.mail_errors import MailDelayed, MailRefused
from portal.infra.queue import jobs
from portal.infra.vault import Vault
from portal.invoicing import printing, statement_papers
from portal.notifications import (
    attaching,
    delivery,
    mail_letters,
    mail_outcomes,
    mail_servers,
    outbox,
)
from portal.notifications.attaching import Reader
from portal.notifications.delivery import Parcel
from portal.tasks import context
from portal.tenancy import links

# After 5 s, 25 s, 2 min, 10 min, 52 min, 4.3 h and 21.7 h: a server that is down for a day is
# waited for, and a fault of ours is not repeated for ever.
RETRY: Final = procrastinate.RetryStrategy(
    max_attempts=mail_outcomes.TRIES_MAX - 1, exponential_wait=5
)

PAPERS: Final[Mapping[str, Reader]] = {
    printing.KIND: printing.referred,
    statement_papers.KIND: statement_papers.referred,
}
"""What reads the files that mails have with them, by their kinds."""

logger = structlog.get_logger(__name__)


@jobs.task(name=outbox.JOB, retry=RETRY)
def send(reseller_id: int, mail_id: int) -> None:
    """Hand a mail over once; a mail that is sent already, or never will be, is left alone.

    Where the reseller's own server has failed too often, the mail goes through the operator's relay
    in the same breath: whoever waits for a new password does not care whose server is down.

    Raises:
        MailDelayed: it is to be tried again; the reason is on the mail.
    """
    parcel = _prepared(reseller_id, mail_id)
    if parcel is None:
        return
    try:
        delivery.hand_over(parcel)
    except MailRefused as refused:
        logger.info("mail refused", mail_id=mail_id)
        with _transaction(reseller_id) as session, session.begin():
            mail_outcomes.refused(session, mail_id, refused)
    except (MailDelayed, mime.InvalidAddress) as error:
        delayed = error if isinstance(error, MailDelayed) else MailDelayed(str(error))
        if parcel.is_own and _is_paused(reseller_id, mail_id, delayed):
            send(reseller_id, mail_id)
        elif _is_waiting(reseller_id, mail_id, delayed, is_own=parcel.is_own):
            raise delayed from error
    else:
        with _transaction(reseller_id) as session, session.begin():
            mail_outcomes.sent(session, mail_id)
            if parcel.is_own:
                mail_servers.worked(session)


def _transaction(reseller_id: int) -> ResellerSession:
    return context.database().session(reseller_id)


def _prepared(reseller_id: int, mail_id: int) -> Parcel | None:
    """Count the try, and read all that it needs, so that no transaction is open during it."""
    with _transaction(reseller_id) as session, session.begin():
        mail = mail_outcomes.begun(session, mail_id)
        if mail is None:
            return None
        return delivery.packed(
            session,
            mail,
            relay=context.mailer(),
            vault=Vault(context.settings().secret),
            settings=context.settings(),
            attachments=attaching.read(session, mail, PAPERS),
        )


def _is_paused(reseller_id: int, mail_id: int, error: MailDelayed) -> bool:
    """Note that the own server failed; whether it is left alone now, and then tell its owner."""
    with _transaction(reseller_id) as session, session.begin():
        if not mail_servers.failed(session, error):
            return False
        mail_outcomes.delayed(session, mail_id, error, is_last=False)
        if mail_servers.has_to_be_told(session):
            logger.warning("own mail server paused", reseller=reseller_id)
            origin = links.origin_of(session, context.settings())
            mail_letters.server_fails(session, url=links.mail(origin))
        return True


def _is_waiting(reseller_id: int, mail_id: int, error: MailDelayed, *, is_own: bool) -> bool:
    with _transaction(reseller_id) as session, session.begin():
        return mail_outcomes.delayed(session, mail_id, error, is_last=not is_own)
