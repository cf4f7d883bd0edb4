"""The time line of a client: notes of staff, what it asked, what happened; the client sees none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response as Answer
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.accounts import timeline
from portal.accounts.models import Activity
from portal.accounts.roles import Right
from portal.accounts.timeline import TEXT_LENGTH_MAX, Event, Kind
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.web.parts import activity_rows, paging
from portal.web.parts.addresses import ID
from portal.web.parts.forms import REQUIRED, Form, trimmed
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint

_MONEY: Final = frozenset({"client.payment", "client.charge", "client.reversal"})
"""Acts that lead to the transaction that they made."""


@dataclass(frozen=True, kw_only=True)
class EventShown:
    """A line of the time line; `kind` is that of a note, or "act"; `url` leads to the money."""

    id: int
    at: datetime
    by: str
    kind: str
    text: str
    reason: str
    url: str
    pinned: bool


class NoteForm(Form):
    """What staff are to know."""

    text = TextAreaField(
        lazy_gettext("Note"),
        [DataRequired(REQUIRED), Length(max=TEXT_LENGTH_MAX)],
        filters=[trimmed],
        description=lazy_gettext("Only your staff read it. The client never does."),
    )
    pinned = BooleanField(lazy_gettext("Show it above every page of this client"))


@blueprint.get(f"/clients/<{ID}:client_id>/notes")
@requires(Right.CLIENTS_READ)
def client_notes(client_id: int) -> Response:
    """The time line."""
    return _page(client_id)


@blueprint.post(f"/clients/<{ID}:client_id>/notes")
@requires(Right.CLIENTS_MANAGE)
def add_note(client_id: int) -> Answer:
    """Write another note down."""
    found = found_client(client_id)
    form = NoteForm()
    if not form.validate_on_submit():
        return _page(client_id, status=422, form=form)
    note = timeline.add(
        session(), client_id=found.id, kind=Kind.NOTE, text=form.text.data, by=g.actor
    )
    if form.pinned.data:
        timeline.pin(session(), client_id=found.id, note_id=note.id, by=g.actor)
    flash(gettext("The note is written down."), "success")
    return redirect(_address(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/notes/<{ID}:note_id>/pin")
@requires(Right.CLIENTS_MANAGE)
def pin_note(client_id: int, note_id: int) -> Answer:
    """Show a note above the client's pages."""
    timeline.pin(session(), client_id=client_id, note_id=note_id, by=g.actor)
    flash(gettext("The note stands above every page of this client."), "success")
    return redirect(_address(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/notes/unpin")
@requires(Right.CLIENTS_MANAGE)
def unpin_note(client_id: int) -> Answer:
    """Show none above them."""
    timeline.unpin(session(), client_id=client_id, by=g.actor)
    flash(gettext("The note is on the time line only."), "success")
    return redirect(_address(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/notes/<{ID}:note_id>/remove")
@requires(Right.CLIENTS_MANAGE)
def remove_note(client_id: int, note_id: int) -> Answer:
    """Take a note away."""
    timeline.remove(session(), client_id=client_id, note_id=note_id, by=g.actor)
    flash(gettext("The note is removed."), "success")
    return redirect(_address(client_id), 303)


def _page(client_id: int, *, status: int = 200, form: NoteForm | None = None) -> Response:
    notes_only = request.args.get("show") == "notes"
    found = found_client(client_id)
    events = timeline.of_client(
        session(),
        client_id=found.id,
        notes_only=notes_only,
        below_id=paging.below_id(),
        limit=paging.ASKED,
    )
    shown = paging.cut(events, id_of=lambda each: each.id)
    return client_view(
        "reseller/client_notes.html",
        found,
        "reseller.client_notes",
        status=status,
        form=form or NoteForm(formdata=None),
        rows=[_shown(each, client_id=found.id) for each in shown.rows],
        notes_only=notes_only,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


def _shown(event: Event, *, client_id: int) -> EventShown:
    if event.note is not None:
        note = event.note
        return EventShown(
            id=note.id,
            at=note.at,
            by=note.person_name or gettext("the portal"),
            kind=note.kind,
            text=note.text,
            reason="",
            url="",
            pinned=note.pinned,
        )
    assert event.act is not None
    (row,) = activity_rows.shown([event.act], names={})
    return EventShown(
        id=event.id,
        at=row.at,
        by=row.by,
        kind="act",
        text=row.what,
        reason=row.reason,
        url=_money_url(event.act, client_id=client_id),
        pinned=False,
    )


def _money_url(act: Activity, *, client_id: int) -> str:
    if act.what not in _MONEY or act.about_id is None or not g.actor.can(Right.WALLET_READ):
        return ""
    # The page that has this transaction as its first.
    return url_for(
        "reseller.client_wallet",
        client_id=client_id,
        below=act.about_id + 1,
        _anchor=f"t{act.about_id}",
    )


def _address(client_id: int) -> str:
    return url_for("reseller.client_notes", client_id=client_id)
