"""Ask providers for payments, refunds and disputes that nobody has told us of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal.infra import outgoing, queue
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.vault import Unsealable, Vault
from portal.payments import accounts, events, registry
from portal.payments.models import Deposit, PaymentAccount, Refund
from portal.payments.port import Access, Clue

RECONCILE: Final = "payments.reconcile_account"
"""The job that asks one account."""
LOOKED_BACK: Final = timedelta(days=2)
"""Further back than the last look, which is an hour ago, and any day on which nothing ran."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An account to be asked for what it has had lately."""

    kind: str
    access: Access


def queue_all(session: ResellerSession) -> int:
    """Queue a look at every account of the session's reseller that has had deposits; how many."""
    found = session.scalars(
        select(PaymentAccount.id).where(
            PaymentAccount.tested_at.is_not(None),
            PaymentAccount.retired_at.is_(None),
            PaymentAccount.provider.in_(registry.ADAPTERS),
            select(Deposit.id).where(Deposit.account_id == PaymentAccount.id).exists(),
        )
    ).all()
    for account_id in found:
        queue.enqueue(session, RECONCILE, reseller_id=session.reseller_id, account_id=account_id)
    return len(found)


def prepare(
    session: ResellerSession, *, account_id: int, vault: Vault, installation: Settings
) -> Asked | None:
    """Read all that the account is asked with; None if its secrets cannot be read any more.

    Raises:
        NotFound: there is no such account.
    """
    account = accounts.by_id(session, account_id)
    try:
        access = accounts.access(session, account, vault=vault, settings=installation)
    except Unsealable:
        return None
    return Asked(kind=account.provider, access=access)


def ask(asked: Asked, *, now: datetime) -> list[Clue]:
    """Where to look for what the account has had lately.

    Raises:
        Unanswered, Refused: it has not said.
    """
    with outgoing.call(f"payments: recent {asked.kind}"):
        provider = registry.open_account(asked.kind, asked.access)
        return list(provider.recent(since=now - LOOKED_BACK))


def refusal(asked: Asked) -> str:
    """Why an account takes no payments at the moment; empty where it takes them.

    Raises:
        Unanswered, Refused: it has not said.
    """
    with outgoing.call(f"payments: test {asked.kind}"):
        tested = registry.open_account(asked.kind, asked.access).test()
    return "" if tested.can_charge else "This account cannot take payments."


def record(session: ResellerSession, *, account_id: int, found: Sequence[Clue]) -> int:
    """Look into what is of a deposit of ours, or names one, and was not looked into; how many."""
    payments = {each.payment_id for each in found if each.payment_id}
    paid = set(session.scalars(select(Deposit.payment_id).where(Deposit.payment_id.in_(payments))))
    marks = {each.mark for each in found if each.mark}
    taken = set(session.scalars(select(Refund.reference).where(Refund.reference.in_(marks))))
    return sum(
        events.keep_found(session, account_id=account_id, clue=clue)
        for clue in found
        # A payment of ours that is not booked, or a refund or dispute of one that is.
        if (
            clue.payment_id in paid and clue.mark not in taken
            if clue.mark
            else clue.deposit_id is not None and clue.payment_id not in paid
        )
    )
