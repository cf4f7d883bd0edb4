"""A client's money: the one way to move it.

Every credit pays what the client owes apart from the wallet first. After each change the client's
standing is looked at, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.accounts import access, activity, standing
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive, InsufficientFunds, LimitBelowDebt
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import opening, posting, reversing, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import OverdraftBelowDebt, Overdrawn
from portal.ledger.posting import Transfer
from portal.ledger.statements import Movement


def overdraft_of(client: Client) -> int | None:
    """How far below zero the wallet may fall: 0 for HARD, the limit, or None without one."""
    if client.balance_management is BalanceManagement.HARD:
        return 0
    return client.credit_limit


def held_client(session: ResellerSession, client_id: int) -> Client:
    """The client, held with its wallet until the transaction ends.

    The wallet comes first, because a message takes them in this order: it holds what is paid with,
    and comes to the client only if it changes something about it.

    Raises:
        NotFound: there is no such client.
    """
    wallet_id = session.scalar(select(Client.wallet_id).where(Client.id == client_id))
    if wallet_id is not None:
        posting.hold(session, [wallet_id])
    return access.locked_client(session, client_id)


def open_for(session: ResellerSession, client: Client) -> int:
    """The client's wallet in its currency, opened on first use."""
    client.wallet_id = opening.account(
        session,
        AccountCode.WALLET,
        unit=client.currency,
        owner_id=client.id,
        overdraft=overdraft_of(client),
    )
    return client.wallet_id


def balance(session: ResellerSession, client: Client) -> int:
    """What the wallet holds, in millionths of the client's currency; 0 before it is opened."""
    return 0 if client.wallet_id is None else statements.balance(session, client.wallet_id)


def owed(session: ResellerSession, client: Client) -> int:
    """What the client owes apart from the wallet, in millionths."""
    return statements.balance(session, _receivable(session, client.id, unit=client.currency))


def movements(
    session: ResellerSession,
    client: Client,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    below_id: int | None = None,
    limit: int = 100,
) -> list[Movement]:
    """What moved on the wallet, latest first."""
    if client.wallet_id is None:
        return []
    return statements.movements(
        session, client.wallet_id, since=since, until=until, below_id=below_id, limit=limit
    )


def payment(
    session: ResellerSession, *, client_id: int, amount: int, description: str, by: Actor
) -> int:
    """Credit a client by hand; the id of the transfer.

    Raises:
        AmountNotPositive: for zero and less.
        NotFound: there is no such client.
    """
    client = held_client(session, client_id)
    transfer = Transfer(
        debit=opening.account(session, AccountCode.RECEIVED, unit=client.currency),
        credit=open_for(session, client),
        unit=client.currency,
        amount=_positive(amount),
        code=TransferCode.PAYMENT,
        cause=ids.new(),
        actor=by.person_id,
        description=description,
    )
    _post(session, client, [transfer, *debt_paid_by(session, client.id, [transfer])])
    _note(session, client, by=by, what="client.payment", transfer=transfer)
    return transfer.id


def charge(
    session: ResellerSession, *, client_id: int, amount: int, description: str, by: Actor
) -> int:
    """Debit a client by hand; the id of the transfer.

    Raises:
        AmountNotPositive: for zero and less.
        InsufficientFunds: the wallet may not fall so far; nothing was charged.
        NotFound: there is no such client.
    """
    client = held_client(session, client_id)
    transfer = Transfer(
        debit=open_for(session, client),
        credit=opening.account(session, AccountCode.SALES, unit=client.currency),
        unit=client.currency,
        amount=_positive(amount),
        code=TransferCode.CHARGE,
        cause=ids.new(),
        actor=by.person_id,
        description=description,
    )
    _post(session, client, [transfer])
    _note(session, client, by=by, what="client.charge", transfer=transfer)
    return transfer.id


def reverse(
    session: ResellerSession, *, client_id: int, transfer_id: int, by: Actor, reason: str
) -> int:
    """Take back a payment or a charge that was made by hand; the id of the new transfer.

    Raises:
        NotFound: there is no such movement on this client's wallet, or none made by hand.
        AlreadyReversed: it was taken back before.
        InsufficientFunds: the money is spent, and the wallet may not fall so far.
    """
    client = held_client(session, client_id)
    if client.wallet_id is None or not reversing.by_hand(
        session, transfer_id, account_id=client.wallet_id
    ):
        raise NotFound("transfer", transfer_id)
    transfer = reversing.opposite(session, transfer_id, actor=by.person_id, description=reason)
    is_credit = transfer.credit == client.wallet_id
    debt_paid = debt_paid_by(session, client.id, [transfer]) if is_credit else []
    _post(session, client, [transfer, *debt_paid])
    _note(session, client, by=by, what="client.reversal", transfer=transfer)
    return transfer.id


