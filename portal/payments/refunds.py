"""Give a deposit back, whole or in part: asked for by staff, done by the provider, then booked.

The wish is committed before the provider is asked, with a number that the provider keeps beside its
refund. An answer that is lost is asked for again with that number, and nothing is given back twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive
from portal.infra import clock, ids, outgoing, queue
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault
from portal.payments import accounts, deposits, registry, settling
from portal.payments.errors import AmountNotOffered, NoProvider, NotRefundable
from portal.payments.models import Deposit, Refund
from portal.payments.payable import is_payable
from portal.payments.port import Access, Seen, Taking
from portal.payments.statuses import Outcome, Stage, TakenFor

ASK_AGAIN: Final = "payments.refund"
"""The job that asks a provider again for a refund that it has not confirmed."""
_ASK_AGAIN_AFTER: Final = timedelta(minutes=2)
REASON_LENGTH_MAX: Final = 200


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A refund that the provider is about to be asked for."""

    refund_id: int
    deposit_id: int
    kind: str
    access: Access
    payment_id: str
    amount: int
    currency: str
    reason: str


def left(session: ResellerSession, deposit: Deposit) -> int:
    """How much of a deposit can still be given back, in millionths; 0 if it was never paid."""
    if deposit.paid_at is None:
        return 0
    gone = sum(
        each.amount
        for each in of_deposit(session, deposit.id)
        if each.stage in {Stage.ASKED, Stage.PARKED, Stage.TAKEN}
    )
    return max(0, deposit.amount - gone)


def ask(
    session: ResellerSession, *, deposit_id: int, amount: int, reason: str, by: Actor
) -> Refund:
    """Wish for a refund; to be committed before the provider is asked.

    Raises:
        AmountNotPositive: for zero and less.
        AmountNotOffered: the currency has no coins for it.
        NotRefundable: more than what is left.
        NotFound: there is no such deposit.
    """
    deposit = deposits.held(session, deposit_id)
    if amount <= 0:
        raise AmountNotPositive("a refund is above zero")
    if not is_payable(amount, deposit.currency):
        raise AmountNotOffered(amount)
    rest = left(session, deposit)
    if amount > rest:
        raise NotRefundable(left=rest)
    refund = Refund(
        id=ids.new(),
        deposit_id=deposit.id,
        account_id=deposit.account_id,
        taken_for=TakenFor.REFUND,
        stage=Stage.ASKED,
        amount=amount,
        currency=deposit.currency,
        reason=reason,
        person_id=by.person_id,
        made_at=clock.now(),
        look_at=clock.now() + _ASK_AGAIN_AFTER,
    )
    session.add(refund)
    session.flush()
    queue.enqueue(
        session,
        ASK_AGAIN,
        at=refund.look_at,
        reseller_id=session.reseller_id,
        refund_id=refund.id,
    )
    activity.record(
        session,
        by=by,
        what="refund.asked",
        client_id=deposit.client_id,
        about_id=deposit.id,
        amount=amount,
        currency=deposit.currency,
        reason=reason,
    )
    return refund


def prepare(
    session: ResellerSession, *, refund_id: int, vault: Vault, installation: Settings
) -> Wish | None:
    """Read all that the provider is told; None if it has answered by now.

    Raises:
        NoProvider: the account's secrets cannot be read any more.
        NotFound: there is no such refund.
    """
    refund = by_id(session, refund_id)
    deposit = deposits.by_id(session, refund.deposit_id)
    if refund.stage is not Stage.ASKED or deposit.payment_id is None:
        return None
    account = accounts.by_id(session, refund.account_id)
    try:
        found = accounts.access(session, account, vault=vault, settings=installation)
    except Unsealable:
        raise NoProvider(account.provider) from None
    return Wish(
        refund_id=refund.id,
        deposit_id=deposit.id,
        kind=account.provider,
        access=found,
        payment_id=deposit.payment_id,
        amount=refund.amount,
        currency=refund.currency,
        reason=refund.reason,
    )


def give(wish: Wish) -> Taking:
    """Have the provider give the money back.

    Raises:
        Unanswered: nobody knows; it is asked again by a job.
        Refused: it does not.
    """
    with outgoing.call(f"payments: refund {wish.kind}"):
        return registry.open_account(wish.kind, wish.access).refund(
            payment_id=wish.payment_id,
            own_id=wish.refund_id,
            amount=wish.amount,
            currency=wish.currency,
            reason=wish.reason,
        )


def record(session: ResellerSession, wish: Wish, taking: Taking) -> None:
    """Book a refund that the provider has confirmed; a notification may have been faster."""
    deposit = deposits.by_id(session, wish.deposit_id)
    seen = Seen(
        outcome=Outcome.PAID,
        amount=deposit.amount,
        currency=deposit.currency,
        payment_id=wish.payment_id,
        takings=(taking,),
    )
    settling.apply(session, deposit_id=deposit.id, seen=seen)


def record_refusal(session: ResellerSession, wish: Wish) -> None:
    """The provider has answered that it gives nothing back."""
    deposit = deposits.held(session, wish.deposit_id)
    refund = by_id(session, wish.refund_id)
    if refund.stage is Stage.ASKED:
        refund.stage, refund.look_at = Stage.REFUSED, None
        session.flush()
        settling.note(session, deposit, "refund.refused", amount=refund.amount)


def record_silence(session: ResellerSession, wish: Wish) -> None:
    """It has not answered: it is asked again in growing pauses, for as long as it takes."""
    refund = by_id(session, wish.refund_id)
    if refund.stage is Stage.ASKED:
        refund.look_at = clock.now() + max(_ASK_AGAIN_AFTER, clock.now() - refund.made_at)
        queue.enqueue(
            session,
            ASK_AGAIN,
            at=refund.look_at,
            reseller_id=session.reseller_id,
            refund_id=refund.id,
        )


def by_id(session: ResellerSession, refund_id: int) -> Refund:
    """A refund.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Refund, (session.reseller_id, refund_id))
    if found is None:
        raise NotFound("refund", refund_id)
    return found


def of_deposit(session: ResellerSession, deposit_id: int) -> Sequence[Refund]:
    """The refunds and disputes of a deposit, oldest first."""
    return session.scalars(
        select(Refund).where(Refund.deposit_id == deposit_id).order_by(Refund.id)
    ).all()
