"""What keeps promises about data: messages made unreadable, clients erased, copies made."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import procrastinate
import structlog

from portal.accounts import activity, erasure
from portal.accounts.actor import system
from portal.gateways import configured
from portal.gateways.sandbox.journal import Journal
from portal.infra import clock, queue
from portal.infra.queue import jobs
from portal.invoicing import statement_mails
from portal.ledger import notes
from portal.messaging import redacting
from portal.notifications import mail_record
from portal.payments import saved_methods, top_up_rules
from portal.payments.bank import keeping as bank_lines
from portal.reports import archive_making, archives
from portal.tasks import context
from portal.tenancy import resellers, settings

ERASE: Final = erasure.JOB

COMES_AGAIN: Final = timedelta(hours=6)
"""How long messages that may still be sent are waited for before the next try to erase them."""

RETRY: Final = procrastinate.RetryStrategy(max_attempts=5, exponential_wait=10)

logger = structlog.get_logger(__name__)


@jobs.task(name="privacy.redact")
def redact(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Make unreadable what is older than each reseller keeps it; a transaction for each batch."""
    database = context.database()
    with database.across_resellers() as session:
        everyone = [each.id for each in resellers.listed(session)]
    for reseller_id in everyone:
        try:
            _redact(reseller_id)
        except Exception:
            logger.exception("messages could not be made unreadable", reseller=reseller_id)
    with database.across_resellers() as session, session.begin():
        redacting.forget_reports(session)
        archives.forget_old(session)
        journals = configured.journals(session)
    for path in journals:
        Journal(path).forget(before=clock.now() - redacting.RAW_KEPT)


def _redact(reseller_id: int) -> None:
    """One reseller's, so that its trouble is not another's."""
    database = context.database()
    with database.session(reseller_id) as session, session.begin():
        days = settings.read(session).redact_after_days
        if days is None:
            return
        before = clock.now() - timedelta(days=days)
        mail_record.forget_contents(session, before=before)
        bank_lines.redact(session, before=before)
    looked_at = 1
    while looked_at:
        with database.session(reseller_id) as session, session.begin():
            looked_at = redacting.redact(session, before=before)


@jobs.task(name=ERASE, retry=RETRY)
def erase_client(reseller_id: int, client_id: int) -> None:
    """Erase what higher parts keep of a client that is erased; come again for what may be sent."""
    database = context.database()
    above_id: int | None = 0
    while above_id is not None:
        with database.session(reseller_id) as session, session.begin():
            above_id = redacting.erase_client(session, client_id=client_id, above_id=above_id)
    left = 1
    while left:
        with database.session(reseller_id) as session, session.begin():
            left = redacting.erase_client_inbound(session, client_id=client_id)
            left += notes.erase(session, owner_ids=erasure.owners(session, client_id=client_id))
    with database.session(reseller_id) as session, session.begin():
        top_up_rules.erase(session, client_id=client_id)
        saved_methods.erase(session, client_id=client_id)
    with database.session(reseller_id) as session, session.begin():
        archives.forget_of(session, client_id=client_id)
        statement_mails.forget_of(session, client_id=client_id)
        bank_lines.erase_client(session, client_id=client_id)
        if redacting.is_erased(session, client_id=client_id):
            activity.record(
                session,
                by=system(reseller_id),
                what="client.messages_erased",
                client_id=client_id,
            )
        else:
            again = clock.now() + COMES_AGAIN
            queue.enqueue(session, ERASE, at=again, reseller_id=reseller_id, client_id=client_id)


@jobs.task(name=archives.JOB, retry=RETRY)
def make_archive(reseller_id: int, archive_id: int) -> None:
    """Make a copy of a client's data; repeated, it is made once."""
    with context.database().session(reseller_id) as session, session.begin():
        if archive_making.make(session, archive_id=archive_id):
            logger.info("archive made", reseller=reseller_id, archive=archive_id)