def set_balance_management(
    session: ResellerSession,
    *,
    client_id: int,
    management: BalanceManagement,
    credit_limit: int | None,
    by: Actor,
) -> None:
    """Make a client SOFT (with a limit in millionths, or None) or HARD.

    A debt at the change to HARD becomes a receivable, so that the wallet is 0, and the client is
    suspended by balance.

    Raises:
        LimitBelowDebt: the limit is below what is owed already; nothing was changed.
        NotFound: there is no such client.
    """
    client = held_client(session, client_id)
    wallet_id = open_for(session, client)
    before = statements.balance(session, wallet_id)
    hard = management is BalanceManagement.HARD
    if hard and before < 0:
        _move_debt(session, client, wallet_id=wallet_id, amount=-before, by=by)
    try:
        opening.limit_overdraft(session, wallet_id, overdraft=0 if hard else credit_limit)
    except OverdraftBelowDebt as refused:
        raise LimitBelowDebt(debt=-refused.balance, currency=client.currency) from None
    client.balance_management = management
    client.credit_limit = None if hard else credit_limit
    after = statements.balance(session, wallet_id)
    standing.apply(session, client, before=after, after=after)
    activity.record(
        session,
        by=by,
        what="client.balance_management",
        client_id=client.id,
        management=management.value,
        credit_limit=client.credit_limit,
    )


def _move_debt(
    session: ResellerSession, client: Client, *, wallet_id: int, amount: int, by: Actor
) -> None:
    """One transfer takes the debt out of the wallet; what is owed falls below zero by it."""
    transfer = Transfer(
        debit=_receivable(session, client.id, unit=client.currency),
        credit=wallet_id,
        unit=client.currency,
        amount=amount,
        code=TransferCode.DEBT_MOVED,
        cause=ids.new(),
        actor=by.person_id,
    )
    posting.post(session, [transfer])


def debt_paid_by(
    session: ResellerSession, client_id: int, received: Sequence[Transfer]
) -> list[Transfer]:
    """What credits of one wallet pay of that which is owed apart from it, to be posted with them.

    The wallet is held by the caller, so that no other credit pays the same debt.
    """
    receivable_id = _receivable(session, client_id, unit=received[0].unit)
    debt = -statements.balance(session, receivable_id)
    paid = []
    for credit in received:
        amount = min(debt, credit.amount)
        if amount <= 0:
            break
        debt -= amount
        paid.append(
            Transfer(
                debit=credit.credit,
                credit=receivable_id,
                unit=credit.unit,
                amount=amount,
                code=TransferCode.DEBT_PAID,
                cause=credit.cause,
            )
        )
    return paid


def _receivable(session: ResellerSession, client_id: int, *, unit: str) -> int:
    """The account of what the client owes apart from the wallet: zero, or below by the debt."""
    return opening.account(session, AccountCode.RECEIVABLE, unit=unit, owner_id=client_id)


def _post(session: ResellerSession, client: Client, transfers: list[Transfer]) -> None:
    assert client.wallet_id is not None
    try:
        with session.begin_nested():
            posted = posting.post(session, transfers)
    except Overdrawn as refused:
        has = statements.balance(session, client.wallet_id)
        raise InsufficientFunds(needs=refused.needs, has=has, currency=client.currency) from None
    before, after = posted.balances[client.wallet_id]
    standing.apply(session, client, before=before, after=after)


def _positive(amount: int) -> int:
    if amount <= 0:
        raise AmountNotPositive("an amount to pay or to charge is above zero")
    return amount


def _note(
    session: ResellerSession, client: Client, *, by: Actor, what: str, transfer: Transfer
) -> None:
    activity.record(
        session,
        by=by,
        what=what,
        client_id=client.id,
        about_id=transfer.id,
        amount=transfer.amount,
        currency=transfer.unit,
        description=transfer.description,
    )
