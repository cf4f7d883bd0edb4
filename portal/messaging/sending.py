"""Accept messages: check, rate, charge, store; and estimate what one would cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from portal.accounts import access, cover, standing
from portal.accounts.actor import Actor
from portal.infra import afterwards, ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import Overdrawn
from portal.ledger.posting import Held, Posted, Transfer
from portal.ledger.units import PARTS
from portal.messaging import (
    days,
    deciding,
    encoding,
    facts,
    noticing,
    parts,
    recipients,
    refused_sends,
    storing,
)
from portal.messaging.deciding import Draft, Funds, Order
from portal.messaging.errors import MessagingError, TemporarilyUnavailable
from portal.messaging.facts import Facts
from portal.messaging.parts import Parts
from portal.messaging.recipients import Recipients
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
    try:
        deciding.check_may_send(found)
    except MessagingError as refusal:
        refused_sends.note(session, client_id=found.client_id, refusals=[refusal])
        raise
    known = _recipients(session, found, orders)
    funds = _hold_funds(session, found)
    answers: list[Draft | MessagingError] = []
    for order in orders:
        try:
            draft = deciding.draft(order, found, bundles=funds.bundles, known=known)
            deciding.check_funds(draft, found, funds)
        except MessagingError as refusal:
            answers.append(refusal)
        else:
            funds = funds.less(draft)
            answers.append(draft)
    drafts = [answer for answer in answers if isinstance(answer, Draft)]
    refusals = [answer for answer in answers if isinstance(answer, MessagingError)]
    refused_sends.note(session, client_id=found.client_id, refusals=refusals)
    if not drafts:
        return list(refusals)
    numbers = iter([ids.new() for _ in drafts])
    kept = [(next(numbers), draft) for draft in drafts]
    posted = _charge(session, found, kept)
    _look_at_standing(session, found, posted, hard=funds.wallet.overdraft == 0)
    noticing.look_at_bundles(session, found.bundles, posted)
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
        known = _recipients(session, found, [order])
        draft = deciding.draft(order, found, bundles=funds.bundles, known=known)
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


def _recipients(session: ResellerSession, found: Facts, orders: Sequence[Order]) -> Recipients:
    return recipients.read(session, (order.to for order in orders), facts=found)


def _hold_funds(session: ResellerSession, found: Facts) -> Funds:
    """Lock what is paid with: from here on no other send of this client decides."""
    return _funds(session, found, posting.hold(session, _paid_from(found)))


def _read_funds(session: ResellerSession, found: Facts) -> Funds:
    return _funds(session, found, posting.look(session, _paid_from(found)))


def _paid_from(found: Facts) -> list[int]:
    accounts = (found.wallet_id, found.quota_account_id)
    return [a for a in accounts if a is not None] + [b.account_id for b in found.bundles]


def _funds(session: ResellerSession, found: Facts, held: dict[int, Held]) -> Funds:
    quota = None if found.quota_unlimited else held.get(found.quota_account_id or 0, _EMPTY)
    return Funds(
        wallet=held.get(found.wallet_id or 0, _EMPTY),
        bundles=tuple(
            replace(bundle, parts=held[bundle.account_id].balance) for bundle in found.bundles
        ),
        quota_left=None if quota is None else quota.balance,
        sent_today=days.sent_today(session, found),
    )


def _charge(session: ResellerSession, found: Facts, kept: Sequence[tuple[int, Draft]]) -> Posted:
    """One transfer per account for the whole call: price, cost, free parts. The cover is last."""
    quotes = [draft.quote for _, draft in kept]
    shared = opening.shared(session, _SHARED, unit=found.currency)
    cover_id = shared[AccountCode.COVER]
    money = [
        (TransferCode.MESSAGE_PRICE, found.wallet_id, shared[AccountCode.SALES],
         sum(q.price for q in quotes)),
        (TransferCode.MESSAGE_COST, cover_id, shared[AccountCode.OPERATOR_SALES],
         sum(q.cost for q in quotes)),
    ]  # fmt: skip
    cause = kept[0][0]
    transfers = [
        Transfer(
            debit=debit, credit=credit, unit=found.currency, amount=amount, code=code, cause=cause
        )
        for code, debit, credit, amount in money
        if amount and debit is not None
    ]
    transfers += _parts_taken(session, found, [draft for _, draft in kept], cause=cause)
    try:
        posted = posting.post(session, transfers, last=[cover_id])
    except Overdrawn:
        # All that the client pays with is held and was looked at, so it can only be the cover.
        afterwards.note(session, partial(cover.refused, currency=found.currency))
        raise TemporarilyUnavailable(why="the reseller's cover does not reach") from None
    cover.look_at(
        session,
        posted,
        cover_id,
        currency=found.currency,
        threshold=found.low_cover_threshold,
    )
    return posted


def _parts_taken(
    session: ResellerSession, found: Facts, drafts: Sequence[Draft], *, cause: int
) -> list[Transfer]:
    """What the bundles and the quota give, one transfer for each of them."""
    taken: Counter[tuple[TransferCode, int]] = Counter()
    for draft in drafts:
        for bundle, parts_given in draft.taken:
            taken[TransferCode.BUNDLE_PARTS, bundle.account_id] += parts_given
        if found.quota_account_id is not None:
            quota_parts = draft.quote.quota_parts
            taken[TransferCode.QUOTA_PARTS, found.quota_account_id] += quota_parts
    moves = [(code, account_id, amount) for (code, account_id), amount in taken.items() if amount]
    if not moves:
        return []
    used = opening.account(session, AccountCode.PARTS_USED, unit=PARTS)
    return [
        Transfer(
            debit=account_id, credit=used, unit=PARTS, amount=amount, code=code, cause=cause, n=n
        )
        for n, (code, account_id, amount) in enumerate(moves)
    ]


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
        on_quota=found.wholly_on_quota,
        threshold=found.low_balance_threshold,
        armed=found.low_balance_armed,
        top_up_below=found.top_up_below,
        before=before,
        after=after,
    )
    if effect.changes_anything or (hard and after <= 0):
        client = access.locked_client(session, found.client_id)
        if client.wallet_id == found.wallet_id:  # a payment may have switched to another since
            standing.apply(session, client, before=before, after=after)
        else:
            standing.look_at_debt(session, client)


def _accepted(message_id: int, draft: Draft) -> Accepted:
    return Accepted(
        id=message_id,
        status=Status.ACCEPTED,
        recipient=draft.recipient.e164,
        sender=draft.sender,
        counted=draft.counted,
        quote=draft.quote,
    )
