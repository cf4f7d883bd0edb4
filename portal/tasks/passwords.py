"""Links for a new password or address, mailed apart from the request that asked for one."""

from __future__ import annotations

from portal.accounts import email_changes, resets
from portal.infra.queue import jobs
from portal.tasks import context, mails
from portal.tenancy import links


@jobs.task(name=resets.JOB, retry=mails.RETRY)
def mail_link(reseller_id: int, person_id: int | None, address: str) -> None:
    """Mail the link; without a person there is nothing to do, and that is as it should be."""
    if person_id is None:
        return
    with context.database().session(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        resets.mail_link(session, person_id=person_id, address=address, origin=origin)


@jobs.task(name=email_changes.JOB, retry=mails.RETRY)
def mail_email_change(reseller_id: int, person_id: int) -> None:
    """Mail the link to the address that somebody wants to sign in with."""
    with context.database().session(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        email_changes.mail_link(session, person_id=person_id, origin=origin)
