"""What the sandbox was given: one line of JSON for each submission, added and never changed."""

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One submission as it arrived, and what the sandbox answered: accepted, rejected or silent."""

    at: float
    reference: str
    sender: str
    recipient: str
    text: str
    encoding: str
    parts: int
    answer: str


class Journal:
    """A file that any number of worker processes add to, each line in one write."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, entry: Entry) -> None:
        """Write a line; it survives the death of this process, though not of the machine.

        Raises:
            OSError: it could not be written whole, so the submission must not be accepted.
        """
        line = json.dumps(asdict(entry)).encode() + b"\n"
        descriptor = self._held()
        try:
            if os.write(descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, "the journal took half a line", str(self._path))
        finally:
            os.close(descriptor)

    def forget(self, *, before: datetime) -> None:
        """Take sender, number and text out of the lines that were written before a moment.

        Whoever adds a line meanwhile waits; a file that is not there yet stays so.
        """
        if not self._path.exists():
            return
        descriptor = self._held()
        fresh = self._path.with_suffix(".fresh")
        try:
            with open(fresh, "w", encoding="utf-8", opener=_for_owner) as file:
                for entry in self.entries():
                    is_old = entry.at < before.timestamp()
                    kept = replace(entry, sender="", recipient="", text="") if is_old else entry
                    file.write(json.dumps(asdict(kept)) + "\n")
            fresh.replace(self._path)
        finally:
            os.close(descriptor)

    def _held(self) -> int:
        """The file, for this process alone until it is closed; made anew where there is none.

        Opened for each line: it may have been moved away, removed, or written anew.
        """
        while True:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                if os.path.samestat(os.fstat(descriptor), self._path.stat()):
                    return descriptor
            except FileNotFoundError:
                pass  # removed while this one waited: the next try makes it anew
            os.close(descriptor)

    def entries(self) -> Iterator[Entry]:
        """Every line, oldest first; nothing where there is no file yet."""
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as lines:
            for line in lines:
                # A disk that filled up in the middle of a line leaves a torn one.
                if (entry := _read(line)) is not None:
                    yield entry

    def latest(self, reference: str) -> Entry | None:
        """The last line about a reference."""
        found = None
        for entry in self.entries():
            if entry.reference == reference:
                found = entry
        return found


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(line: str) -> Entry | None:
    try:
        values: Any = json.loads(line)
    except ValueError:
        return None
    known = {field.name for field in fields(Entry)}
    return Entry(**values) if isinstance(values, dict) and values.keys() == known else None
