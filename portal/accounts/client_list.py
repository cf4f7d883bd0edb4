"""Clients in a list: those whose facts begin so, and how many stand how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.models import Client, Person
from portal.accounts.statuses import Standing
from portal.infra.db import ResellerSession
from portal.ledger import statements


@dataclass(frozen=True)
class Listed:
    """A client in a list, with what its wallet holds (millionths) and who was last here."""

    client: Client
    balance: int
    last_login_at: datetime | None


def search(
    session: ResellerSession,
    *,
    text: str = "",
    standing: Standing | None = None,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Listed]:
    """Clients whose number, name, company, phone or address begins so, newest first."""
    query = select(Client).order_by(Client.id.desc()).limit(limit)
    if text:
        query = query.where(_begins_with(text.strip().lower()))
    if standing is not None:
        query = query.where(_STANDS[standing])
    if below_id is not None:
        query = query.where(Client.id < below_id)
    clients = list(session.scalars(query))
    wallets = [c.wallet_id for c in clients if c.wallet_id is not None]
    held = statements.balances(session, wallets)
    seen = _last_logins(session, [c.id for c in clients])
    return [Listed(c, held.get(c.wallet_id or 0, 0), seen.get(c.id)) for c in clients]


def counts(session: ResellerSession) -> dict[Standing, int]:
    """How many clients stand how."""
    columns = [func.count().filter(where).label(word.value) for word, where in _STANDS.items()]
    row = session.execute(select(*columns).select_from(Client)).one()
    return dict(zip(_STANDS, row, strict=True))


_OPEN = Client.closed_at.is_(None) & Client.refused_at.is_(None)
_LET_IN = _OPEN & Client.activated_at.is_not(None)
_STANDS = {
    Standing.WAIT: _OPEN & Client.activated_at.is_(None),
    Standing.REFUSED: Client.closed_at.is_(None) & Client.refused_at.is_not(None),
    Standing.CLOSED: Client.closed_at.is_not(None),
    Standing.SUSPENDED_BY_STAFF: _LET_IN & Client.suspended_by_staff_at.is_not(None),
    Standing.SUSPENDED_BY_BALANCE: _LET_IN
    & Client.suspended_by_staff_at.is_(None)
    & Client.suspended_by_balance_at.is_not(None),
    Standing.ACTIVE: _LET_IN
    & Client.suspended_by_staff_at.is_(None)
    & Client.suspended_by_balance_at.is_(None),
}
"""The same order of gravity as `Client.standing`, for the database; a test holds them together."""


def _begins_with(text: str) -> ColumnElement[bool]:
    columns = (Client.company, Client.firstname, Client.lastname, Client.email, Client.phone)
    found = [func.lower(column).startswith(text, autoescape=True) for column in columns]
    if text.isascii() and text.isdigit() and len(text) < 19:
        found.append(Client.number == int(text))
    return or_(*found)


def _last_logins(session: ResellerSession, client_ids: list[int]) -> dict[int, datetime | None]:
    rows = session.execute(
        select(Person.client_id, func.max(Person.last_login_at))
        .where(Person.client_id.in_(client_ids))
        .group_by(Person.client_id)
    )
    return {client_id: at for client_id, at in rows if client_id is not None}
