"""What a reseller is told when the operator has changed what it asks."""

from __future__ import annotations

from collections.abc import Sequence

from portal.infra.queue import jobs
from portal.pricing import below_cost_letters, wholesale_changes
from portal.pricing.conditions import Route
from portal.pricing.rate_lists import ListName
from portal.tasks import context, mails
from portal.tenancy import links


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
