"""A client's money: the one way to move it.

Every credit pays what the client owes apart from the wallet first. After each change the client's
standing is looked at, in the same transaction. A client has a wallet for each currency that it has
paid in; the active one is that of the latest deposit, and the others keep what they hold.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from portal.accounts import activity, keeping, receivables
from portal.accounts.actor import Actor
from portal.accounts.errors import CurrenciesDiffer, LimitBelowDebt, MovedToItself
from portal.accounts.keeping import held_client, open_for, overdraft_of
from portal.accounts.models import Client
from portal.accounts.receivables import paid_by as debt_paid_by
from portal.accounts.statuses import BalanceManagement
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import opening, owned, reversing, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.statements import Movement

__all__ = [
    "Wallet",
    "balance",
    "charge",
    "debt_paid_by",
    "held_client",
    "move",
    "movements",
    "open_for",
    "overdraft_of",
    "owed",
    "payment",
    "reverse",
    "set_balance_management",
    "wallets",
]


@dataclass(frozen=True)
class Wallet:
    """One of a client's wallets, in millionths of its currency."""

    account_id: int
    currency: str
    balance: int
    active: bool


def balance(session: ResellerSession, client: Client) -> int:
    """What the wallet holds, in millionths of the client's currency; 0 before it is opened."""
    return 0 if client.wallet_id is None else statements.balance(session, client.wallet_id)


def wallets(session: ResellerSession, client: Client) -> list[Wallet]:
    """All wallets of a client, the active one first, then by currency."""
    found = [
        Wallet(each.account_id, each.unit, each.balance, each.account_id == client.wallet_id)
        for each in owned.accounts(session, [AccountCode.WALLET], owner_id=client.id)
    ]
    return sorted(found, key=lambda each: (not each.active, each.currency))


def owed(session: ResellerSession, client: Client) -> int:
    """What the client owes apart from the wallet: zero, or below by the debt, in millionths."""
    return statements.balance(
        session, receivables.account(session, client.id, unit=client.currency)
    )


def movements(
    session: ResellerSession,
    client: Client,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    below_id: int | None = None,
    limit: int = 100,
) -> list[Movement]:
    """What moved on the active wallet, latest first."""
    if client.wallet_id is None:
        return []
    return statements.movements(
        session, client.wallet_id, since=since, until=until, below_id=below_id, limit=limit
    )


def payment(
    session: ResellerSession,
    *,
    client_id: int,
    amount: int,
    description: str,
    by: Actor,
    currency: str | None = None,
    priced: Collection[str] = (),
) -> int:
    """Credit a client by hand; the id of the transfer.

    In another `currency` than the client's, the wallet of that currency becomes the active one.
    `priced` are those that the client's packages have prices in (`pricing.currencies.priced`).

    Raises:
        AmountNotPositive: for zero and less.
        CurrencyNotPriced: the currency is neither the client's nor a priced one.
        NotFound: there is no such client.
    """
    client = keeping.client_paying_in(session, client_id, currency=currency, priced=priced)
    transfer = Transfer(
        debit=opening.account(session, AccountCode.RECEIVED, unit=client.currency),
        credit=open_for(session, client),
        unit=client.currency,
        amount=keeping.positive(amount),
        code=TransferCode.PAYMENT,
        cause=ids.new(),
        actor=by.person_id,
        description=description,
    )
    keeping.deposit(session, client, transfer)
    keeping.note(session, client, by=by, what="client.payment", transfer=transfer)
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
        amount=keeping.positive(amount),
        code=TransferCode.CHARGE,
        cause=ids.new(),
        actor=by.person_id,
        description=description,
    )
    keeping.look_at(session, client, keeping.post(session, [transfer]))
    keeping.note(session, client, by=by, what="client.charge", transfer=transfer)
    return transfer.id


