"""Finds and stops the first process of a PostgreSQL server, by the note in its data."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portal.infra import processes

_PROC = Path("/proc")
_POLL_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class Postmaster:
    """The first process of the server whose data lie in `cluster`, run by the user `uid`."""

    cluster: Path
    uid: int

    def pid(self) -> int | None:
        """Its number, if it lives and is this folder's: numbers are given out again."""
        lines = self._note()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        return pid if processes.process(pid) is not None and self._is_ours(pid) else None

    def socket_dir(self) -> Path | None:
        """Where it listens, if it lives and has come so far."""
        lines = self._note()
        return Path(lines[4]) if self.pid() is not None and len(lines) > 4 else None

    def await_note(self, *, seconds: float) -> None:
        """Wait until a server that was just started has said which process it is."""
        end = time.monotonic() + seconds
        while self.pid() is None and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)

    def stop(self, *, grace_seconds: float) -> None:
        """Ask it to end cleanly; after that time, at once: it mends its data when it starts."""
        if not self._end(signal.SIGINT, seconds=grace_seconds):
            self._end(signal.SIGQUIT, seconds=5)

    def clear_way(self, *, lock: Path) -> None:
        """Remove the note of a dead server, and the lock of its socket, once nothing of it is left.

        Their number may be a stranger's by now, and PostgreSQL would take the stranger for a server
        that still runs. When a first process is killed the others end too, but not at once; until
        they have, PostgreSQL is right to refuse, and the files are left alone.
        """
        if not (_PROC / "self/cwd").exists():
            return
        end = time.monotonic() + 10
        while any(self._is_ours(one.pid) for one in processes.living()):
            if time.monotonic() > end:
                return
            time.sleep(_POLL_SECONDS)
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        lock.unlink(missing_ok=True)

    def _note(self) -> list[str]:
        """PostgreSQL's own lines: process, data folder, start, port, folder of the socket."""
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _is_ours(self, pid: int) -> bool:
        """Whether a process is a part of this server: of its user, and at home in its folder."""
        if not (_PROC / "self/cwd").exists():
            return True  # this system doesn't tell, so PostgreSQL's own note has to do
        place = _PROC / str(pid)
        try:
            return (
                place.stat().st_uid == self.uid
                and (place / "cwd").readlink() == self.cluster.resolve()
            )
        except OSError:
            return False

    def _end(self, number: signal.Signals, *, seconds: float) -> bool:
        pid = self.pid()
        if pid is None:
            return True
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        end = time.monotonic() + seconds
        while processes.process(pid) is not None:
            if time.monotonic() > end:
                return False
            time.sleep(_POLL_SECONDS)
        return True
