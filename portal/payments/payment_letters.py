"""What clients are written about their deposits beside that they have arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal.accounts import cover_letters, letters
from portal.accounts.models import Client
from portal.infra.config import Settings
from portal.infra.db import ResellerSession, in_scope_of
from portal.payments import refunds
from portal.payments.models import Deposit
from portal.payments.statuses import State
from portal.tenancy import links

PENDING_FOR: Final = timedelta(hours=48)
"""How long money may be on its way before whoever waits for it is written to."""
_AT_ONCE_MAX: Final = 500


@dataclass(frozen=True)
class _Notices:
    """The same for a client of a reseller, and for a reseller that pays for its cover."""

    to_client: str
    to_payer: str


_PENDING: Final = _Notices("deposit_pending", "cover_pending")
_REFUNDED: Final = _Notices("deposit_refunded", "cover_refunded")


def refunded(session: ResellerSession, *, refund_id: int, installation: Settings) -> None:
    """Write to whoever has paid that a deposit was given back, whole or in part.

    Raises:
        NotFound: there is no such refund.
    """
    refund = refunds.by_id(session, refund_id)
    deposit = session.get_one(Deposit, (session.reseller_id, refund.deposit_id))
    _write(session, deposit, _REFUNDED, amount=refund.amount, installation=installation)


def tell_pending(session: ResellerSession, *, installation: Settings, now: datetime) -> int:
    """Write once to each whose payment is on its way for two days; to how many."""
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
        _write(session, deposit, _PENDING, amount=deposit.amount, installation=installation)
    return len(found)


def _write(
    session: ResellerSession,
    deposit: Deposit,
    notices: _Notices,
    *,
    amount: int,
    installation: Settings,
) -> None:
    """Write to whoever has paid."""
    if deposit.payer_id is not None:
        with in_scope_of(session, deposit.payer_id) as payer:
            cover_letters.paid(
                payer,
                notices.to_payer,
                amount=amount,
                currency=deposit.currency,
                url=links.cover_payment(links.origin_of(payer, installation), deposit.id),
            )
        return
    client = session.get_one(Client, (session.reseller_id, deposit.client_id))
    if client.closed_at is None:
        letters.write(
            session,
            client,
            notices.to_client,
            url=links.deposit(links.origin_of(session, installation), deposit.id),
            amount=letters.amount(client, amount, currency=deposit.currency),
        )
