"""What every movement of a client's money has in common: hold, post, look at the standing, note."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from portal.accounts import access, activity, receivables, standing
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive, CurrencyNotPriced, InsufficientFunds
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement
from portal.infra import ids, queue
from portal.infra.db import ResellerSession
from portal.ledger import opening, owned, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import Overdrawn
from portal.ledger.posting import Posted, Transfer

DEPOSITED = "clients.deposit_received"
"""The job that writes to a client what it was credited with."""
PAY_WAITING = "inbound.pay_waiting"
"""The job that pays for messages which came in and wait for credit."""


def overdraft_of(client: Client) -> int | None:
    """How far below zero the wallet may fall: 0 for HARD, the limit, or None without one."""
    if client.balance_management is BalanceManagement.HARD:
        return 0
    return client.credit_limit


def held_client(session: ResellerSession, client_id: int, *, also: Iterable[int] = ()) -> Client:
    """The client, held with its wallets until the transaction ends.

    The wallets come first, because a message takes them in this order: it holds what is paid with,
    and comes to the client only if it changes something about it. All of them, since a refund goes
    to the one that was charged, be it the active one or not. What is held `also`, as bundles are,
    is taken with the wallets in order of id.

    Raises:
        NotFound: there is no such client.
    """
    posting.hold(session, [*also, *_wallets(session, client_id)])
    return access.locked_client(session, client_id)


def held_clients(session: ResellerSession, client_ids: Collection[int]) -> dict[int, Client]:
    """Several clients, held with their wallets: all wallets in order of id, then the clients.

    Raises:
        NotFound: one of them is not there.
    """
    posting.hold(session, [each for one in client_ids for each in _wallets(session, one)])
    return {client_id: access.locked_client(session, client_id) for client_id in sorted(client_ids)}


def _wallets(session: ResellerSession, client_id: int) -> list[int]:
    found = owned.accounts(session, [AccountCode.WALLET], owner_id=client_id)
    return [each.account_id for each in found]


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


def client_paying_in(
    session: ResellerSession,
    client_id: int,
    *,
    currency: str | None,
    priced: Collection[str],
) -> Client:
    """The client, held, with the wallet of this currency as its active one.

    The wallet that was active keeps what it holds. The other one is bound by the client's balance
    management from now on; a debt in it that this does not allow is owed beside it.

    Raises:
        CurrencyNotPriced: the currency is neither the client's nor a priced one.
        NotFound: there is no such client.
    """
    client = held_client(session, client_id)
    if currency is None or currency == client.currency:
        return client
    if currency not in priced:
        raise CurrencyNotPriced(currency, priced={*priced, client.currency})
    client.currency = currency
    wallet_id = open_for(session, client)
    held, overdraft = statements.balance(session, wallet_id), overdraft_of(client)
    if overdraft is not None and held < -overdraft:
        move_debt(session, client, wallet_id=wallet_id, amount=-held, by=None)
    opening.limit_overdraft(session, wallet_id, overdraft=overdraft)
    return client


def move_debt(
    session: ResellerSession, client: Client, *, wallet_id: int, amount: int, by: Actor | None
) -> None:
    """One transfer takes the debt out of the wallet; what is owed falls below zero by it."""
    transfer = Transfer(
        debit=receivables.account(session, client.id, unit=client.currency),
        credit=wallet_id,
        unit=client.currency,
        amount=amount,
        code=TransferCode.DEBT_MOVED,
        cause=ids.new(),
        actor=None if by is None else by.person_id,
    )
    posting.post(session, [transfer])


def credit(session: ResellerSession, client: Client, transfer: Transfer) -> Posted:
    """Post a credit of a wallet, which pays first what is owed, then messages that wait for it.

    Raises:
        InsufficientFunds: whoever gives it may not fall so far; nothing was posted.
    """
    paid = receivables.paid_by(session, client.id, [transfer])
    posted = post(session, [transfer, *paid])
    look_at(session, client, posted)
    queue.enqueue(session, PAY_WAITING, reseller_id=session.reseller_id, client_id=client.id)
    return posted


def deposit(session: ResellerSession, client: Client, transfer: Transfer) -> Posted:
    """Post a credit that is a deposit: as `credit` does, and the client has a mail of it.

    Who was not let in yet hears of that first, and of a wallet later.
    """
    posted = credit(session, client, transfer)
    if client.activated_at is not None:
        queue.enqueue(
            session,
            DEPOSITED,
            reseller_id=session.reseller_id,
            client_id=client.id,
            amount=transfer.amount,
            currency=transfer.unit,
        )
    return posted


def post(session: ResellerSession, transfers: Sequence[Transfer]) -> Posted:
    """Post transfers of one currency, all or none; the transaction can go on after a refusal.

    Raises:
        InsufficientFunds: a wallet may not fall so far; nothing was posted.
    """
    try:
        with session.begin_nested():
            return posting.post(session, transfers)
    except Overdrawn as refused:
        has = statements.balance(session, refused.account_id)
        unit = transfers[0].unit
        raise InsufficientFunds(needs=refused.needs, has=has, currency=unit) from None


def look_at(session: ResellerSession, client: Client, posted: Posted | None = None) -> None:
    """Bring a client's facts in line with its active wallet, whether or not that has moved."""
    assert client.wallet_id is not None
    moved = None if posted is None else posted.balances.get(client.wallet_id)
    if moved is None:
        held = statements.balance(session, client.wallet_id)
        moved = held, held
    before, after = moved
    standing.apply(session, client, before=before, after=after)


def positive(amount: int) -> int:
    """The amount itself.

    Raises:
        AmountNotPositive: for zero and less.
    """
    if amount <= 0:
        raise AmountNotPositive("an amount to pay or to charge is above zero")
    return amount


def note(
    session: ResellerSession, client: Client, *, by: Actor, what: str, transfer: Transfer
) -> None:
    """Record who moved a client's money."""
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
