"""Invitations, mailed apart from the request that asked for them."""

from __future__ import annotations

from portal.accounts import invitations
from portal.infra.queue import jobs
from portal.tasks import context, mails
from portal.tenancy import links


@jobs.task(name=invitations.JOB, retry=mails.RETRY)
def mail_invitation(reseller_id: int, person_id: int) -> None:
    """Mail the link."""
    with context.database().session(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        invitations.mail_link(session, person_id=person_id, origin=origin)
