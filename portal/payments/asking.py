"""Ask providers about payments: prepared in one transaction and recorded in another."""

from __future__ import annotations

from dataclasses import dataclass
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

CHECK: Final = "payments.check"
"""The job that asks a provider about one deposit."""
AT_ONCE_MAX: Final = 200
_OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A payment to be asked about, and the account to ask."""

    kind: str
    account_id: int
    access: Access
    clue: Clue


def about(
    session: ResellerSession,
    account: PaymentAccount,
    clue: Clue,
    *,
    vault: Vault,
    installation: Settings,
) -> Question | None:
    """The question about a payment; None if nothing is known to ask with."""
    if not clue:
        return None
    try:
        found = accounts.access(session, account, vault=vault, settings=installation)
    except Unsealable:
        return None
    return Question(kind=account.provider, account_id=account.id, access=found, clue=clue)


def ask(question: Question) -> Seen | None:
    """What the provider says of it now; None if it knows of no such payment.

    Raises:
        Unanswered, Refused: it is not known.
    """
    with outgoing.call(f"payments: look {question.kind}"):
        try:
            return registry.open_account(question.kind, question.access).look(question.clue)
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
        queue.enqueue(session, CHECK, reseller_id=session.reseller_id, deposit_id=deposit.id)
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
    return about(session, account, clue, vault=vault, installation=installation)


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
        return False
    return settling.apply(session, deposit_id=deposit_id, seen=seen)
