"""Accept messages: check, rate, charge, store; and estimate what one would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts import access, standing
from portal.accounts.actor import Actor
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import Overdrawn
from portal.ledger.posting import Held, Posted, Transfer
from portal.ledger.units import PARTS
from portal.messaging import days, deciding, encoding, facts, parts, storing
from portal.messaging.deciding import Draft, Funds, Order
from portal.messaging.errors import MessagingError, TemporarilyUnavailable
from portal.messaging.facts import Facts
from portal.messaging.parts import Parts
from portal.messaging.statuses import Status
from portal.pricing.rating import Quote

__all__ = ["Accepted", "Estimate", "Order", "accept", "accept_one", "estimate"]

_EMPTY = Held(balance=0, overdraft=0)
_SHARED = (AccountCode.SALES, AccountCode.OPERATOR_SALES, AccountCode.COVER)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A message that was charged and waits for a gateway; `price` is in millionths."""

    id: int
    status: Status
    recipient: str
    sender: str
    counted: Parts
    quote: Quote

    @property
    def price(self) -> int:
        """What the client was charged."""
        return self.quote.price


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a message would be: always its parts; its receipt, or why it would be refused."""

    counted: Parts
    quote: Quote | None
    refusal: MessagingError | None
    balance: int
    currency: str

    @property
    def balance_after(self) -> int | None:
        """What the wallet would hold."""
        return None if self.quote is None else self.balance - self.quote.price


def accept_one(
    session: ResellerSession, *, actor: Actor, sub_account_id: int | None, order: Order
) -> Accepted:
    """Accept one message, as a list of one.

    Raises:
        MessagingError: it was refused; nothing was stored or charged.
        NotFound: the actor has no such sub-account.
    """
    answer = accept(session, actor=actor, sub_account_id=sub_account_id, orders=[order])[0]
    if isinstance(answer, MessagingError):
        raise answer
    return answer


def accept(
    session: ResellerSession,
    *,
    actor: Actor,
    sub_account_id: int | None,
    orders: Sequence[Order],
) -> list[Accepted | MessagingError]:
    """Accept what can be of these messages, all from one sub-account; answers in their order.

    Those accepted are charged to the client and to the reseller's cover, stored and queued; for
    those refused nothing is stored or charged.

    Raises:
        ClientSuspended: nothing of this client's is accepted at present.
        TemporarilyUnavailable: the reseller's cover does not reach, or there is no route; the
            transaction must be rolled back.
        NotFound: the actor has no such sub-account.
    """
    found = facts.read(session, actor=actor, sub_account_id=sub_account_id)
    deciding.check_may_send(found)
    funds = _hold_funds(session, found)
    answers: list[Draft | MessagingError] = []
    for order in orders:
        try:
            draft = deciding.draft(order, found, bundle_left=funds.bundle_left)
            deciding.check_funds(draft, found, funds)
        except MessagingError as refusal:
            answers.append(refusal)
        else:
            funds = funds.less(draft)
            answers.append(draft)
    drafts = [answer for answer in answers if isinstance(answer, Draft)]
    if not drafts:
        return [answer for answer in answers if isinstance(answer, MessagingError)]
    numbers = iter([ids.new() for _ in drafts])
    kept = [(next(numbers), draft) for draft in drafts]
    posted = _charge(session, found, kept)
    _look_at_standing(session, found, posted, hard=funds.wallet.overdraft == 0)
    storing.store(session, found, kept, person_id=actor.person_id)
    accepted = iter(kept)
    return [
        _accepted(*next(accepted)) if isinstance(answer, Draft) else answer for answer in answers
    ]


def estimate(
    session: ResellerSession, *, actor: Actor, sub_account_id: int | None, order: Order
) -> Estimate:
    """What a message would be and cost now; nothing is stored or held.

    Raises:
        NotFound: the actor has no such sub-account.
    """
    found = facts.read(session, actor=actor, sub_account_id=sub_account_id)
    funds = _read_funds(session, found)
    counted = parts.count(encoding.normalised(order.text))
    quote, refusal = None, None
    try:
        deciding.check_may_send(found)
        draft = deciding.draft(order, found, bundle_left=funds.bundle_left)
        quote = draft.quote
        deciding.check_funds(draft, found, funds)
    except MessagingError as refused:
        refusal = refused
    return Estimate(
        counted=counted,
        quote=quote,
        refusal=refusal,
        balance=funds.wallet.balance,
        currency=found.currency,
    )


def _hold_funds(session: ResellerSession, found: Facts) -> Funds:
    """Lock what is paid with: from here on no other send of this client decides."""
    return _funds(session, found, posting.hold(session, _paid_from(found)))


def _read_funds(session: ResellerSession, found: Facts) -> Funds:
    return _funds(session, found, posting.look(session, _paid_from(found)))


def _paid_from(found: Facts) -> list[int]:
    return [a for a in (found.wallet_id, found.bundle_account_id) if a is not None]


def _funds(session: ResellerSession, found: Facts, held: dict[int, Held]) -> Funds:
    return Funds(
        wallet=held.get(found.wallet_id or 0, _EMPTY),
        bundle_left=held.get(found.bundle_account_id or 0, _EMPTY).balance,
        sent_today=days.sent_today(session, found),
    )


def _charge(session: ResellerSession, found: Facts, kept: Sequence[tuple[int, Draft]]) -> Posted:
    """One transfer per unit for the whole call: price, cost, free parts. The cover comes last."""
    cause = kept[0][0]
    quotes = [draft.quote for _, draft in kept]
    shared = opening.shared(session, _SHARED, unit=found.currency)
    cover_id = shared[AccountCode.COVER]
    moves = [
        (TransferCode.MESSAGE_PRICE, found.wallet_id, shared[AccountCode.SALES], found.currency,
         sum(q.price for q in quotes)),
        (TransferCode.MESSAGE_COST, cover_id, shared[AccountCode.OPERATOR_SALES], found.currency,
         sum(q.cost for q in quotes)),
    ]  # fmt: skip
    free_parts = sum(q.bundle_parts for q in quotes)
    if free_parts:
        used = opening.shared(session, (AccountCode.PARTS_USED,), unit=PARTS)
        moves.append(
            (TransferCode.BUNDLE_PARTS, found.bundle_account_id, used[AccountCode.PARTS_USED],
             PARTS, free_parts)
        )  # fmt: skip
    transfers = [
        Transfer(debit=debit, credit=credit, unit=unit, amount=amount, code=code, cause=cause)
        for code, debit, credit, unit, amount in moves
        if amount and debit is not None
    ]
    try:
        return posting.post(session, transfers, last=[cover_id])
    except Overdrawn:
        # Wallet and bundle are held and were looked at, so it can only be the cover.
        raise TemporarilyUnavailable(why="the reseller's cover does not reach") from None


def _look_at_standing(
    session: ResellerSession, found: Facts, posted: Posted, *, hard: bool
) -> None:
    """The row of the client is read only if something about it changes.

    The facts are older than the hold on the wallet, which alone tells surely whether it is `hard`.
    """
    if found.wallet_id is None or found.wallet_id not in posted.balances:
        return
    before, after = posted.balances[found.wallet_id]
    effect = standing.effect(
        management=found.management,
        suspended=found.suspended_by_balance,
        threshold=found.low_balance_threshold,
        armed=found.low_balance_armed,
        before=before,
        after=after,
    )
    if effect.changes_anything or (hard and after <= 0):
        client = access.locked_client(session, found.client_id)
        standing.apply(session, client, before=before, after=after)


def _accepted(message_id: int, draft: Draft) -> Accepted:
    return Accepted(
        id=message_id,
        status=Status.ACCEPTED,
        recipient=draft.recipient.e164,
        sender=draft.sender,
        counted=draft.counted,
        quote=draft.quote,
    )
