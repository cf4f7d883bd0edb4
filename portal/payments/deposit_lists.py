"""Lists of deposits, narrowed by what somebody looks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.payments.models import Deposit
from portal.payments.statuses import State


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which deposits; what is empty narrows nothing."""

    client_id: int | None = None
    states: Collection[State] = ()
    currency: str = ""
    since: datetime | None = None
    until: datetime | None = None


def listed(
    session: ResellerSession,
    chosen: Chosen,
    *,
    below_id: int | None = None,
    limit: int = 50,
) -> Sequence[Deposit]:
    """The newest deposits that are chosen, below an id."""
    query = select(Deposit).order_by(Deposit.id.desc()).limit(limit)
    if chosen.client_id is not None:
        query = query.where(Deposit.client_id == chosen.client_id)
    if chosen.states:
        query = query.where(Deposit.state.in_(chosen.states))
    if chosen.currency:
        query = query.where(Deposit.currency == chosen.currency)
    if chosen.since is not None:
        query = query.where(Deposit.started_at >= chosen.since)
    if chosen.until is not None:
        query = query.where(Deposit.started_at < chosen.until)
    if below_id is not None:
        query = query.where(Deposit.id < below_id)
    return session.scalars(query).all()


def clients_of(session: ResellerSession, found: Collection[Deposit]) -> dict[int, Client]:
    """The clients of these deposits, by id."""
    wanted = {each.client_id for each in found}
    return {each.id: each for each in session.scalars(select(Client).where(Client.id.in_(wanted)))}
