"""Money that providers of payments report: credited, taken back, and given again.

`cause` names the act: done again, nothing moves. What a wallet may not give when money is taken
back is owed beside it, so that a HARD wallet never falls below zero.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts import keeping, receivables
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.ledger import opening, owned, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Held, Transfer

_REFUND = (TransferCode.DEPOSIT_REFUND, TransferCode.DEPOSIT_REFUND_OWED)
_DISPUTE = (TransferCode.DEPOSIT_DISPUTE, TransferCode.DEPOSIT_DISPUTE_OWED)


@dataclass(frozen=True)
class Taken:
    """How much the wallet gave, and how much is owed beside it from now on; in millionths."""

    given: int
    owed: int


def credit(
    session: ResellerSession,
    *,
    client_id: int,
    cause: int,
    amount: int,
    currency: str,
    description: str,
) -> int | None:
    """Credit a client with a deposit; the id of the transfer, or None if it was credited before.

    The wallet of the currency becomes the active one: what is paid is credited, whatever packages
    the client has by now.

    Raises:
        AmountNotPositive: for zero and less.
        NotFound: there is no such client.
    """
    client = keeping.client_paying_in(session, client_id, currency=currency, priced={currency})
    if owned.moved(session, cause=cause, n=0, codes=[TransferCode.DEPOSIT]):
        return None
    transfer = Transfer(
        debit=opening.account(session, AccountCode.RECEIVED, unit=currency),
        credit=keeping.open_for(session, client),
        unit=currency,
        amount=keeping.positive(amount),
        code=TransferCode.DEPOSIT,
        cause=cause,
        description=description,
    )
    keeping.deposit(session, client, transfer)
    return transfer.id


def take_back(
    session: ResellerSession,
    *,
    client_id: int,
    cause: int,
    amount: int,
    currency: str,
    disputed: bool,
    description: str,
    actor: int | None = None,
) -> Taken:
    """Take money of a deposit back: the wallet gives what it may, the rest is owed beside it.

    It is the wallet of the deposit's currency, be it the active one or not. `disputed` says that a
    bank took it, and nobody gave it.

    Raises:
        AmountNotPositive: for zero and less.
        NotFound: there is no such client.
    """
    client = keeping.held_client(session, client_id)
    keeping.positive(amount)
    in_wallet, beside = _DISPUTE if disputed else _REFUND
    if owned.moved(session, cause=cause, n=0, codes=[in_wallet, beside]):
        return Taken(0, 0)
    wallet_id = _wallet(session, client, currency)
    held = posting.hold(session, [wallet_id])[wallet_id]
    given = spared(held, amount)
    received = opening.account(session, AccountCode.RECEIVED, unit=currency)
    owing = receivables.account(session, client_id, unit=currency)
    posted = keeping.post(
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
                (in_wallet, wallet_id, given),
                (beside, owing, amount - given),
            )
            if part
        ],
    )
    keeping.look_at(session, client, posted)
    return Taken(given, amount - given)


def spared(held: Held, amount: int) -> int:
    """How much of an amount an account can give; all of it, if it has no limit."""
    if held.overdraft is None:
        return amount
    return min(amount, max(0, held.balance + held.overdraft))


def give_again(
    session: ResellerSession,
    *,
    client_id: int,
    cause: int,
    amount: int,
    currency: str,
    description: str,
) -> None:
    """Credit again what was taken back, since that came to nothing; it pays first what is owed.

    Raises:
        AmountNotPositive: for zero and less.
        NotFound: there is no such client.
    """
    client = keeping.held_client(session, client_id)
    if owned.moved(session, cause=cause, n=0, codes=[TransferCode.DEPOSIT_RETURNED]):
        return
    transfer = Transfer(
        debit=opening.account(session, AccountCode.RECEIVED, unit=currency),
        credit=_wallet(session, client, currency),
        unit=currency,
        amount=keeping.positive(amount),
        code=TransferCode.DEPOSIT_RETURNED,
        cause=cause,
        description=description,
    )
    keeping.credit(session, client, transfer)


def _wallet(session: ResellerSession, client: Client, currency: str) -> int:
    """The client's wallet of this currency; it was opened when the deposit was credited."""
    keeping.open_for(session, client)
    return opening.account(
        session,
        AccountCode.WALLET,
        unit=currency,
        owner_id=client.id,
        overdraft=keeping.overdraft_of(client),
    )
