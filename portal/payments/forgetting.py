"""Have a provider forget a card that its client has removed, and forget here what it was called.

Prepare, call, record: no transaction is open during the call.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal.infra import clock, outgoing, queue
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.vault import Vault
from portal.payments import accounts, registry, saved_methods
from portal.payments.models import Deposit
from portal.payments.saved_methods import FORGET, Question
from portal.payments.statuses import State
from portal.payments.top_up_models import SavedMethod

_LOOK_AGAIN_AFTER: Final = timedelta(minutes=2)
_OVERDUE_AFTER: Final = timedelta(days=2)


def prepare(
    session: ResellerSession, *, method_id: int, vault: Vault, installation: Settings
) -> Question | None:
    """What to ask so that a card is forgotten; None if it is, or is needed for a moment more.

    A charge that nobody knows the end of is asked for again with the card: it is waited for.

    Raises:
        NotFound: there is no such card.
    """
    method = saved_methods.by_id(session, method_id)
    if method.removed_at is None or method.detached_at is not None:
        return None
    if _is_being_charged(session, method):
        queue.enqueue(
            session,
            FORGET,
            at=clock.now() + _LOOK_AGAIN_AFTER,
            reseller_id=session.reseller_id,
            method_id=method.id,
        )
        return None
    account = accounts.by_id(session, method.account_id)
    question = saved_methods.question(
        session, account, method.method, vault=vault, installation=installation
    )
    if question is None:
        _blank(method)
    return question


def ask(question: Question) -> None:
    """Have the provider forget a card.

    Raises:
        Unanswered, Refused: it may still have it.
    """
    with outgoing.call(f"payments: forget {question.kind}"):
        keeper = registry.open_keeper(question.kind, question.access)
        keeper.forget(method=question.number)


def record(session: ResellerSession, *, method_id: int) -> None:
    """Keep nothing of a card but that it was there.

    Raises:
        NotFound: there is no such card.
    """
    _blank(saved_methods.by_id(session, method_id))


def ask_again(session: ResellerSession, *, now: datetime) -> int:
    """Queue the forgetting of cards that a provider should long have forgotten; of how many."""
    found = session.scalars(
        select(SavedMethod.id).where(
            SavedMethod.detached_at.is_(None), SavedMethod.removed_at <= now - _OVERDUE_AFTER
        )
    ).all()
    for method_id in found:
        queue.enqueue(session, FORGET, reseller_id=session.reseller_id, method_id=method_id)
    return len(found)


def _is_being_charged(session: ResellerSession, method: SavedMethod) -> bool:
    found = session.scalar(
        select(Deposit.id)
        .where(
            Deposit.client_id == method.client_id,
            Deposit.method_id == method.id,
            Deposit.state == State.PENDING,
        )
        .limit(1)
    )
    return found is not None


def _blank(method: SavedMethod) -> None:
    method.customer = method.method = method.brand = method.last_four = ""
    method.expires_on = None
    method.detached_at = clock.now()
