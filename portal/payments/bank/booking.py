"""Say of a statement's line whose money it is, credit it once, and take that back again."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.payments import deposits, refunds, settling
from portal.payments.bank import transfers
from portal.payments.bank.errors import AmountDiffers, NotExpected, NotOpen, OtherCurrency
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became, Kind
from portal.payments.cover_deposits import Payer
from portal.payments.errors import NotRefundable
from portal.payments.models import Deposit, Refund
from portal.payments.port import Seen, Taking
from portal.payments.statuses import Outcome, State, TakenFor
from portal.tenancy.resellers import OPERATOR_ID


def by_id(session: ResellerSession, line_id: int) -> BankLine:
    """A line of the reseller's account.

    Raises:
        NotFound: there is none.
    """
    found = session.get(BankLine, (session.reseller_id, line_id))
    if found is None:
        raise NotFound("line", line_id)
    return found


def to_deposit(session: ResellerSession, *, line_id: int, deposit_id: int, by: Actor) -> Deposit:
    """Credit the line as the deposit that it pays, exactly as much as came.

    A deposit that staff had confirmed before the line came is credited already: it is only noted
    that this was its money.

    Raises:
        NotOpen: something else has become of the line.
        NotExpected: the deposit waits for no transfer, or another line has paid it.
        OtherCurrency: it was asked for in another currency.
        AmountDiffers: it was confirmed with another amount.
        NotFound: there is no such line or deposit.
    """
    line = _open(session, line_id)
    deposit = deposits.held(session, deposit_id)
    if line.currency != deposit.currency:
        raise OtherCurrency(f"{line.currency} for {deposit.currency}")
    if is_by_hand(deposit):
        _note_by_hand(session, line, deposit)
    else:
        deposit = transfers.held(session, deposit_id)
        _settle(session, line, deposit)
    _decided(session, line, what="bank_line.booked", by=by, client_id=deposit.client_id)
    return deposit


def is_by_hand(deposit: Deposit) -> bool:
    """Whether staff has confirmed it without any line."""
    return (deposit.payment_id or "").startswith(f"{transfers.BY_HAND} ")


def _note_by_hand(session: ResellerSession, line: BankLine, deposit: Deposit) -> None:
    others = select(BankLine.id).where(BankLine.deposit_id == deposit.id).limit(1)
    if session.scalar(others) is not None:
        raise NotExpected(f"deposit {deposit.id} has its line")
    if line.amount != deposit.amount:
        raise AmountDiffers(f"{deposit.amount} millionths were confirmed")
    line.became, line.deposit_id, line.by_hand = Became.BOOKED, deposit.id, True


def to_client(
    session: ResellerSession,
    *,
    line_id: int,
    client_id: int,
    priced: Collection[str],
    by: Actor,
) -> Deposit:
    """Credit the line to a client that had not asked to pay this in.

    Raises:
        NotOpen: something else has become of the line.
        OtherCurrency: the client can send with no such currency.
        NotFound: there is no such line or client.
    """
    line = _open(session, line_id)
    client = access.client_by_id(session, actor=by, client_id=client_id)
    if client.closed_at is not None:
        raise NotFound("client", client_id)
    if line.currency not in {client.currency, *priced}:
        raise OtherCurrency(line.currency)
    deposit = _unasked(line, by=by)
    deposit.client_id = client.id
    session.add(deposit)
    _settle(session, line, deposit)
    _decided(session, line, what="bank_line.booked", by=by, client_id=client.id)
    return deposit


def to_reseller(session: ResellerSession, *, line_id: int, payer: Payer, by: Actor) -> Deposit:
    """Credit the line to the cover of a reseller that had not asked to pay this in.

    Raises:
        NotOpen: something else has become of the line.
        OtherCurrency: the reseller has no cover in it.
        NotFound: there is no such line, or the session is not the operator's.
    """
    if session.reseller_id != OPERATOR_ID or payer.id == OPERATOR_ID:
        raise NotFound("reseller", payer.id)
    line = _open(session, line_id)
    if line.currency not in payer.currencies:
        raise OtherCurrency(line.currency)
    deposit = _unasked(line, by=by)
    deposit.payer_id, deposit.payer_name = payer.id, payer.name
    session.add(deposit)
    _settle(session, line, deposit)
    _decided(session, line, what="bank_line.booked", by=by)
    return deposit


def _unasked(line: BankLine, *, by: Actor) -> Deposit:
    """A deposit for money that came without having been asked for; of nobody yet."""
    now = clock.now()
    return Deposit(
        account_id=line.account_id,
        person_id=by.person_id,
        amount=line.amount,
        currency=line.currency,
        state=State.PENDING,
        started_at=now,
        waits_until=now,
    )


def ignore(session: ResellerSession, *, line_id: int, by: Actor) -> None:
    """Say that a line is no deposit.

    Raises:
        NotOpen: something else has become of it.
        NotFound: there is no such line.
    """
    line = _open(session, line_id)
    line.became = Became.IGNORED
    _decided(session, line, what="bank_line.ignored", by=by)


def undo(session: ResellerSession, *, line_id: int, reason: str, by: Actor) -> None:
    """Open a line again: what it has credited is taken back, as a refund is.

    Raises:
        NotOpen: it is open, or moved no money that could be taken back here.
        NotRefundable: a part of its deposit was given back already.
        NotFound: there is no such line.
    """
    line = _held(session, line_id)
    client_id = None
    if line.became is Became.BOOKED and not line.by_hand:
        assert line.deposit_id is not None
        deposit = deposits.held(session, line.deposit_id)
        if refunds.left(session, deposit) != deposit.amount:
            raise NotRefundable(left=refunds.left(session, deposit))
        give_back(session, deposit_id=deposit.id, amount=deposit.amount, reason=reason, by=by)
        client_id = deposit.client_id
    elif line.became is not Became.IGNORED:
        raise NotOpen(f"line {line.id} is {line.became}")
    line.became, line.deposit_id = Became.OPEN, None
    _decided(session, line, what="bank_line.undone", by=by, client_id=client_id)


def give_back(
    session: ResellerSession, *, deposit_id: int, amount: int, reason: str, by: Actor
) -> Refund:
    """Book that a transfer is given back, which staff does at the bank: nobody else is asked.

    Raises:
        AmountNotPositive, AmountNotOffered, NotRefundable, NotFound: as for others.
    """
    refund = refunds.ask(session, deposit_id=deposit_id, amount=amount, reason=reason, by=by)
    deposit = deposits.held(session, deposit_id)
    taking = Taking(
        taken_for=TakenFor.REFUND,
        reference=f"{transfers.BY_HAND} {refund.id}",
        amount=amount,
        returned=False,
        own_id=refund.id,
        reason=reason,
    )
    seen = Seen(
        outcome=Outcome.PAID,
        amount=deposit.amount,
        currency=deposit.currency,
        payment_id=deposit.payment_id or "",
        takings=(taking,),
    )
    settling.apply(session, deposit_id=deposit.id, seen=seen)
    return refund


def _settle(session: ResellerSession, line: BankLine, deposit: Deposit) -> None:
    line.bookings += 1
    session.flush()
    transfers.settle(
        session,
        deposit,
        amount=line.amount,
        # Once undone, the same money may pay another deposit, and is another payment by then.
        payment_id=f"line {line.id}/{line.bookings}",
        payer=line.name,
    )
    line.became, line.deposit_id = Became.BOOKED, deposit.id


def _decided(
    session: ResellerSession,
    line: BankLine,
    *,
    what: str,
    by: Actor,
    client_id: int | None = None,
) -> None:
    line.person_id, line.decided_at = by.person_id, clock.now()
    session.flush()
    activity.record(
        session,
        by=by,
        what=what,
        client_id=client_id,
        about_id=line.id,
        amount=line.amount,
        currency=line.currency,
    )


def _open(session: ResellerSession, line_id: int) -> BankLine:
    line = _held(session, line_id)
    if line.became is not Became.OPEN or line.kind is not Kind.CREDIT:
        raise NotOpen(f"line {line.id} is {line.became}")
    return line


def _held(session: ResellerSession, line_id: int) -> BankLine:
    found = session.scalars(
        select(BankLine)
        .where(BankLine.id == line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("line", line_id)
    return found
