"""Copies of all that is kept of a client: asked for, made by a job, fetched within a week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.roles import Audience
from portal.infra import clock, queue
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.reports.archive_models import ClientArchive, ClientArchivePiece
from portal.tenancy import settings

JOB: Final = "privacy.make_archive"
KEPT: Final = timedelta(days=7)
KEPT_LEAST: Final = timedelta(days=1)
"""A copy with texts that are about to be removed goes with them, but can be fetched for a day."""

_GIVEN_UP: Final = timedelta(hours=6)


def ask(
    session: ResellerSession, *, client_id: int, language: str, time_zone: str, by: Actor
) -> ClientArchive:
    """Have a copy made; the one that is being made already, if there is one.

    Raises:
        NotFound: the client is none of the actor's.
    """
    client = access.client_by_id(session, actor=by, client_id=client_id)
    access.locked_client(session, client.id)  # two who ask at once get one copy
    by_client = by.audience is Audience.CLIENT
    open_one = session.scalars(
        select(ClientArchive).where(
            ClientArchive.client_id == client.id,
            ClientArchive.by_client == by_client,
            ClientArchive.made_at.is_(None),
            ClientArchive.failed_at.is_(None),
        )
    ).one_or_none()
    if open_one is not None:
        return open_one
    made = ClientArchive(
        client_id=client.id,
        asked_by_id=by.person_id,
        by_client=by_client,
        with_amounts=by.display.money,
        language=language,
        time_zone=time_zone,
        asked_at=clock.now(),
    )
    session.add(made)
    session.flush()
    activity.record(session, by=by, what="archive.asked", client_id=client.id, about_id=made.id)
    queue.enqueue(session, JOB, reseller_id=session.reseller_id, archive_id=made.id)
    return made


def listed(session: ResellerSession, *, client_id: int, by: Actor) -> list[ClientArchive]:
    """The copies that can be fetched or are being made, and those that failed, newest first."""
    return list(
        session.scalars(
            select(ClientArchive)
            .where(
                ClientArchive.client_id == client_id,
                ClientArchive.by_client == (by.audience is Audience.CLIENT),
                (ClientArchive.expires_at > clock.now()) | ClientArchive.made_at.is_(None),
            )
            .order_by(ClientArchive.id.desc())
        )
    )


def fetch(session: ResellerSession, *, client_id: int, archive_id: int, by: Actor) -> ClientArchive:
    """A copy that is made, for whoever asked; that it was fetched is recorded.

    Raises:
        NotFound: there is no such copy, not yet or no longer, or it is not for the actor.
    """
    client = access.client_by_id(session, actor=by, client_id=client_id)
    found = session.get(ClientArchive, (session.reseller_id, archive_id))
    if found is None or found.client_id != client.id:
        raise NotFound("copy", archive_id)
    for_them = found.by_client == (by.audience is Audience.CLIENT)
    if not for_them or found.expires_at is None or found.expires_at <= clock.now():
        raise NotFound("copy", archive_id)
    activity.record(session, by=by, what="archive.fetched", client_id=client.id, about_id=found.id)
    return found


def piece(session: ResellerSession, archive_id: int, n: int) -> bytes | None:
    """A piece of a copy's bytes, counted from 0; None after the last."""
    return session.scalar(
        select(ClientArchivePiece.content).where(
            ClientArchivePiece.archive_id == archive_id, ClientArchivePiece.n == n
        )
    )


def expiry(session: ResellerSession, *, oldest: datetime | None) -> datetime:
    """Until when a copy whose oldest readable message is of that moment is kept."""
    now = clock.now()
    days = settings.read(session).redact_after_days
    if days is None or oldest is None:
        return now + KEPT
    return min(now + KEPT, max(oldest + timedelta(days=days), now + KEPT_LEAST))


def forget_old(session: ResellerSession) -> None:
    """Delete the copies whose time is over, and give up those that nobody makes; of all."""
    now = clock.now()
    session.execute(delete(ClientArchive).where(ClientArchive.expires_at <= now))
    session.execute(delete(ClientArchive).where(ClientArchive.failed_at <= now - KEPT))
    session.execute(
        update(ClientArchive)
        .where(
            ClientArchive.made_at.is_(None),
            ClientArchive.failed_at.is_(None),
            ClientArchive.asked_at <= now - _GIVEN_UP,
        )
        .values(failed_at=now)
    )


def forget_of(session: ResellerSession, *, client_id: int) -> None:
    """Delete every copy of a client's, made or not."""
    session.execute(delete(ClientArchive).where(ClientArchive.client_id == client_id))
