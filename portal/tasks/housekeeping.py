"""What has to be done from time to time, so that nothing piles up and no period is missed."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from portal.accounts import devices, email_changes, login_links, passkeys, sessions, visits
from portal.infra import kept_answers, throttle
from portal.infra.db import ResellerSession
from portal.infra.queue import jobs
from portal.messaging import failing, storage
from portal.notifications import mail_record
from portal.pricing import rate_imports
from portal.tasks import context
from portal.tenancy import drafts, resellers
from portal.tenancy.models import Reseller

STALLED_SECONDS = 60

logger = structlog.get_logger(__name__)


@jobs.task(name="housekeeping.partitions")
def make_partitions(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Make the partitions of the coming months."""
    with context.database().across_resellers() as session, session.begin():
        storage.prepare(session)


@jobs.task(name="housekeeping.forget")
def forget_old(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Delete answers, counters, sessions and drafts that nobody may ask for any more."""
    with context.database().across_resellers() as session, session.begin():
        kept_answers.forget_old(session)
        throttle.forget_old(session)
        sessions.forget_old(session)
        visits.forget_old(session)
        login_links.forget_old(session)
        devices.forget_old(session)
        email_changes.forget_old(session)
        passkeys.forget_old(session)
        rate_imports.forget_old(session)
        drafts.forget_old(session)
        mail_record.forget_old(session)


@jobs.task(name="messages.expire")
def expire_messages(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Expire what is overdue, reseller by reseller."""
    for_each_reseller(lambda session, _: failing.expire(session), what="messages.expire")


@jobs.task(name="jobs.retry_stalled")
async def retry_stalled(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Do again what a worker that died was doing; jobs are harmless to repeat."""
    for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        logger.warning("job retried after its worker died", job=job.id, task=job.task_name)
        await jobs.job_manager.retry_job(job)


def for_each_reseller(
    do: Callable[[ResellerSession, Reseller], object], *, what: str, and_operator: bool = False
) -> None:
    """One transaction each, so that one reseller's trouble is not another's.

    With the operator itself, where it does the same for its resellers.
    """
    database = context.database()
    with database.across_resellers() as session:
        everyone = resellers.listed(session)
    if and_operator:
        with database.session(resellers.OPERATOR_ID) as session:
            everyone.append(resellers.own(session))
    for reseller in everyone:
        try:
            with database.session(reseller.id) as session, session.begin():
                do(session, reseller)
        except Exception:
            logger.exception("housekeeping failed", what=what, reseller=reseller.id)
