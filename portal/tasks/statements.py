"""Put monthly statements on paper, and mail them to the clients that want them."""

from __future__ import annotations

from typing import Final

import structlog

from portal.accounts.models import Client
from portal.infra import months
from portal.infra.db import ResellerSession
from portal.infra.queue import jobs
from portal.invoicing import printing, statement_mails, statement_papers
from portal.invoicing.printing import NoPrinter
from portal.invoicing.statement_papers import Which
from portal.pricing import showing
from portal.tasks import context, housekeeping, mails
from portal.tenancy import links, settings
from portal.tenancy.display import Service

logger: Final = structlog.get_logger(__name__)


@jobs.task(name="statements.send_due")
def send_due(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Queue the statements of the month that is over, for each client that wants them."""
    housekeeping.for_each_reseller(
        lambda session, _: statement_mails.queue_due(session), what="statements.send_due"
    )


@jobs.task(name=statement_papers.MAKE, retry=mails.RETRY)
def make(reseller_id: int, client_id: int, month: str, currency: str) -> None:
    """Make the PDF of a statement, if there is none."""
    _print(reseller_id, Which(client_id=client_id, month=months.read(month), currency=currency))


@jobs.task(name=statement_mails.SEND, retry=mails.RETRY)
def send(reseller_id: int, client_id: int, month: str) -> None:
    """Make a client's PDFs of a month and write to it, unless its month was empty.

    Where none can be made, it is written to all the same: its page can be printed.
    """
    with _transaction(reseller_id) as session, session.begin():
        client = session.get(Client, (reseller_id, client_id))
        if client is None or not _may_be_told(session, client):
            return
        found = statement_mails.told(session, client, months.read(month))
    for which in found:
        _print(reseller_id, which)
    with _transaction(reseller_id) as session, session.begin():
        if found:
            client = session.get_one(Client, (reseller_id, client_id))
            origin = links.origin_of(session, context.settings())
            statement_mails.write(session, client, found, origin=origin)


def _may_be_told(session: ResellerSession, client: Client) -> bool:
    """Whether it is still there, still wants them, and is shown amounts."""
    if client.activated_at is None or client.closed_at is not None:
        return False
    if not statement_mails.is_wanted(session, client_id=client.id):
        return False
    portal = settings.read(session).display
    return showing.to_client(session, client.id, portal=portal).shows(Service.BALANCE)


def _print(reseller_id: int, which: Which) -> None:
    """Make a PDF with no transaction open."""
    with _transaction(reseller_id) as session, session.begin():
        page = statement_papers.prepare(session, which)
    if page is None:
        return
    try:
        content = printing.drawn(page)
    except NoPrinter as missing:
        logger.warning("no PDF can be made here", month=which.month.key, error=str(missing))
        return
    with _transaction(reseller_id) as session, session.begin():
        statement_papers.keep(session, which, content)


def _transaction(reseller_id: int) -> ResellerSession:
    return context.database().session(reseller_id)
