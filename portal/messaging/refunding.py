"""Give back what failed messages were charged: free parts first, then money; at most once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    TransferCode.QUOTA_REFUND: TransferCode.QUOTA_PARTS,
    TransferCode.PRICE_REFUND: TransferCode.MESSAGE_PRICE,
    TransferCode.COST_REFUND: TransferCode.MESSAGE_COST,
}

Owner = tuple[int, str]
"""A client and a currency: a refund returns to the wallet that was charged."""


def refund(session: ResellerSession, message: Message, *, cost_too: bool) -> None:
    """Reverse what one message took, as a list of one."""
    refund_all(session, [message], cost_too=cost_too)


def refund_all(session: ResellerSession, messages: Sequence[Message], *, cost_too: bool) -> None:
    """Reverse what these messages took: price, parts and, if `cost_too`, cost.

    The caller holds the rows of the messages. One that was given back before is left out, and the
    natural key (message, code, n) says the same a second time. Free parts go back to the period
    that they were taken from, and lapse with it; parts of a quota to the quota; money pays first
    what is owed apart from the wallet. The price becomes 0 on the books, not on the receipt, which
    stays as it was.
    """
    due = [message for message in messages if message.refunded_at is None]
    taken_by = reversing.transfers_of(
        session, {m.acceptance_id for m in due}, codes=_REVERSES.values()
    )
    took = _Taken(
        wallets=_wallets(session, due),
        bundles=_bundles(session, due),
        quotas={
            acceptance: account_id
            for acceptance, code, account_id in taken_by
            if code is TransferCode.QUOTA_PARTS
        },
    )
    # Whatever is moved is held in one go, the cover after it, the clients last, as in a send. One
    # refund after the other would hold the cover while it waits for the next wallet.
    posting.hold(session, took.accounts)
    transfers = _opposites(session, due, took=took, taken_by=taken_by, cost_too=cost_too)
    for (client_id, _), wallet_id in took.wallets.items():
        received = [transfer for transfer in transfers if transfer.credit == wallet_id]
        transfers += wallet.debt_paid_by(session, client_id, received)
    covers = [t.credit for t in transfers if t.code is TransferCode.COST_REFUND]
    posted = posting.post(session, transfers, last=covers)
    for message in due:
        message.refunded_at = clock.now()
    for client_id in sorted({client_id for client_id, _ in took.wallets}):
        client = access.locked_client(session, client_id)
        if client.wallet_id is not None and client.wallet_id in posted.balances:
            before, after = posted.balances[client.wallet_id]
            standing.apply(session, client, before=before, after=after)
        else:
            standing.look_at_debt(session, client)  # another of its wallets got something back


@dataclass(frozen=True)
class _Taken:
    """The accounts that messages took from: by owner, by bundle, by acceptance.

    A quota is found by what was moved, since the sub-account may pay in another way by now; one
    without limit has no account, and nothing was taken from it.
    """

    wallets: Mapping[Owner, int]
    bundles: Mapping[int, int]
    quotas: Mapping[int, int]

    @property
    def accounts(self) -> list[int]:
        return [*self.wallets.values(), *self.bundles.values(), *self.quotas.values()]


def _wallets(session: ResellerSession, due: Sequence[Message]) -> dict[Owner, int]:
    owners = {(message.client_id, message.currency) for message in due if message.price}
    return {
        (client_id, unit): opening.account(
            session, AccountCode.WALLET, unit=unit, owner_id=client_id
        )
        for client_id, unit in sorted(owners)
    }


def _bundles(session: ResellerSession, due: Sequence[Message]) -> dict[int, int]:
    taken_from = {bundle_id for message in due for bundle_id in message.bundle_ids}
    if not taken_from:
        return {}
    rows = session.execute(select(Bundle.id, Bundle.account_id).where(Bundle.id.in_(taken_from)))
    return dict(rows.all())


def _opposites(
    session: ResellerSession,
    due: Sequence[Message],
    *,
    took: _Taken,
    taken_by: Mapping[tuple[int, TransferCode, int], int],
    cost_too: bool,
) -> list[Transfer]:
    """For each amount that a message took, the transfer that brings it back."""
    shared = {
        unit: opening.shared(session, _SHARED, unit=unit) for unit in {m.currency for m in due}
    }
    parts = took.bundles or took.quotas
    used = opening.account(session, AccountCode.PARTS_USED, unit=PARTS) if parts else 0
    transfers = []
    for message in due:
        unit = message.currency
        own = shared[unit]
        moves = [
            (TransferCode.PARTS_REFUND, used, took.bundles[bundle_id], PARTS, taken)
            for bundle_id, taken in zip(message.bundle_ids, message.bundle_taken, strict=True)
        ]
        if message.acceptance_id in took.quotas:
            quota = took.quotas[message.acceptance_id]
            moves.append((TransferCode.QUOTA_REFUND, used, quota, PARTS, message.quota_parts))
        if message.price:
            owner = message.client_id, unit
            moves.append((TransferCode.PRICE_REFUND, own[AccountCode.SALES], took.wallets[owner],
                          unit, message.price))  # fmt: skip
        if message.cost and cost_too:
            moves.append((TransferCode.COST_REFUND, own[AccountCode.OPERATOR_SALES],
                          own[AccountCode.COVER], unit, message.cost))  # fmt: skip
        transfers += [
            Transfer(
                debit=debit,
                credit=credit,
                unit=moved,
                amount=amount,
                code=code,
                cause=message.id,
                n=n if code is TransferCode.PARTS_REFUND else 0,
                reverses=taken_by.get((message.acceptance_id, _REVERSES[code], credit)),
            )
            for n, (code, debit, credit, moved, amount) in enumerate(moves)
            if amount
        ]
    return transfers
