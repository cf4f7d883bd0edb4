"""The reseller's own money with the operator: every message takes its cost from it."""

from __future__ import annotations

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.tenancy import resellers


def account(session: ResellerSession, *, currency: str) -> int:
    """The cover in this currency; a new one is HARD: nothing is sent on the operator's credit."""
    return opening.account(session, AccountCode.COVER, unit=currency, overdraft=0)


def balance(session: ResellerSession, *, currency: str | None = None) -> int:
    """What the cover holds, in millionths of this currency, or of the reseller's own."""
    unit = currency or resellers.own(session).currency
    return statements.balance(session, account(session, currency=unit))


def pay_in(session: ResellerSession, *, amount: int, description: str, by: Actor) -> int:
    """Credit the cover by hand, in the reseller's own currency; the id of the transfer.

    Raises:
        AmountNotPositive: for zero and less.
    """
    if amount <= 0:
        raise AmountNotPositive("a payment is above zero")
    unit = resellers.own(session).currency
    transfer = Transfer(
        debit=opening.account(session, AccountCode.OPERATOR_RECEIVED, unit=unit),
        credit=account(session, currency=unit),
        unit=unit,
        amount=amount,
        code=TransferCode.COVER_PAYMENT,
        cause=ids.new(),
        actor=by.person_id,
        description=description,
    )
    posting.post(session, [transfer])
    activity.record(
        session,
        by=by,
        what="cover.payment",
        about_id=transfer.id,
        amount=amount,
        currency=unit,
        description=description,
    )
    return transfer.id
