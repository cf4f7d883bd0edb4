"""Ask providers about payments: prepared in one transaction and recorded in another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra import clock, outgoing, queue
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.vault import Unsealable, Vault
from portal.payments import accounts, deposits, registry, settling
from portal.payments.errors import NoSuchPayment
from portal.payments.models import Deposit, PaymentAccount
from portal.payments.port import Access, Clue, Seen
from portal.payments.statuses import Outcome, State

CHECK: Final = "payments.check"
"""The job that asks a provider about one deposit."""
CHARGE: Final = "payments.charge"
"""The job that has a kept card charged, again with the same key until that is answered."""
AT_ONCE_MAX: Final = 200
_SOON: Final = timedelta(seconds=30)
_PAYABLE: Final = frozenset({State.PENDING, State.ABANDONED})


@dataclass(frozen=True, kw_only=True)
class Question:
    """A payment to be asked about, and the account to ask.

    `due` is the deposit that waits for it, as it was asked for; without one nothing is taken.
    """

    kind: str
    account_id: int
    access: Access
    clue: Clue
    due: Due | None = None


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a client has to agree to before any of its money is taken."""

    deposit_id: int
    reference: str
    amount: int
    currency: str

    def is_met(self, seen: Seen) -> bool:
        """Whether the client has agreed to this, and to nothing else."""
        return seen.outcome is Outcome.APPROVED and self == Due(
            deposit_id=self.deposit_id if seen.deposit_id is None else seen.deposit_id,
            reference=seen.reference,
            amount=seen.amount,
            currency=seen.currency,
        )


def about(
    session: ResellerSession,
    account: PaymentAccount,
    clue: Clue,
    *,
    vault: Vault,
    installation: Settings,
) -> Question | None:
    """The question about a payment; None if nothing is known to ask with, or there is nobody."""
    if not clue or account.provider not in registry.ADAPTERS:
        return None
    try:
        found = accounts.access(session, account, vault=vault, settings=installation)
    except Unsealable:
        return None
    return Question(kind=account.provider, account_id=account.id, access=found, clue=clue)


def ask(question: Question) -> Seen | None:
    """What the provider says of it now; None if it knows of no such payment.

    What the client has agreed to is taken, if a deposit waits for exactly that.

    Raises:
        Unanswered, Refused: it is not known.
    """
    provider = registry.open_account(question.kind, question.access)
    try:
        with outgoing.call(f"payments: look {question.kind}"):
            seen = provider.look(question.clue)
        if question.due is None or not question.due.is_met(seen):
            return seen
        with outgoing.call(f"payments: capture {question.kind}"):
            return provider.capture(reference=seen.reference, deposit_id=question.due.deposit_id)
    except NoSuchPayment:
        return None


def due(session: ResellerSession) -> int:
    """Queue a look at every deposit whose turn it is, and say when each is next; how many."""
    now = clock.now()
    found = session.scalars(
        select(Deposit)
        .where(Deposit.look_at <= now)
        .order_by(Deposit.look_at)
        .limit(AT_ONCE_MAX)
        .with_for_update(skip_locked=True)
    ).all()
    for deposit in found:
        deposit.looks += 1
        deposit.look_at = deposits.next_look(deposit, now=now)
        if deposit.is_automatic and deposit.reference is None:
            queue.enqueue(session, CHARGE, reseller_id=session.reseller_id, deposit_id=deposit.id)
        else:
            take_up(session, deposit.id)
    return len(found)


def prepare(
    session: ResellerSession, *, deposit_id: int, vault: Vault, installation: Settings
) -> Question | None:
    """The question about a deposit; None if the provider was never asked for a page.

    Raises:
        NotFound: there is no such deposit.
    """
    deposit = deposits.by_id(session, deposit_id)
    clue = Clue(
        reference=deposit.reference or "",
        payment_id=deposit.payment_id or "",
        deposit_id=deposit.id,
    )
    account = accounts.by_id(session, deposit.account_id)
    question = about(session, account, clue, vault=vault, installation=installation)
    if question is None or deposit.reference is None or deposit.state not in _PAYABLE:
        return question
    due_now = Due(
        deposit_id=deposit.id,
        reference=deposit.reference,
        amount=deposit.amount,
        currency=deposit.currency,
    )
    return replace(question, due=due_now)


def is_back(session: ResellerSession, deposit: Deposit, *, reference: str) -> None:
    """Ask about a deposit at once, now that its client is back from the page, but not every second.

    `reference` is what the provider has added to the address; it credits nothing.
    """
    now = clock.now()
    is_due = deposit.look_at is not None and deposit.look_at - now > _SOON
    if is_due and deposit.state is State.PENDING and reference == deposit.reference:
        deposit.look_at = now + _SOON
        take_up(session, deposit.id)


def take_up(session: ResellerSession, deposit_id: int) -> None:
    """Queue a look at one deposit, which takes what its client has agreed to."""
    queue.enqueue(session, CHECK, reseller_id=session.reseller_id, deposit_id=deposit_id)


def record_asked(
    session: ResellerSession, *, deposit_id: int, seen: Seen | None, by: Actor
) -> bool:
    """The same, where somebody asked for it.

    Raises:
        NotFound: there is no such deposit.
    """
    activity.record(session, by=by, what="deposit.checked", about_id=deposit_id)
    return record(session, deposit_id=deposit_id, seen=seen)


def record(session: ResellerSession, *, deposit_id: int, seen: Seen | None) -> bool:
    """Take in what was answered about a deposit; whether it was news.

    Raises:
        NotFound: there is no such deposit.
    """
    if seen is None:
        deposit = deposits.by_id(session, deposit_id)
        if clock.now() - deposit.started_at < deposits.PAYABLE_FOR:
            return False
        # Its page is closed, and the provider has forgotten an attempt that nobody paid.
        seen = Seen(outcome=Outcome.GONE, amount=deposit.amount, currency=deposit.currency)
    return settling.apply(session, deposit_id=deposit_id, seen=seen)
