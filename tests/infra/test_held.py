"""A program that is held goes on with what it is told, and ends where nobody tells it anything."""

from __future__ import annotations

import os
import sys

import pytest

from portal.infra import held


def test_nothing_is_read_where_the_command_line_does_not_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["worker"])
    monkeypatch.setattr(sys, "stdin", None)
    held.wait()


def test_it_ends_where_whoever_started_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.close(writes)
    monkeypatch.setattr(sys, "argv", ["worker", held.FLAG])
    with os.fdopen(reads) as waiting:
        monkeypatch.setattr(sys, "stdin", waiting)
        with pytest.raises(SystemExit) as ended:
            held.wait()
    assert ended.value.code == 1


def test_what_it_is_told_is_added_to_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAYS", "1")
    monkeypatch.setenv("CHANGES", "1")
    monkeypatch.setenv("COMES", "1")
    monkeypatch.delenv("COMES")
    reads, writes = os.pipe()
    held.release(os.fdopen(writes, "wb"), {"CHANGES": "2", "COMES": "é=\n"})
    monkeypatch.setattr(sys, "argv", ["worker", held.FLAG])
    with os.fdopen(reads) as waiting:
        monkeypatch.setattr(sys, "stdin", waiting)
        held.wait()
    assert [os.environ[name] for name in ("STAYS", "CHANGES", "COMES")] == ["1", "2", "é=\n"]


def test_one_that_has_ended_is_told_nothing() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    held.release(os.fdopen(writes, "wb"), {"TOLD": "in vain"})
