"""What providers tell: kept once each, looked into by a job, shown with what became of it.

A notification is a hint. What it says is asked for again at the provider, with the account that it
was signed for, and only the answer moves money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra import clock, ids, outgoing, queue
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault
from portal.payments import accounts, asking, registry, settling
from portal.payments.asking import Question
from portal.payments.errors import UnknownSender
from portal.payments.models import Deposit, PaymentAccount, PaymentEvent
from portal.payments.port import Access, Clue, Notification, Seen
from portal.payments.statuses import Handled, Outcome

HANDLE: Final = "payments.handle"
"""The job that looks into one notification."""
FOUND: Final = "found by asking"
"""The kind of what no provider has told, and our own look has found."""
TRIED_FOR: Final = timedelta(days=3)
_HEARD_EVERY: Final = timedelta(minutes=1)
"""How exact it is when an account was heard of: many calls at once do not wait for its row."""
_FIRST_PAUSE: Final = timedelta(seconds=20)
_PAUSE_MAX: Final = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """An account for which a notification may be signed."""

    account_id: int
    access: Access


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A notification with a good signature, and the account that it is signed for."""

    account_id: int
    notification: Notification


def listeners(
    session: ResellerSession, kind: str, *, vault: Vault, installation: Settings
) -> list[Listener]:
    """The accounts of the session's reseller with a provider, the one in use first."""
    found = []
    for account in accounts.all_of(session, kind):
        with suppress(Unsealable):
            access = accounts.opened(account, vault=vault, settings=installation)
            found.append(Listener(account_id=account.id, access=access))
    return found


def read(kind: str, known: Sequence[Listener], *, raw: bytes, headers: Mapping[str, str]) -> Heard:
    """Find the account that a notification is signed for; some providers are asked whether it is.

    Raises:
        UnknownSender: it is signed for none of them.
        Unanswered: that cannot be known at the moment.
    """
    with outgoing.call(f"payments: read {kind}"):
        for each in known:
            try:
                found = registry.open_account(kind, each.access).read(raw, headers, now=clock.now())
            except UnknownSender:
                continue
            return Heard(account_id=each.account_id, notification=found)
    raise UnknownSender(kind)


def keep(session: ResellerSession, heard: Heard) -> bool:
    """Keep a notification and queue the look into it; False if it was kept before."""
    told = heard.notification
    account = accounts.by_id(session, heard.account_id)
    is_new = _keep(session, account, told)
    now = clock.now()
    if is_new and (account.heard_at is None or now - account.heard_at > _HEARD_EVERY):
        account.heard_at = now
    return is_new


def keep_found(session: ResellerSession, *, account_id: int, clue: Clue) -> bool:
    """Keep a payment that nobody has told of, as if somebody had."""
    told = Notification(
        event_id=f"found:{clue.mark or clue.payment_id or clue.reference}",
        kind=FOUND,
        clue=clue,
        is_known_kind=True,
        kept={},
    )
    return _keep(session, accounts.by_id(session, account_id), told)


def _keep(session: ResellerSession, account: PaymentAccount, told: Notification) -> bool:
    event_id = ids.new()
    is_waiting = told.is_known_kind and bool(told.clue)
    kept = session.scalar(
        insert(PaymentEvent)
        .values(
            reseller_id=session.reseller_id,
            id=event_id,
            account_id=account.id,
            event_id=told.event_id,
            kind=told.kind,
            reference=told.clue.reference,
            payment_id=told.clue.payment_id,
            named_deposit_id=told.clue.deposit_id,
            kept=told.kept,
            received_at=clock.now(),
            state=Handled.WAITING if is_waiting else Handled.UNKNOWN_KIND,
        )
        .on_conflict_do_nothing(index_elements=["reseller_id", "account_id", "event_id"])
        .returning(PaymentEvent.id)
    )
    if kept is not None and is_waiting:
        _queue(session, event_id)
    return kept is not None


def prepare(
    session: ResellerSession, *, event_id: int, vault: Vault, installation: Settings
) -> Question | None:
    """What to ask the provider about a notification; None if nothing is to be done any more.

    Raises:
        NotFound: there is no such notification.
    """
    event = by_id(session, event_id)
    if event.state is not Handled.WAITING:
        return None
    account = accounts.by_id(session, event.account_id)
    clue = Clue(reference=event.reference, payment_id=event.payment_id)
    question = asking.about(session, account, clue, vault=vault, installation=installation)
    if question is None:
        _later(session, event)
    return question


