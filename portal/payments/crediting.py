"""Whose money a deposit is: a client's wallet with its reseller, or a reseller's cover.

A cover stands in the paying reseller's own book. It is moved in the operator's transaction that
makes the deposit paid, so that neither is kept without the other.
"""

from __future__ import annotations

from portal.accounts import cover_paying, deposited
from portal.accounts.deposited import Taken
from portal.infra.db import ResellerSession, in_scope_of
from portal.payments.models import Deposit, Refund
from portal.payments.statuses import TakenFor


def credit(session: ResellerSession, deposit: Deposit) -> None:
    """Credit what was paid; done again, nothing moves."""
    if deposit.payer_id is None:
        deposited.credit(
            session,
            client_id=client_of(deposit),
            cause=deposit.id,
            amount=deposit.amount,
            currency=deposit.currency,
            description=deposit.method,
        )
        return
    with in_scope_of(session, deposit.payer_id) as payer:
        cover_paying.credit(
            payer,
            cause=deposit.id,
            amount=deposit.amount,
            currency=deposit.currency,
            description=deposit.method,
        )


def take_back(session: ResellerSession, deposit: Deposit, refund: Refund) -> Taken:
    """Take back what went back; done again, nothing moves."""
    is_dispute = refund.taken_for is TakenFor.DISPUTE
    if deposit.payer_id is None:
        return deposited.take_back(
            session,
            client_id=client_of(deposit),
            cause=refund.id,
            amount=refund.amount,
            currency=refund.currency,
            disputed=is_dispute,
            description=refund.reason,
            actor=refund.person_id,
        )
    with in_scope_of(session, deposit.payer_id) as payer:
        return cover_paying.take_back(
            payer,
            cause=refund.id,
            amount=refund.amount,
            currency=refund.currency,
            disputed=is_dispute,
            description=refund.reason,
            actor=refund.person_id,
        )


def give_again(session: ResellerSession, deposit: Deposit, refund: Refund) -> None:
    """Credit again what went back and came to nothing; done again, nothing moves."""
    if deposit.payer_id is None:
        deposited.give_again(
            session,
            client_id=client_of(deposit),
            cause=refund.id,
            amount=refund.amount,
            currency=refund.currency,
            description=refund.reason,
        )
        return
    with in_scope_of(session, deposit.payer_id) as payer:
        cover_paying.give_again(
            payer,
            cause=refund.id,
            amount=refund.amount,
            currency=refund.currency,
            description=refund.reason,
        )


def client_of(deposit: Deposit) -> int:
    """The client of a deposit that is no reseller's: the database knows no third kind."""
    assert deposit.client_id is not None
    return deposit.client_id