def reverse(
    session: ResellerSession, *, client_id: int, transfer_id: int, by: Actor, reason: str
) -> int:
    """Take back a payment or a charge that was made by hand; the id of the new transfer.

    It moves the wallet that was moved, be it the active one or not.

    Raises:
        NotFound: there is no such movement on this client's wallets, or none made by hand.
        AlreadyReversed: it was taken back before.
        InsufficientFunds: the money is spent, and the wallet may not fall so far.
    """
    client = held_client(session, client_id)
    own = [each.account_id for each in wallets(session, client)]
    if not any(reversing.by_hand(session, transfer_id, account_id=each) for each in own):
        raise NotFound("transfer", transfer_id)
    transfer = reversing.opposite(session, transfer_id, actor=by.person_id, description=reason)
    if transfer.credit in own:
        keeping.credit(session, client, transfer)
    else:
        keeping.look_at(session, client, keeping.post(session, [transfer]))
    keeping.note(session, client, by=by, what="client.reversal", transfer=transfer)
    return transfer.id


def move(
    session: ResellerSession,
    *,
    from_client_id: int,
    to_client_id: int,
    amount: int,
    reason: str,
    by: Actor,
) -> int:
    """Move money between two clients of the reseller, both at once; the id of the transfer.

    For the giver it is like a charge, for the taker like a payment.

    Raises:
        AmountNotPositive: for zero and less.
        MovedToItself: both are the same.
        CurrenciesDiffer: they do not pay in one currency.
        InsufficientFunds: the giver's wallet may not fall so far; nothing was moved.
        NotFound: there is no such client.
    """
    keeping.positive(amount)
    if from_client_id == to_client_id:
        raise MovedToItself
    clients = keeping.held_clients(session, [from_client_id, to_client_id])
    giver, taker = clients[from_client_id], clients[to_client_id]
    if giver.currency != taker.currency:
        raise CurrenciesDiffer(giver=giver.currency, taker=taker.currency)
    transfer = Transfer(
        debit=open_for(session, giver),
        credit=open_for(session, taker),
        unit=giver.currency,
        amount=amount,
        code=TransferCode.MONEY_MOVED,
        cause=ids.new(),
        actor=by.person_id,
        description=reason,
    )
    posted = keeping.credit(session, taker, transfer)
    keeping.look_at(session, giver, posted)
    keeping.note(session, giver, by=by, what="client.money_given", transfer=transfer)
    keeping.note(session, taker, by=by, what="client.money_received", transfer=transfer)
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
    suspended by balance. It holds for the active wallet and bounds the others: a debt in one of
    them stays there, and does not grow beyond what is allowed.

    Raises:
        LimitBelowDebt: the limit is below what is owed already, in the wallet and beside it;
            nothing was changed.
        NotFound: there is no such client.
    """
    client = held_client(session, client_id)
    wallet_id = open_for(session, client)
    before = statements.balance(session, wallet_id)
    hard = management is BalanceManagement.HARD
    if not hard and credit_limit is not None:
        debt = -before - owed(session, client)
        if credit_limit < debt:
            raise LimitBelowDebt(debt=debt, currency=client.currency)
    if hard and before < 0:
        keeping.move_debt(session, client, wallet_id=wallet_id, amount=-before, by=by)
    opening.limit_overdraft(session, wallet_id, overdraft=0 if hard else credit_limit)
    client.balance_management = management
    client.credit_limit = None if hard else credit_limit
    _bind_others(session, client)
    keeping.look_at(session, client)
    activity.record(
        session,
        by=by,
        what="client.balance_management",
        client_id=client.id,
        management=management.value,
        credit_limit=client.credit_limit,
    )


def _bind_others(session: ResellerSession, client: Client) -> None:
    """What the active wallet may not do, the others may not either; a debt in them may not grow."""
    overdraft = overdraft_of(client)
    for each in wallets(session, client):
        if not each.active:
            limit = None if overdraft is None else max(overdraft, -each.balance)
            opening.limit_overdraft(session, each.account_id, overdraft=limit)
