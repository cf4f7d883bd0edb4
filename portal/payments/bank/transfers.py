"""Deposits that wait for a bank transfer: begun, expected, confirmed, called off, lapsed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.payments import deposits, settling
from portal.payments.bank import accounts, references
from portal.payments.bank.errors import AmountDiffers, NotExpected, TooManyWaiting
from portal.payments.errors import AmountNotOffered, CurrencyNotOffered, NoProvider
from portal.payments.models import Deposit
from portal.payments.payable import is_payable
from portal.payments.port import Seen
from portal.payments.statuses import Outcome, State

WAITS_FOR: Final = timedelta(days=30)
"""How long a transfer is waited for; should it come later, it is credited all the same."""
WAITING_MAX: Final = 10
"""How many transfers of one client are waited for at once."""
BY_HAND: Final = "by hand"
"""How the number of a payment begins that staff has confirmed without a line of a statement."""
_PAYABLE: Final = frozenset({State.PENDING, State.ABANDONED})
_AT_ONCE_MAX: Final = 500


def begin(
    session: ResellerSession,
    *,
    client_id: int,
    amount: int,
    currency: str,
    priced: Collection[str],
    by: Actor,
    terms: str = "",
) -> Deposit:
    """A deposit with a reference of its own, which waits until money comes.

    Raises:
        TooManyWaiting: the client has ten of them.
        CurrencyNotOffered: the account is kept in another one, in which nobody knows what arrives.
        AmountNotOffered, NoProvider, WrongStanding, NotFound: as for others.
    """
    account = accounts.own(session)
    if account is None:
        raise NoProvider(accounts.KIND)
    if currency != account.currency:
        raise CurrencyNotOffered(currency)
    access.client_by_id(session, actor=by, client_id=client_id)
    # Held, so that two at once are not numbered alike.
    client = access.locked_client(session, client_id)
    if waiting(session, client_id=client.id) >= WAITING_MAX:
        raise TooManyWaiting(f"client {client.id} has {WAITING_MAX} transfers waiting")
    before = session.scalars(
        select(func.count())
        .select_from(Deposit)
        .where(Deposit.client_id == client.id, Deposit.waits_until.is_not(None))
    ).one()
    if before >= references.COUNT_MAX:
        raise NoProvider(accounts.KIND)
    deposit = deposits.begin(
        session,
        client_id=client_id,
        kind=accounts.KIND,
        amount=amount,
        currency=currency,
        priced=priced,
        by=by,
        terms=terms,
    )
    deposit.reference = references.make(client_number=client.number, count=before + 1)
    deposit.waits_until = deposit.started_at + WAITS_FOR
    deposit.look_at = None
    session.flush()
    return deposit


def expected(
    session: ResellerSession, *, text: str = "", below_id: int | None = None, limit: int = 50
) -> Sequence[Deposit]:
    """Those that are waited for, the newest first; with a reference, a payer's name or number."""
    query = (
        select(Deposit)
        .where(Deposit.state == State.PENDING, Deposit.waits_until.is_not(None))
        .order_by(Deposit.id.desc())
        .limit(limit)
    )
    if text:
        likes = Client.company.icontains(text, autoescape=True) | (
            func.concat_ws(" ", Client.firstname, Client.lastname).icontains(text, autoescape=True)
        )
        if text.isascii() and text.isdigit() and len(text) <= len(str(2**31)):
            likes |= Client.number == int(text)
        clients = select(Client.id).where(likes)
        query = query.where(
            or_(
                Deposit.reference.in_(references.found_in(text)),
                Deposit.client_id.in_(clients),
                Deposit.payer_name.icontains(text, autoescape=True),
            )
        )
    if below_id is not None:
        query = query.where(Deposit.id < below_id)
    return session.scalars(query).all()


