"""Who waits to be let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from portal.accounts import sign_up_hints
from portal.accounts.models import Client
from portal.accounts.sign_up_hints import Hint
from portal.accounts.sign_up_models import SignUpRecord
from portal.infra.db import ResellerSession


@dataclass(frozen=True)
class Waiting:
    """A client that waits, and what stands out about it."""

    client: Client
    record: SignUpRecord | None
    hints: Sequence[Hint]

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the next step is the client's own."""
        return self.record is not None and self.client.email_confirmed_at is None


@dataclass(frozen=True)
class Counted:
    """How many wait for the reseller, and how many have not confirmed their address yet."""

    ready: int
    unconfirmed: int


def listed(
    session: ResellerSession, *, below_id: int | None = None, limit: int = 50
) -> list[Waiting]:
    """Who waits, the newest first."""
    query = select(Client).where(_WAITS).order_by(Client.id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(Client.id < below_id)
    return _with_hints(session, list(session.scalars(query)))


def one(session: ResellerSession, client: Client) -> Waiting:
    """A client with what stands out about it."""
    return _with_hints(session, [client])[0]


def counted(session: ResellerSession) -> Counted:
    """How many wait."""
    unconfirmed = SignUpRecord.client_id.is_not(None) & Client.email_confirmed_at.is_(None)
    row = session.execute(
        select(func.count().filter(~unconfirmed), func.count().filter(unconfirmed))
        .select_from(Client)
        .outerjoin(SignUpRecord, SignUpRecord.client_id == Client.id)
        .where(_WAITS)
    ).one()
    return Counted(*row)


def names(session: ResellerSession, client_ids: Sequence[int]) -> dict[int, str]:
    """What these clients are called, by id."""
    found = session.scalars(select(Client).where(Client.id.in_(client_ids)))
    return {each.id: each.name for each in found}


def _with_hints(session: ResellerSession, clients: Sequence[Client]) -> list[Waiting]:
    ids = [each.id for each in clients]
    found = session.scalars(select(SignUpRecord).where(SignUpRecord.client_id.in_(ids)))
    records = {each.client_id: each for each in found}
    hints = sign_up_hints.of(session, clients, records)
    return [Waiting(each, records.get(each.id), hints[each.id]) for each in clients]


_WAITS: ColumnElement[bool] = (
    Client.activated_at.is_(None) & Client.refused_at.is_(None) & Client.closed_at.is_(None)
)
