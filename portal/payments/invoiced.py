"""What of deposits is told to whoever makes invoices, in the transaction that moves the money."""

from __future__ import annotations

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.invoicing import cover_months, invoices
from portal.invoicing.invoices import GivenBack, Paid
from portal.payments.models import Deposit, Refund


def before_credit(session: ResellerSession, deposit: Deposit, *, amount: int) -> int:
    """What of an amount, which is about to be credited, pays invoices that are there already."""
    if deposit.payer_id is None:
        return 0
    unpaid = cover_months.unpaid(session, deposit.payer_id, deposit.currency, is_paying=True)
    return min(unpaid, amount)


def credited(session: ResellerSession, deposit: Deposit, *, invoiced: int) -> None:
    """A deposit is credited; for so much of it there were invoices before."""
    amount = deposit.amount - invoiced
    if amount:
        invoices.for_deposit(session, _paid(deposit, cause_id=deposit.id, amount=amount))


def taken_back(session: ResellerSession, deposit: Deposit, refund: Refund) -> None:
    """Some of it went back, or a bank took it."""
    invoices.for_refund(
        session,
        GivenBack(
            deposit_id=deposit.id,
            cause_id=refund.id,
            amount=refund.amount,
            at=refund.taken_at or clock.now(),
            reason=refund.reason,
        ),
    )


def given_again(
    session: ResellerSession, deposit: Deposit, refund: Refund, *, invoiced: int
) -> None:
    """What went back came to nothing, and is credited again; so much of it was invoiced since."""
    amount = refund.amount - invoiced
    if amount:
        invoices.for_return(session, _paid(deposit, cause_id=refund.id, amount=amount))


def _paid(deposit: Deposit, *, cause_id: int, amount: int) -> Paid:
    is_first = cause_id == deposit.id
    return Paid(
        deposit_id=deposit.id,
        cause_id=cause_id,
        client_id=deposit.client_id,
        payer_id=deposit.payer_id,
        amount=amount,
        currency=deposit.currency,
        paid_at=(deposit.paid_at if is_first else None) or clock.now(),
        method=deposit.method,
    )
