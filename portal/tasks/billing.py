"""The clock side of money: what every billing day brings."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import structlog

from portal.accounts import debts
from portal.billing import renewing
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.queue import jobs
from portal.tasks import context, housekeeping
from portal.tenancy import links
from portal.tenancy.models import Reseller

logger = structlog.get_logger(__name__)


@jobs.task(name="billing.renew")
def renew(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Begin the periods that are due by each reseller's calendar; late or twice does no harm."""
    housekeeping.for_each_reseller(_renew_clients, what="billing.renew")


def _renew_clients(session: ResellerSession, reseller: Reseller) -> None:
    """One transaction each, so that nobody's messages wait for other clients' fees."""
    on = _today(reseller)
    for client_id in renewing.due(session, on=on):
        try:
            with context.database().session(reseller.id) as own, own.begin():
                renewing.renew(own, client_id=client_id, on=on)
        except Exception:
            logger.exception("a client's period could not begin", client=client_id)


@jobs.task(name="debts.remind")
def remind_of_debts(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Remind clients of what they owe; late is as good as one reminder."""
    housekeeping.for_each_reseller(_remind_clients, what="debts.remind")


def _remind_clients(session: ResellerSession, reseller: Reseller) -> None:
    """One transaction each, so that nobody waits for other clients' mails."""
    now = clock.now()
    url = links.dashboard(links.origin_of(session, context.settings()))
    for client_id in debts.to_remind(session, now=now):
        with context.database().session(reseller.id) as own, own.begin():
            debts.remind(own, client_id=client_id, now=now, url=url)


def _today(reseller: Reseller) -> date:
    return clock.now().astimezone(ZoneInfo(reseller.time_zone)).date()
