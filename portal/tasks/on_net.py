"""Messages that stay in the house are carried from one reseller's client to another's."""

from __future__ import annotations

from portal.gateways.port import Inbound
from portal.infra.errors import NotFound
from portal.infra.queue import jobs
from portal.messaging import on_net
from portal.tasks import context, mails


@jobs.task(name=on_net.DELIVER_ON_NET, retry=mails.RETRY)
def deliver(reseller_id: int, message_id: int) -> None:
    """Let the message come in where its recipient is, and then record it as delivered.

    Two transactions, since there are two resellers. Whoever dies between them brings the message
    again, which changes nothing.
    """
    database = context.database()
    with database.session(reseller_id) as session, session.begin():
        found = on_net.outgoing(session, message_id)
        if found is None:
            return
        message, owner = found
        inbound = on_net.as_inbound(session, message)
    delivered = owner is not None and _bring(owner, inbound)
    with database.session(reseller_id) as session, session.begin():
        on_net.record(session, message_id, delivered=delivered)


def _bring(reseller_id: int, inbound: Inbound) -> bool:
    try:
        with context.database().session(reseller_id) as session, session.begin():
            on_net.bring(session, inbound)
    except NotFound:
        return False
    return True
