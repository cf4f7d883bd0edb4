"""Visits that nobody left: their end is written down by the clock."""

from __future__ import annotations

from portal.accounts import impersonation, visits
from portal.infra.queue import jobs
from portal.tasks import context


@jobs.task(name="visits.lapse")
def lapse(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Note the end of visits and of stays in a client's place whose time is up."""
    database = context.database()
    with database.across_resellers() as session:
        concerned = {*visits.overdue_resellers(session), *impersonation.overdue_resellers(session)}
    for reseller_id in sorted(concerned):
        with database.session(reseller_id) as session, session.begin():
            visits.lapse_overdue(session)
            impersonation.lapse_overdue(session)