def record(session: ResellerSession, *, event_id: int, seen: Seen | None) -> Handled:
    """Take in what the provider answered; what became of the notification.

    Raises:
        NotFound: there is no such notification.
    """
    event = _held(session, event_id)
    if event.state is not Handled.WAITING:
        return event.state
    if seen is None:
        # Signed for this account, and yet it does not know the payment: a moment later it may.
        return _later(session, event)
    deposit_id = _deposit(session, event, seen)
    if deposit_id is None:
        named = event.named_deposit_id if seen.deposit_id is None else seen.deposit_id
        return _later(session, event) if named is not None else _done(event, Handled.NOT_OURS)
    event.deposit_id = deposit_id
    news = settling.apply(session, deposit_id=deposit_id, seen=seen)
    if seen.outcome is Outcome.APPROVED:
        asking.take_up(session, deposit_id)
    return _done(event, Handled.DONE if news else Handled.NOTHING_NEW)


def record_silence(session: ResellerSession, *, event_id: int) -> Handled:
    """The provider could not be asked; it is later.

    Raises:
        NotFound: there is no such notification.
    """
    event = _held(session, event_id)
    return _later(session, event) if event.state is Handled.WAITING else event.state


def _deposit(session: ResellerSession, event: PaymentEvent, seen: Seen) -> int | None:
    """The deposit of this account that a payment is for: what the provider says, not the hint."""
    of_account = select(Deposit.id).where(Deposit.account_id.in_(_siblings(session, event)))
    for known in (
        Deposit.payment_id == seen.payment_id if seen.payment_id else None,
        Deposit.reference == seen.reference if seen.reference else None,
        Deposit.id == seen.deposit_id if seen.deposit_id is not None else None,
    ):
        if known is not None:
            found = session.scalar(of_account.where(known))
            if found is not None:
                return found
    return None


def _siblings(session: ResellerSession, event: PaymentEvent) -> list[int]:
    """The accounts of the merchant that an event is signed for: a new key is the same merchant."""
    account = accounts.by_id(session, event.account_id)
    return [
        each.id
        for each in accounts.all_of(session, account.provider)
        if each.id == account.id or (account.merchant and each.merchant == account.merchant)
    ]


def _done(event: PaymentEvent, what: Handled) -> Handled:
    event.state, event.handled_at = what, clock.now()
    return what


def _later(session: ResellerSession, event: PaymentEvent) -> Handled:
    now = clock.now()
    if now - event.received_at >= TRIED_FOR:
        return _done(event, Handled.GIVEN_UP)
    pause: timedelta = min(_FIRST_PAUSE * 2 ** min(event.tries, 12), _PAUSE_MAX)
    event.tries += 1
    _queue(session, event.id, at=now + pause)
    return event.state


def replay(session: ResellerSession, *, event_id: int, by: Actor) -> None:
    """Have a notification looked into once more, whatever became of it; nothing is done twice.

    Raises:
        NotFound: there is no such notification.
    """
    event = _held(session, event_id)
    event.state, event.handled_at, event.tries = Handled.WAITING, None, 0
    event.received_at = max(event.received_at, clock.now() - TRIED_FOR + timedelta(hours=1))
    _queue(session, event.id)
    activity.record(
        session, by=by, what="payment_event.replayed", about_id=event.id, kind=event.kind
    )


def by_id(session: ResellerSession, event_id: int) -> PaymentEvent:
    """A notification.

    Raises:
        NotFound: there is none.
    """
    found = session.get(PaymentEvent, (session.reseller_id, event_id))
    if found is None:
        raise NotFound("payment event", event_id)
    return found


def of_deposit(session: ResellerSession, deposit_id: int) -> Sequence[PaymentEvent]:
    """Everything that was told of a deposit, oldest first."""
    return session.scalars(
        select(PaymentEvent)
        .where(PaymentEvent.deposit_id == deposit_id)
        .order_by(PaymentEvent.id)
        .limit(500)
    ).all()


def listed(
    session: ResellerSession, *, below_id: int | None = None, limit: int = 50
) -> Sequence[PaymentEvent]:
    """The newest notifications below an id."""
    query = select(PaymentEvent).order_by(PaymentEvent.id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(PaymentEvent.id < below_id)
    return session.scalars(query).all()


def _held(session: ResellerSession, event_id: int) -> PaymentEvent:
    found = session.scalars(
        select(PaymentEvent)
        .where(PaymentEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("payment event", event_id)
    return found


def _queue(session: ResellerSession, event_id: int, *, at: datetime | None = None) -> None:
    queue.enqueue(session, HANDLE, at=at, reseller_id=session.reseller_id, event_id=event_id)
