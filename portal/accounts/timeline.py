"""What happened with a client, for staff: their notes, what it asked, and the record of acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import or_, select, update

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.client_models import ClientNote
from portal.accounts.models import Activity
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound

TEXT_LENGTH_MAX: Final = 4_000
_TOLD: Final = ("client.", "sub_account.", "package.", "number.", "country.", "sender.", "voucher.")
"""Acts that belong to the life of a client; who signed in when is on its activity page."""


@unique
class Kind(StrEnum):
    """What a note is: written by staff, asked by the client, or why it was turned down."""

    NOTE = "note"
    ASKED = "asked"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line: a note, or an act of the record, which is the one that is not None."""

    id: int
    at: datetime
    note: ClientNote | None = None
    act: Activity | None = None


def add(
    session: ResellerSession, *, client_id: int, kind: Kind | str, text: str, by: Actor
) -> ClientNote:
    """Put a line onto a client's time line, which staff read and the client never does.

    Raises:
        NotFound: there is no such client.
        ValueError: there is no such kind, or nothing is written.
    """
    if not text.strip():
        raise ValueError("a note says something")
    client = access.client_by_id(session, actor=by, client_id=client_id)
    note = ClientNote(
        client_id=client.id,
        kind=Kind(kind).value,
        text=text[:TEXT_LENGTH_MAX],
        at=clock.now(),
        person_id=by.person_id,
        person_name=by.name if by.reseller_id == session.reseller_id else "",
    )
    session.add(note)
    session.flush()
    return note


def pin(session: ResellerSession, *, client_id: int, note_id: int, by: Actor) -> None:
    """Show this note above all pages of the client, instead of the one that was there.

    Raises:
        NotFound: there is no such note on this client.
    """
    note = _note(session, client_id=client_id, note_id=note_id, by=by)
    unpin(session, client_id=client_id, by=by)
    note.pinned = True
    session.flush()


def unpin(session: ResellerSession, *, client_id: int, by: Actor) -> None:
    """Show no note above the client's pages.

    Raises:
        NotFound: there is no such client.
    """
    access.client_by_id(session, actor=by, client_id=client_id)
    session.execute(
        update(ClientNote)
        .where(ClientNote.client_id == client_id, ClientNote.pinned)
        .values(pinned=False)
    )


def remove(session: ResellerSession, *, client_id: int, note_id: int, by: Actor) -> None:
    """Take a note away; the record keeps that there was one, and not what it said.

    Raises:
        NotFound: there is no such note on this client.
    """
    note = _note(session, client_id=client_id, note_id=note_id, by=by)
    session.delete(note)
    activity.record(
        session, by=by, what="client.note_removed", client_id=client_id, about_id=note_id
    )


def pinned(session: ResellerSession, *, client_id: int) -> ClientNote | None:
    """The note that stands above the client's pages, if one does."""
    return session.scalars(
        select(ClientNote).where(ClientNote.client_id == client_id, ClientNote.pinned)
    ).one_or_none()


def of_client(
    session: ResellerSession,
    *,
    client_id: int,
    notes_only: bool = False,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Event]:
    """What happened with a client, latest first, below an id: ids are in the order of time."""
    written = select(ClientNote).where(ClientNote.client_id == client_id)
    done = select(Activity).where(
        Activity.client_id == client_id, or_(*(Activity.what.startswith(each) for each in _TOLD))
    )
    if below_id is not None:
        written = written.where(ClientNote.id < below_id)
        done = done.where(Activity.id < below_id)
    events = [
        Event(id=note.id, at=note.at, note=note)
        for note in session.scalars(written.order_by(ClientNote.id.desc()).limit(limit))
    ]
    if not notes_only:
        events += [
            Event(id=act.id, at=act.at, act=act)
            for act in session.scalars(done.order_by(Activity.id.desc()).limit(limit))
        ]
    return sorted(events, key=lambda each: each.id, reverse=True)[:limit]


def _note(session: ResellerSession, *, client_id: int, note_id: int, by: Actor) -> ClientNote:
    access.client_by_id(session, actor=by, client_id=client_id)
    note = session.get(ClientNote, (session.reseller_id, note_id))
    if note is None or note.client_id != client_id:
        raise NotFound("note", note_id)
    return note
