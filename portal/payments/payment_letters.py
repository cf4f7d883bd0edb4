"""What clients are written about their deposits beside that they have arrived."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal.accounts import letters
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.payments import refunds
from portal.payments.models import Deposit
from portal.payments.statuses import State
from portal.tenancy import links

PENDING_FOR: Final = timedelta(hours=48)
"""How long money may be on its way before whoever waits for it is written to."""
_AT_ONCE_MAX: Final = 500


def refunded(session: ResellerSession, *, refund_id: int, origin: str) -> None:
    """Write to a client that a deposit was given back, whole or in part.

    Raises:
        NotFound: there is no such refund.
    """
    refund = refunds.by_id(session, refund_id)
    deposit = session.get_one(Deposit, (session.reseller_id, refund.deposit_id))
    client = session.get_one(Client, (session.reseller_id, deposit.client_id))
    if client.closed_at is None:
        letters.write(
            session,
            client,
            "deposit_refunded",
            url=links.deposit(origin, deposit.id),
            amount=letters.amount(client, refund.amount, currency=refund.currency),
        )


def tell_pending(session: ResellerSession, *, origin: str, now: datetime) -> int:
    """Write once to each client whose payment is on its way for two days; to how many."""
    found = session.scalars(
        select(Deposit)
        .where(
            Deposit.state == State.PENDING,
            Deposit.is_processing,
            Deposit.told_pending_at.is_(None),
            Deposit.started_at <= now - PENDING_FOR,
        )
        .order_by(Deposit.id)
        .limit(_AT_ONCE_MAX)
        .with_for_update(skip_locked=True)
    ).all()
    for deposit in found:
        deposit.told_pending_at = now
        client = session.get_one(Client, (session.reseller_id, deposit.client_id))
        if client.closed_at is None:
            letters.write(
                session,
                client,
                "deposit_pending",
                url=links.deposit(origin, deposit.id),
                amount=letters.amount(client, deposit.amount, currency=deposit.currency),
            )
    return len(found)
