"""Bring a deposit and the books in line with what its provider says of the payment.

Facts are added and never taken away: paid once, each refund and each dispute once, each of them
returned at most once. So a reading that is older than another, or comes twice, changes nothing, and
in whichever order they come, the books end alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, update

from portal.accounts import activity
from portal.accounts.actor import system
from portal.infra import clock, ids, queue
from portal.infra.db import ResellerSession
from portal.payments import charge_failures, crediting, deposits, invoiced, statuses
from portal.payments.models import Deposit, Refund
from portal.payments.port import Seen, Taking
from portal.payments.saved_methods import KEEP
from portal.payments.statuses import CREDITED, Outcome, Stage, State, TakenFor, Trouble

DISPUTED: Final = "payments.disputed"
"""The job that writes to staff that a bank takes a deposit back."""
REFUNDED: Final = "payments.refunded"
"""The job that writes to a client what was given back to it."""
_ON_ITS_WAY: Final = frozenset({Outcome.APPROVED, Outcome.PROCESSING})
_TO_BE_RIGHT: Final = frozenset({Outcome.APPROVED, Outcome.PAID})


def apply(session: ResellerSession, *, deposit_id: int, seen: Seen) -> bool:
    """Take in what the provider says of a deposit now; whether any of it was news.

    What was paid is credited if it is what was asked for, in amount and currency, and was not paid
    before by another payment. Else it is noted on the deposit, and nothing moves.

    Raises:
        NotFound: there is no such deposit.
    """
    deposit = deposits.held(session, deposit_id)
    before = _facts(deposit)
    trouble = _trouble(session, deposit, seen)
    if trouble is not Trouble.NONE:
        _differs(session, deposit, seen, trouble)
        return _facts(deposit) != before
    deposit.reference = deposit.reference or seen.reference or None
    deposit.method = seen.method or deposit.method
    deposit.is_processing = seen.outcome in _ON_ITS_WAY and deposit.paid_at is None
    news = False
    for taking in seen.takings:
        news |= _note(session, deposit, taking)
    if seen.outcome is Outcome.PAID:
        _credit(session, deposit, seen)
    if deposit.paid_at is not None:
        news |= _post(session, deposit)
    elif deposit.is_automatic:
        _look_at_charge(session, deposit, seen.outcome)
    elif deposit.state in {State.PENDING, State.ABANDONED}:
        _wait(deposit, seen.outcome)
    return news or _facts(deposit) != before


def _facts(deposit: Deposit) -> tuple[object, ...]:
    return (deposit.state, deposit.trouble, deposit.is_processing, deposit.payment_id)


def _trouble(session: ResellerSession, deposit: Deposit, seen: Seen) -> Trouble:
    """Why this cannot be the payment that was asked for."""
    if seen.outcome not in _TO_BE_RIGHT and not seen.takings:
        return Trouble.NONE
    if seen.currency != deposit.currency:
        return Trouble.CURRENCY
    if seen.amount != deposit.amount:
        return Trouble.AMOUNT
    if deposit.reference and seen.reference and deposit.reference != seen.reference:
        return Trouble.OTHER_PAYMENT
    if seen.deposit_id not in {None, deposit.id}:
        return Trouble.OTHER_PAYMENT
    if deposit.payment_id is not None:
        is_other = bool(seen.payment_id) and deposit.payment_id != seen.payment_id
    else:
        is_other = _pays_another(session, deposit, seen)
    return Trouble.OTHER_PAYMENT if is_other else Trouble.NONE


def _pays_another(session: ResellerSession, deposit: Deposit, seen: Seen) -> bool:
    found = session.scalar(
        select(Deposit.id).where(
            Deposit.account_id == deposit.account_id,
            Deposit.payment_id == seen.payment_id,
            Deposit.id != deposit.id,
        )
    )
    return found is not None


def _differs(session: ResellerSession, deposit: Deposit, seen: Seen, trouble: Trouble) -> None:
    """Note money that came and is not credited; a deposit that was paid well stays what it is."""
    if deposit.trouble == trouble:
        return
    deposit.trouble = trouble
    deposit.seen_amount, deposit.seen_currency = seen.amount, seen.currency
    if deposit.paid_at is None:
        deposit.state, deposit.look_at, deposit.url = State.DIFFERS, None, ""
    note(session, deposit, "deposit.differs", amount=seen.amount, currency=seen.currency)


def _credit(session: ResellerSession, deposit: Deposit, seen: Seen) -> None:
    """Credit what was paid: once, since only one can make the deposit paid."""
    session.flush()
    made_paid = session.scalars(
        update(Deposit)
        .where(Deposit.id == deposit.id, Deposit.paid_at.is_(None))
        .values(
            state=State.PAID,
            paid_at=clock.now(),
            payment_id=seen.payment_id,
            trouble=Trouble.NONE,
            look_at=None,
            url="",
        )
        .returning(Deposit.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if made_paid is None:
        return
    session.refresh(deposit)
    already = invoiced.before_credit(session, deposit, amount=deposit.amount)
    crediting.credit(session, deposit)
    note(session, deposit, "deposit.credited", amount=deposit.amount, currency=deposit.currency)
    invoiced.credited(session, deposit, invoiced=already)
    if deposit.keeps:
        queue.enqueue(session, KEEP, reseller_id=session.reseller_id, deposit_id=deposit.id)


def _note(session: ResellerSession, deposit: Deposit, taking: Taking) -> bool:
    """Keep a refund or a dispute, or what is new about it; whether anything was."""
    refund = _known(session, deposit, taking)
    if refund is None:
        refund = Refund(
            id=ids.new(),
            deposit_id=deposit.id,
            account_id=deposit.account_id,
            taken_for=taking.taken_for,
            stage=Stage.PARKED,
            reference=taking.reference,
            amount=min(taking.amount, deposit.amount),
            currency=deposit.currency,
            reason=taking.reason,
            made_at=clock.now(),
        )
        session.add(refund)
        is_news = True
    else:
        is_news = refund.stage in {Stage.ASKED, Stage.REFUSED}
        refund.reference = refund.reference or taking.reference
        if is_news:
            refund.stage, refund.look_at = Stage.PARKED, None
    if taking.returned and refund.returned_at is None:
        refund.returned_at = clock.now()
        is_news = True
    session.flush()
    return is_news


def _known(session: ResellerSession, deposit: Deposit, taking: Taking) -> Refund | None:
    found = session.scalars(
        select(Refund).where(
            Refund.deposit_id == deposit.id,
            Refund.taken_for == taking.taken_for,
            Refund.reference == taking.reference,
        )
    ).one_or_none()
    if found is None and taking.own_id is not None:
        own = session.get(Refund, (session.reseller_id, taking.own_id))
        if own is not None and own.deposit_id == deposit.id and own.reference is None:
            return own
    return found


def _post(session: ResellerSession, deposit: Deposit) -> bool:
    """Move what went back and has not moved yet, and find the word for all of it."""
    known = session.scalars(
        select(Refund)
        .where(Refund.deposit_id == deposit.id, Refund.stage.not_in([Stage.ASKED, Stage.REFUSED]))
        .order_by(Refund.id)
    ).all()
    moved = False
    for refund in known:
        if refund.stage is Stage.PARKED:
            _take(session, deposit, refund)
            moved = True
        if refund.stage is Stage.TAKEN and refund.returned_at is not None:
            _return(session, deposit, refund)
            moved = True
    deposit.refunded = _sum(known, TakenFor.REFUND)
    deposit.disputed = _sum(known, TakenFor.DISPUTE)
    deposit.state = statuses.of_paid(
        amount=deposit.amount, refunded=deposit.refunded, disputed=deposit.disputed
    )
    assert deposit.state in CREDITED
    return moved


def _sum(known: Sequence[Refund], taken_for: TakenFor) -> int:
    return sum(
        each.amount for each in known if each.taken_for is taken_for and each.stage is Stage.TAKEN
    )


def _take(session: ResellerSession, deposit: Deposit, refund: Refund) -> None:
    taken = crediting.take_back(session, deposit, refund)
    refund.stage, refund.taken_at, refund.owed = Stage.TAKEN, clock.now(), taken.owed
    note(
        session,
        deposit,
        "deposit.refunded" if refund.taken_for is TakenFor.REFUND else "deposit.disputed",
        amount=refund.amount,
        currency=refund.currency,
    )
    invoiced.taken_back(session, deposit, refund)
    if refund.taken_for is TakenFor.REFUND:
        queue.enqueue(session, REFUNDED, reseller_id=session.reseller_id, refund_id=refund.id)
    else:
        queue.enqueue(session, DISPUTED, reseller_id=session.reseller_id, refund_id=refund.id)


def _return(session: ResellerSession, deposit: Deposit, refund: Refund) -> None:
    already = invoiced.before_credit(session, deposit, amount=refund.amount)
    crediting.give_again(session, deposit, refund)
    refund.stage = Stage.RETURNED
    note(session, deposit, "deposit.returned", amount=refund.amount, currency=refund.currency)
    invoiced.given_again(session, deposit, refund, invoiced=already)


def _look_at_charge(session: ResellerSession, deposit: Deposit, outcome: Outcome) -> None:
    """Nobody can go on with a charge that has stopped: it came to nothing.

    While the answer to the charge itself is not known, that one decides.
    """
    if deposit.reference is not None and outcome in {Outcome.OPEN, Outcome.GONE}:
        charge_failures.fail(session, deposit, why=Trouble.DECLINED)


def _wait(deposit: Deposit, outcome: Outcome) -> None:
    """Nothing is paid yet: when to look again, or that nobody can pay any more."""
    if outcome is Outcome.GONE:
        deposit.state, deposit.look_at, deposit.url = State.ABANDONED, None, ""
        return
    deposit.state = State.PENDING
    if outcome is Outcome.PROCESSING:
        deposit.url = ""


def note(
    session: ResellerSession, deposit: Deposit, what: str, *, amount: int, currency: str = ""
) -> None:
    """Record what has become of a deposit, of itself and by nobody."""
    activity.record(
        session,
        by=system(session.reseller_id),
        what=what,
        client_id=deposit.client_id,
        about_id=deposit.id,
        amount=amount,
        currency=currency or deposit.currency,
    )
