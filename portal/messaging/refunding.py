"""Give back what failed messages were charged: free parts first, then money; at most once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from portal.accounts import access, standing, wallet
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting, reversing
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.units import PARTS
from portal.messaging.models import Message
from portal.pricing.models import Bundle

_SHARED = (AccountCode.SALES, AccountCode.OPERATOR_SALES, AccountCode.COVER)
_REVERSES = {
    TransferCode.PARTS_REFUND: TransferCode.BUNDLE_PARTS,
    TransferCode.PRICE_REFUND: TransferCode.MESSAGE_PRICE,
    TransferCode.COST_REFUND: TransferCode.MESSAGE_COST,
}

Owner = tuple[int, str]
"""A client and a currency: a refund returns to the wallet that was charged."""


def refund(session: ResellerSession, message: Message, *, cost_too: bool) -> None:
    """Reverse what one message took, as a list of one."""
    refund_all(session, [message], cost_too=cost_too)


def refund_all(session: ResellerSession, messages: Sequence[Message], *, cost_too: bool) -> None:
    """Reverse what these messages took: price, free parts and, if `cost_too`, cost.

    The caller holds the rows of the messages. One that was given back before is left out, and the
    natural key (message, code) says the same a second time. Free parts go back to the period that
    they were taken from, and lapse with it; money pays first what is owed apart from the wallet.
    The price becomes 0 on the books, not on the receipt, which stays as it was.
    """
    due = [message for message in messages if message.refunded_at is None]
    wallets = _wallets(session, due)
    bundles = _bundle_accounts(session, due)
    # Whatever is moved is held in one go, the cover after it, the clients last, as in a send. One
    # refund after the other would hold the cover while it waits for the next wallet.
    posting.hold(session, [*wallets.values(), *bundles.values()])
    transfers = _opposites(session, due, wallets=wallets, bundles=bundles, cost_too=cost_too)
    for (client_id, _), wallet_id in wallets.items():
        received = [transfer for transfer in transfers if transfer.credit == wallet_id]
        transfers += wallet.debt_paid_by(session, client_id, received)
    covers = [t.credit for t in transfers if t.code is TransferCode.COST_REFUND]
    posted = posting.post(session, transfers, last=covers)
    for message in due:
        message.refunded_at = clock.now()
    for client_id in sorted({client_id for client_id, _ in wallets}):
        client = access.locked_client(session, client_id)
        if client.wallet_id is not None and client.wallet_id in posted.balances:
            before, after = posted.balances[client.wallet_id]
            standing.apply(session, client, before=before, after=after)


def _wallets(session: ResellerSession, due: Sequence[Message]) -> dict[Owner, int]:
    owners = {(message.client_id, message.currency) for message in due if message.price}
    return {
        (client_id, unit): opening.account(
            session, AccountCode.WALLET, unit=unit, owner_id=client_id
        )
        for client_id, unit in sorted(owners)
    }


def _bundle_accounts(session: ResellerSession, due: Sequence[Message]) -> dict[int, int]:
    taken_from = {message.bundle_id for message in due if message.bundle_id is not None}
    if not taken_from:
        return {}
    rows = session.execute(select(Bundle.id, Bundle.account_id).where(Bundle.id.in_(taken_from)))
    return dict(rows.all())


def _opposites(
    session: ResellerSession,
    due: Sequence[Message],
    *,
    wallets: Mapping[Owner, int],
    bundles: Mapping[int, int],
    cost_too: bool,
) -> list[Transfer]:
    """For each amount that a message took, the transfer that brings it back."""
    shared = {
        unit: opening.shared(session, _SHARED, unit=unit) for unit in {m.currency for m in due}
    }
    used = opening.account(session, AccountCode.PARTS_USED, unit=PARTS) if bundles else 0
    taken_by = reversing.transfers_of(
        session, {m.acceptance_id for m in due}, codes=_REVERSES.values()
    )
    transfers = []
    for message in due:
        unit = message.currency
        own = shared[unit]
        moves = (
            (TransferCode.PARTS_REFUND, used, bundles.get(message.bundle_id or 0), PARTS,
             message.bundle_parts),
            (TransferCode.PRICE_REFUND, own[AccountCode.SALES],
             wallets.get((message.client_id, unit)), unit, message.price),
            (TransferCode.COST_REFUND, own[AccountCode.OPERATOR_SALES], own[AccountCode.COVER],
             unit, message.cost if cost_too else 0),
        )  # fmt: skip
        transfers += [
            Transfer(
                debit=debit,
                credit=credit,
                unit=moved,
                amount=amount,
                code=code,
                cause=message.id,
                reverses=taken_by.get((message.acceptance_id, _REVERSES[code])),
            )
            for code, debit, credit, moved, amount in moves
            if amount and credit is not None
        ]
    return transfers
