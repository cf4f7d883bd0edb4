"""Mails to clients that a change of their wallet queued."""

from __future__ import annotations

from portal.accounts import letters
from portal.accounts.models import Client
from portal.infra.queue import jobs
from portal.tasks import context, mails
from portal.tenancy import links


@jobs.task(name="clients.notify", retry=mails.RETRY)
def notify(reseller_id: int, client_id: int, notice: str) -> None:
    """Write the notice to a client, with its balance as it is now."""
    with context.database().session(reseller_id) as session, session.begin():
        client = session.get(Client, (reseller_id, client_id))
        if client is None or client.closed_at is not None:
            return
        origin = links.origin_of(session, context.settings())
        letters.about_balance(session, client, notice, url=links.dashboard(origin))
