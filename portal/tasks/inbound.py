"""Pay for messages that came in and wait for credit."""

from __future__ import annotations

from portal.accounts.keeping import PAY_WAITING
from portal.infra.queue import jobs
from portal.messaging import inbound_paying
from portal.tasks import context, housekeeping


@jobs.task(name=PAY_WAITING)
def pay_waiting(reseller_id: int, client_id: int) -> None:
    """Pay for what waits of a client's, as far as its wallet reaches."""
    with context.database().session(reseller_id) as session, session.begin():
        inbound_paying.pay_waiting(session, client_id=client_id)


@jobs.task(name="inbound.look_again")
def look_again(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Try for everybody whose messages wait, in case no credit did."""
    housekeeping.for_each_reseller(
        lambda session, _: inbound_paying.look_again(session), what="inbound.look_again"
    )
