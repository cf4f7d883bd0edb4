"""What a reseller is told when the operator has changed what it asks, and its clients by it."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from portal.infra.queue import jobs
from portal.pricing import below_cost_letters, price_letters, wholesale_changes
from portal.pricing.conditions import Route
from portal.pricing.rate_lists import ListName
from portal.tasks import context, mails
from portal.tenancy import links

logger = structlog.get_logger(__name__)


@jobs.task(name=wholesale_changes.JOB, retry=mails.RETRY)
def changed(
    *, reseller_id: int, currency: str, route: str, former: Sequence[Sequence[str | int | None]]
) -> None:
    """Write to the reseller what it sells below cost now and did not before."""
    with context.database().session(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        below_cost_letters.tell(
            session,
            ListName(currency=currency, route=Route(route)),
            former,
            url=links.below_cost(origin),
        )


@jobs.task(name=price_letters.JOB)
def tell_clients(*, reseller_id: int, package_id: int, before_id: int, after_id: int) -> None:
    """Write to everybody who has a package what changes; nobody waits for another's mail."""
    database = context.database()
    with database.session(reseller_id) as session, session.begin():
        url = links.prices(links.origin_of(session, context.settings()))
        client_ids = price_letters.to_tell(session, package_id=package_id)
    for client_id in client_ids:
        try:
            with database.session(reseller_id) as own, own.begin():
                price_letters.tell(
                    own, client_id=client_id, before_id=before_id, after_id=after_id, url=url
                )
        except Exception:
            logger.exception("a client was not told of its prices", client=client_id)
