"""Money of a reseller's that providers of payments report to the operator: on its cover, and off.

The counterpart of `deposited`, which does the same with clients' wallets. `cause` names the act:
done again, nothing moves. What the cover may not give when money is taken back is owed beside it.
All sessions here are the paying reseller's own.
"""

from __future__ import annotations

from typing import Final

from portal.accounts import activity, cover
from portal.accounts.actor import system
from portal.accounts.deposited import Taken, spared
from portal.accounts.keeping import positive
from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.ledger import opening, owned, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.tenancy import settings

CREDITED: Final = "alerts.cover_credited"
"""The job that writes to a reseller that its payment has arrived."""
_REFUND = (TransferCode.COVER_REFUND, TransferCode.COVER_REFUND_OWED)
_DISPUTE = (TransferCode.COVER_DISPUTE, TransferCode.COVER_DISPUTE_OWED)


def owed(session: ResellerSession, *, currency: str) -> int:
    """What the reseller owes the operator beside its cover, in millionths."""
    return -statements.balance(session, cover.owing(session, currency=currency))


def credit(
    session: ResellerSession, *, cause: int, amount: int, currency: str, description: str
) -> None:
    """Credit the cover with a payment, which pays first what is owed beside it.

    Raises:
        AmountNotPositive: for zero and less.
    """
    positive(amount)
    if _put_on(
        session,
        cause=cause,
        amount=amount,
        currency=currency,
        code=TransferCode.COVER_DEPOSIT,
        description=description,
    ):
        cover.is_paid(session, currency=currency)
        _note(session, "cover.deposited", about=cause, amount=amount, currency=currency)
        queue.enqueue(
            session,
            CREDITED,
            reseller_id=session.reseller_id,
            deposit_id=cause,
            amount=amount,
            currency=currency,
        )


def take_back(
    session: ResellerSession,
    *,
    cause: int,
    amount: int,
    currency: str,
    disputed: bool,
    description: str,
    actor: int | None = None,
) -> Taken:
    """Take money of a payment back: the cover gives what it may, the rest is owed beside it.

    Raises:
        AmountNotPositive: for zero and less.
    """
    positive(amount)
    in_cover, beside = _DISPUTE if disputed else _REFUND
    if owned.moved(session, cause=cause, n=0, codes=[in_cover, beside]):
        return Taken(0, 0)
    cover_id = cover.account(session, currency=currency)
    given = spared(posting.hold(session, [cover_id])[cover_id], amount)
    received = opening.account(session, AccountCode.OPERATOR_RECEIVED, unit=currency)
    owing = cover.owing(session, currency=currency)
    posted = posting.post(
        session,
        [
            Transfer(
                debit=debit,
                credit=received,
                unit=currency,
                amount=part,
                code=code,
                cause=cause,
                actor=actor,
                description=description,
            )
            for code, debit, part in (
                (in_cover, cover_id, given),
                (beside, owing, amount - given),
            )
            if part
        ],
    )
    threshold = settings.read(session).low_cover_threshold
    cover.look_at(session, posted, cover_id, currency=currency, threshold=threshold)
    _note(session, "cover.taken_back", about=cause, amount=amount, currency=currency)
    return Taken(given, amount - given)


def give_again(
    session: ResellerSession, *, cause: int, amount: int, currency: str, description: str
) -> None:
    """Credit again what was taken back, since that came to nothing; it pays first what is owed.

    Raises:
        AmountNotPositive: for zero and less.
    """
    positive(amount)
    if _put_on(
        session,
        cause=cause,
        amount=amount,
        currency=currency,
        code=TransferCode.COVER_RETURNED,
        description=description,
    ):
        _note(session, "cover.given_again", about=cause, amount=amount, currency=currency)


def _put_on(
    session: ResellerSession,
    *,
    cause: int,
    amount: int,
    currency: str,
    code: TransferCode,
    description: str,
) -> bool:
    """Credit the cover, unless that was done before; the debt beside it is paid at once."""
    cover_id = cover.account(session, currency=currency)
    posting.hold(session, [cover_id])
    if owned.moved(session, cause=cause, n=0, codes=[code]):
        return False
    transfer = Transfer(
        debit=opening.account(session, AccountCode.OPERATOR_RECEIVED, unit=currency),
        credit=cover_id,
        unit=currency,
        amount=amount,
        code=code,
        cause=cause,
        description=description,
    )
    posting.post(session, [transfer, *cover.debt_paid(session, transfer)])
    return True


def _note(session: ResellerSession, what: str, *, about: int, amount: int, currency: str) -> None:
    activity.record(
        session,
        by=system(session.reseller_id),
        what=what,
        about_id=about,
        amount=amount,
        currency=currency,
    )
