"""The time line of a client: notes and acts in one list, one of them pinned."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.accounts import clients, timeline
from portal.accounts.client_models import ClientNote
from portal.accounts.timeline import Kind
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from tests.cast import Cast


def note(session: ResellerSession, cast: Cast, text: str) -> ClientNote:
    return timeline.add(
        session, client_id=cast.alice.client_id, kind=Kind.NOTE, text=text, by=cast.sam
    )


@pytest.mark.parametrize(("kind", "text"), [("gossip", "x"), ("note", "  ")])
def test_what_is_no_note_is_none(
    session: ResellerSession, cast: Cast, kind: str, text: str
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a mistake of ours, with no words of its own
        timeline.add(session, client_id=cast.alice.client_id, kind=kind, text=text, by=cast.sam)


def test_notes_are_of_ones_own_clients(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotFound):
        timeline.add(session, client_id=cast.berta.client_id, kind="note", text="x", by=cast.sam)
    other = note(session, cast, "x")
    for act in (timeline.pin, timeline.remove):
        with pytest.raises(NotFound):
            act(session, client_id=cast.henry.client_id, note_id=other.id, by=cast.sam)
        with pytest.raises(NotFound):
            act(session, client_id=cast.alice.client_id, note_id=7, by=cast.sam)


def test_notes_and_acts_stand_in_one_list(session: ResellerSession, cast: Cast) -> None:
    first = note(session, cast, "Calls on Mondays")
    clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="spam")
    session.flush()
    asked = timeline.add(
        session, client_id=cast.alice.client_id, kind="asked", text="Why?", by=cast.alice.owner
    )
    found = timeline.of_client(session, client_id=cast.alice.client_id)
    assert found[0].id == asked.id
    assert next(each.act.what for each in found if each.act) == "client.suspended"
    assert [each.note.text for each in found if each.note] == ["Why?", "Calls on Mondays"]
    only = timeline.of_client(session, client_id=cast.alice.client_id, notes_only=True, limit=1)
    assert [each.id for each in only] == [asked.id]
    older = timeline.of_client(
        session, client_id=cast.alice.client_id, notes_only=True, below_id=asked.id
    )
    assert [each.id for each in older] == [first.id]


def test_one_note_at_most_is_pinned(session: ResellerSession, cast: Cast) -> None:
    first, second = note(session, cast, "one"), note(session, cast, "two")
    alice = cast.alice.client_id
    for each in (first, second):
        timeline.pin(session, client_id=alice, note_id=each.id, by=cast.sam)
    session.expire_all()
    found = timeline.pinned(session, client_id=alice)
    assert found is not None
    assert found.id == second.id
    also = update(ClientNote).where(ClientNote.id == first.id).values(pinned=True)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(also)
    session.refresh(first)
    timeline.unpin(session, client_id=alice, by=cast.sam)
    session.expire_all()
    assert timeline.pinned(session, client_id=alice) is None


def test_a_note_that_is_removed_leaves_that_it_was_there(
    session: ResellerSession, cast: Cast
) -> None:
    made = note(session, cast, "a secret")
    timeline.remove(session, client_id=cast.alice.client_id, note_id=made.id, by=cast.sam)
    session.flush()
    (latest, *_) = timeline.of_client(session, client_id=cast.alice.client_id)
    assert latest.act is not None
    assert latest.act.what == "client.note_removed"
    assert "secret" not in str(latest.act.details)
