"""What of deposits is told to whoever makes invoices, in the transaction that moves the money."""

from __future__ import annotations

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.invoicing import invoices
from portal.invoicing.invoices import GivenBack, Paid
from portal.payments.models import Deposit, Refund


def credited(session: ResellerSession, deposit: Deposit) -> None:
    """A deposit is credited."""
    invoices.for_deposit(
        session,
        _paid(deposit, cause_id=deposit.id, amount=deposit.amount),
    )


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


def given_again(session: ResellerSession, deposit: Deposit, refund: Refund) -> None:
    """What went back came to nothing, and is credited again."""
    invoices.for_return(session, _paid(deposit, cause_id=refund.id, amount=refund.amount))


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
