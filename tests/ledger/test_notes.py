"""Whatever people wrote beside transfers of an account that has to be forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import notes
from tests.builders.yen import opened, pay


def written(session: ResellerSession, made: list[int]) -> dict[int, Any]:
    rows = session.execute(
        text("SELECT transfer_id, description FROM transfer_notes WHERE transfer_id = ANY(:ids)"),
        {"ids": made},
    )
    return dict(rows.all())


def test_those_of_both_directions_are_erased_and_no_others(session: ResellerSession) -> None:
    jane = ids.new()
    mine, other = opened(session, owner_id=jane), opened(session)
    into = pay(session, mine, 10, words="Cash of Jane").id
    out = pay(session, mine, -4, words="Letter to Jane").id
    kept = pay(session, other, 7, words="Cash of Joe").id

    assert [notes.erase(session, owner_ids=[jane]) for _ in range(2)] == [2, 0]

    assert written(session, [into, out, kept]) == {kept: "Cash of Joe"}


def test_a_batch_at_a_time(session: ResellerSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "BATCH", 2)
    jane = ids.new()
    mine = opened(session, owner_id=jane)
    for _ in range(3):
        pay(session, mine, 10, words="Cash of Jane")
    assert [notes.erase(session, owner_ids=[jane]) for _ in range(3)] == [2, 1, 0]
