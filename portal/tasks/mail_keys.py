"""Look once a day whether the keys that sign mails are still in the DNS."""

from __future__ import annotations

import structlog

from portal.infra.dns import DnsResolver
from portal.infra.errors import NotFound
from portal.infra.queue import jobs
from portal.notifications import mail_keys
from portal.notifications.mail_keys import Found
from portal.tasks import context
from portal.tenancy import resellers

logger = structlog.get_logger(__name__)


@jobs.task(name="mails.look_at_keys")
def look_at_keys(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Stop signing with a key whose record was taken away: such a signature does harm."""
    with context.database().across_resellers() as session:
        everyone = [each.id for each in resellers.listed(session)]
    for reseller_id in everyone:
        _look_at_keys_of(reseller_id)


def _look_at_keys_of(reseller_id: int) -> None:
    database, resolver = context.database(), DnsResolver(context.settings().nameservers)
    with database.session(reseller_id) as session:
        keys = mail_keys.proven(session)
    for key in keys:
        found = mail_keys.look(key, resolver)
        try:
            with database.session(reseller_id) as session, session.begin():
                mail_keys.note(session, key.id, found)
        except NotFound:
            continue  # it was replaced while we looked
        if found is not Found.IT:
            logger.warning("mail key not found", reseller=reseller_id, found=found.value)