def waiting(session: ResellerSession, *, client_id: int) -> int:
    """How many transfers of a client are waited for."""
    return session.scalars(
        select(func.count())
        .select_from(Deposit)
        .where(
            Deposit.client_id == client_id,
            Deposit.waits_until.is_not(None),
            Deposit.state == State.PENDING,
        )
    ).one()


def confirm(
    session: ResellerSession,
    *,
    deposit_id: int,
    amount: int,
    is_agreed: bool,
    by: Actor,
) -> Deposit:
    """Credit what staff has seen arrive, once; `is_agreed` where it is not what was asked for.

    Raises:
        NotExpected: it waits for no transfer, or was credited before.
        AmountNotPositive: for zero and less.
        AmountNotOffered: the currency has no coins for it.
        AmountDiffers: another amount was asked for, and nobody has agreed.
        NotFound: there is no such deposit.
    """
    deposit = held(session, deposit_id)
    if amount <= 0:
        raise AmountNotPositive("what arrives is above zero")
    if not is_payable(amount, deposit.currency):
        raise AmountNotOffered(amount)
    if amount != deposit.amount and not is_agreed:
        raise AmountDiffers(f"{deposit.amount} millionths were asked for")
    activity.record(
        session,
        by=by,
        what="deposit.confirmed",
        client_id=deposit.client_id,
        about_id=deposit.id,
        amount=amount,
        currency=deposit.currency,
    )
    settle(session, deposit, amount=amount, payment_id=f"{BY_HAND} {deposit.id}")
    return deposit


def is_expected(deposit: Deposit) -> bool:
    """Whether a transfer can still pay it, be it in time or late."""
    return deposit.waits_until is not None and deposit.state in _PAYABLE


def held(session: ResellerSession, deposit_id: int) -> Deposit:
    """A deposit that a transfer can still pay, held until the transaction ends.

    Raises:
        NotExpected: it waits for no transfer, or was credited before.
        NotFound: there is no such deposit.
    """
    deposit = deposits.held(session, deposit_id)
    if not is_expected(deposit):
        raise NotExpected(f"deposit {deposit.id} is {deposit.state}")
    return deposit


def settle(
    session: ResellerSession, deposit: Deposit, *, amount: int, payment_id: str, payer: str = ""
) -> None:
    """Credit exactly what arrived; what was asked for stays known where it was something else."""
    if amount != deposit.amount:
        deposit.asked, deposit.amount = deposit.amount, amount
        session.flush()
    written = references.spaced(deposit.reference) if deposit.reference else payer
    settling.apply(
        session,
        deposit_id=deposit.id,
        seen=Seen(
            outcome=Outcome.PAID,
            amount=amount,
            currency=deposit.currency,
            payment_id=payment_id,
            deposit_id=deposit.id,
            method=written,
        ),
    )
    assert deposit.paid_at is not None


def call_off(session: ResellerSession, *, deposit_id: int, by: Actor) -> Deposit:
    """Wait no longer for a transfer; should it come all the same, it is credited.

    Raises:
        NotExpected: it is not waited for.
        NotFound: there is no such deposit.
    """
    deposit = held(session, deposit_id)
    if deposit.state is not State.PENDING:
        raise NotExpected(f"deposit {deposit.id} is {deposit.state}")
    deposit.state = State.ABANDONED
    activity.record(
        session,
        by=by,
        what="deposit.called_off",
        client_id=deposit.client_id,
        about_id=deposit.id,
        amount=deposit.amount,
        currency=deposit.currency,
    )
    return deposit


def lapse(session: ResellerSession, *, now: datetime) -> int:
    """Wait no longer for what has not come in its time; for how many."""
    found = session.scalars(
        select(Deposit)
        .where(Deposit.state == State.PENDING, Deposit.waits_until <= now)
        .order_by(Deposit.id)
        .limit(_AT_ONCE_MAX)
        .with_for_update(skip_locked=True)
    ).all()
    for deposit in found:
        deposit.state = State.ABANDONED
        settling.note(session, deposit, "deposit.lapsed", amount=deposit.amount)
    return len(found)
