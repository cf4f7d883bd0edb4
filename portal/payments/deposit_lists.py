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
    payer_id: int | None = None
    """The reseller that pays the operator."""
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
    if chosen.payer_id is not None:
        query = query.where(Deposit.payer_id == chosen.payer_id)
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


def payers(session: ResellerSession, found: Collection[Deposit]) -> dict[int, str]:
    """What whoever pays is called, by the deposit: a client now, a reseller as it was then."""
    wanted = {each.client_id for each in found if each.client_id is not None}
    clients = session.scalars(select(Client).where(Client.id.in_(wanted)))
    names = {each.id: each.name for each in clients}
    return {each.id: names.get(each.client_id or 0, each.payer_name) for each in found}
