"""Mails to clients that a change of their wallet, or of their free parts, queued."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from portal.accounts import keeping, letters
from portal.accounts.models import Client
from portal.billing import bundle_letters
from portal.infra import clock
from portal.infra.queue import jobs
from portal.tasks import context, mails
from portal.tenancy import links, resellers


@jobs.task(name="clients.notify", retry=mails.RETRY)
def notify(reseller_id: int, client_id: int, notice: str) -> None:
    """Write the notice to a client, with its balance as it is now."""
    with context.database().session(reseller_id) as session, session.begin():
        client = session.get(Client, (reseller_id, client_id))
        if client is None or client.closed_at is not None:
            return
        origin = links.origin_of(session, context.settings())
        letters.about_balance(session, client, notice, url=links.dashboard(origin))


@jobs.task(name=keeping.DEPOSITED, retry=mails.RETRY)
def notify_of_deposit(reseller_id: int, client_id: int, amount: int, currency: str) -> None:
    """Write to a client that so many millionths of a currency have arrived."""
    with context.database().session(reseller_id) as session, session.begin():
        client = session.get(Client, (reseller_id, client_id))
        if client is None or client.closed_at is not None:
            return
        origin = links.origin_of(session, context.settings())
        letters.write(
            session,
            client,
            "deposit_received",
            url=links.statement(origin),
            amount=letters.amount(client, amount, currency=currency),
        )


@jobs.task(name="bundles.notify", retry=mails.RETRY)
def notify_of_bundle(reseller_id: int, bundle_id: int, percent: int) -> None:
    """Write how much of a bundle is used, while its period lasts."""
    with context.database().session(reseller_id) as session, session.begin():
        zone = ZoneInfo(resellers.own(session).time_zone)
        bundle_letters.used(
            session,
            bundle_id=bundle_id,
            percent=percent,
            today=clock.now().astimezone(zone).date(),
            url=links.dashboard(links.origin_of(session, context.settings())),
        )
