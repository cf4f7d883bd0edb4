"""Pay for messages that came in: at once, or when there is credit for those that wait."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts import keeping, standing
from portal.accounts.keeping import PAY_WAITING
from portal.accounts.models import Client
from portal.infra import clock, queue
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.messaging.inbound_models import InboundMessage


def try_to_pay(session: ResellerSession, message: InboundMessage) -> bool:
    """Take its price from its client's wallet, so that it shows; False: the wallet cannot pay.

    The message is the caller's: new, or held.
    """
    assert message.client_id is not None
    client = keeping.held_client(session, message.client_id)
    wallet_id = _wallet_in(session, client, currency=message.currency)
    if not posting.hold(session, [wallet_id])[wallet_id].spares(message.price):
        return False
    posted = posting.post(
        session,
        [
            Transfer(
                debit=wallet_id,
                credit=opening.account(session, AccountCode.SALES, unit=message.currency),
                unit=message.currency,
                amount=message.price,
                code=TransferCode.INCOMING_PRICE,
                cause=message.id,
            )
        ],
    )
    message.paid_at = clock.now()
    if wallet_id == client.wallet_id:
        before, after = posted.balances[wallet_id]
        standing.apply(session, client, before=before, after=after)
    else:
        standing.look_at_debt(session, client)
    return True


def _wallet_in(session: ResellerSession, client: Client, *, currency: str) -> int:
    """The client's wallet in the currency of the number, be it the active one or not."""
    if client.wallet_id is not None and client.currency == currency:
        return client.wallet_id
    return opening.account(
        session,
        AccountCode.WALLET,
        unit=currency,
        owner_id=client.id,
        overdraft=keeping.overdraft_of(client),
    )


def pay_waiting(session: ResellerSession, *, client_id: int) -> int:
    """Pay for a client's messages that wait for credit, oldest first, as far as it reaches.

    Each currency has a wallet of its own, so that none waits for what another cannot pay.
    """
    waiting = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.client_id == client_id, InboundMessage.paid_at.is_(None))
        .order_by(InboundMessage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    paid = 0
    short: set[str] = set()
    for message in waiting:
        if message.currency in short:
            continue
        if try_to_pay(session, message):
            paid += 1
        else:
            short.add(message.currency)
    return paid


def look_again(session: ResellerSession) -> int:
    """Queue a payment for each client whose messages wait; how many clients.

    A credit queues its own. This is for what else lets a wallet pay: a limit that was raised, a
    client that pays afterwards from now on.
    """
    clients = session.scalars(
        select(InboundMessage.client_id).where(InboundMessage.paid_at.is_(None)).distinct()
    ).all()
    for client_id in clients:
        queue.enqueue(session, PAY_WAITING, reseller_id=session.reseller_id, client_id=client_id)
    return len(clients)
