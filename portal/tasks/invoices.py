"""Put invoices on paper, and write to whom they are for."""

from __future__ import annotations

from typing import Final

import structlog

from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.queue import jobs
from portal.invoicing import cover_months, invoice_letters, invoices, overdue, printing
from portal.invoicing.printing import NoPrinter
from portal.tasks import context, housekeeping, mails
from portal.tenancy.models import Reseller
from portal.tenancy.resellers import OPERATOR_ID

logger: Final = structlog.get_logger(__name__)


@jobs.task(name=invoices.MAKE, retry=mails.RETRY)
def make(reseller_id: int, invoice_id: int, *, tells: bool = True) -> None:
    """Make the PDF of an invoice, if there is none, and tell its client.

    Where none can be made, the client is told all the same: its page can be printed.
    """
    with _transaction(reseller_id) as session, session.begin():
        sheet = printing.prepare(session, invoice_id)
    made = None
    if sheet is not None:
        try:
            made = printing.printed(sheet)
        except NoPrinter as missing:
            logger.warning("no PDF can be made here", invoice=invoice_id, error=str(missing))
    with _transaction(reseller_id) as session, session.begin():
        if made is not None:
            printing.keep(session, invoice_id, made)
        if tells:
            invoice_letters.issued(session, invoice_id, installation=context.settings())


@jobs.task(name="invoices.make_missing")
def make_missing(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Make the PDFs that could not be made before, as the libraries for it were missing."""
    if printing.can_print():
        housekeeping.for_each_reseller(
            lambda session, _: printing.make_missing(session),
            what="invoices.make_missing",
            and_operator=True,
        )


@jobs.task(name="invoices.settle_months")
def settle_months(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Invoice what resellers have used on their limits, once a month of the operator's is over."""

    def settle(session: ResellerSession, reseller: Reseller) -> None:
        with in_scope_of(session, OPERATOR_ID) as operator:
            cover_months.settle(operator, reseller.id)

    housekeeping.for_each_reseller(settle, what="invoices.settle_months")


@jobs.task(name="invoices.remind_overdue")
def remind_overdue(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Remind resellers of the operator's invoices that are overdue; twice does no harm."""

    def remind(session: ResellerSession, reseller: Reseller) -> None:
        with in_scope_of(session, OPERATOR_ID) as operator:
            overdue.remind(operator, reseller.id, installation=context.settings())

    housekeeping.for_each_reseller(remind, what="invoices.remind_overdue")


def _transaction(reseller_id: int) -> ResellerSession:
    return context.database().session(reseller_id)
