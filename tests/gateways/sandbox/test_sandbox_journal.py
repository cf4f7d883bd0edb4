"""The journal of the sandbox: lines are added, and old ones forget whom they were about."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from portal.gateways.sandbox.journal import Entry, Journal

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENTRY = Entry(
    at=NOW.timestamp(), reference="1-2-3", sender="Acme", recipient="+12025550177",
    text="Come at ten", encoding="gsm7", parts=1, answer="accepted",
)  # fmt: skip


def test_old_lines_forget_whom_they_were_about(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    old = replace(ENTRY, at=ENTRY.at - 1, reference="1-1-1")
    journal.add(old)
    journal.add(ENTRY)
    journal.forget(before=NOW)
    journal.add(replace(ENTRY, reference="1-9-9"))

    first, second, third = journal.entries()
    assert first == replace(old, sender="", recipient="", text="")
    assert (second, third.reference) == (ENTRY, "1-9-9")
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "journal"]


def test_a_journal_that_is_not_there_stays_so(tmp_path: Path) -> None:
    Journal(tmp_path / "journal").forget(before=NOW)
    assert list(tmp_path.iterdir()) == []


def test_no_line_is_lost_while_it_is_written_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")

    def add(name: int) -> None:
        for number in range(1, 101):
            journal.add(replace(ENTRY, reference=f"1-{name}-{number}"))

    threads = [threading.Thread(target=add, args=(name,)) for name in (1, 2, 3)]
    for each in threads:
        each.start()
    for _ in range(10):
        journal.forget(before=NOW)
    for each in threads:
        each.join()
    assert len({each.reference for each in journal.entries()}) == 300
