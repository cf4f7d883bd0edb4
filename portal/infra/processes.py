"""Knows the machine's processes: which are living, which are ours, and how to stop a group of them.

A number alone names no process for long, since the system gives it to another one later. A process
is known by its number together with the moment it was started.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Self

# Every process that is started for a data folder has that folder in this variable of its
# environment, and its children inherit it. (It isn't called PORTAL_…: those are settings.)
MARKER: Final = "SMS_PORTAL_DATA"

_PROC: Final = Path("/proc")
_POLL_SECONDS: Final = 0.03


class CannotStart(Exception):
    """Something cannot be started; the text says what, why and how to mend it, in a sentence."""


class Stopped(BaseException):
    """Somebody asked this process to stop."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """One living process; dead ones that nobody has asked after (zombies) don't count."""

    pid: int
    group: int
    started: str
    """When it was started, in words of the system's own; only good for comparing."""


def living() -> list[Process]:
    """All processes of the machine that this one may see."""
    return list(_from_proc() if (_PROC / "self/stat").exists() else _from_ps())


def process(pid: int) -> Process | None:
    """The living process of this number."""
    if (_PROC / "self/stat").exists():
        return _read_stat(_PROC / str(pid))
    return next((one for one in living() if one.pid == pid), None)


def remember(record: Path, pid: int) -> None:
    """Write down which process this is, so that `leftovers` finds it after a crash of ours."""
    known = process(pid)
    if known is not None:
        record.write_text(json.dumps({"pid": pid, "started": known.started}) + "\n")


def leftovers(records: Iterable[Path], *, data_dir: Path) -> set[int]:
    """The process groups that an earlier run has left: by its records, and by their environment.

    The environment finds those too whose first process is gone; not every system shows it.
    """
    ours = os.getpgrp()
    table = living()
    recorded = {key for record in records if (key := _recorded(record)) is not None}
    mark = os.fsencode(f"{MARKER}={data_dir}")
    return {
        one.group
        for one in table
        if one.group != ours
        and ((one.group == one.pid and (one.pid, one.started) in recorded) or _carries(one, mark))
    }


def stop_groups(groups: Iterable[int], *, grace_seconds: float) -> None:
    """Ask all processes of these groups to end; end those that are still there after a while."""
    wanted = set(groups)
    _signal_groups(wanted, signal.SIGTERM)
    end = time.monotonic() + grace_seconds
    while wanted and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
        wanted &= {one.group for one in living()}
    _signal_groups(wanted, signal.SIGKILL)


class StopSignals:
    """While this is entered, SIGTERM, SIGINT and SIGHUP raise `Stopped`, the first one alone."""

    def __init__(self) -> None:
        self._asked = False
        self._shields = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() gave it takes

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """What must not be left half done: a signal waits until this is left."""
        asked_before = self._asked
        self._shields += 1
        try:
            yield
        finally:
            self._shields -= 1
        if self._asked and not asked_before and not self._shields:
            raise Stopped

    def ignore(self) -> None:
        """From now on a signal changes nothing: the end has begun anyway."""
        self._asked = True

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        first, self._asked = not self._asked, True
        if first and not self._shields:
            raise Stopped


def _signal_groups(groups: Iterable[int], number: signal.Signals) -> None:
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)


def _recorded(record: Path) -> tuple[int, str] | None:
    try:
        content = json.loads(record.read_text())
        return int(content["pid"]), str(content["started"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a crash cut it short: then the environment has to do


def _carries(one: Process, mark: bytes) -> bool:
    try:
        return mark in (_PROC / str(one.pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False  # not ours to read, or just gone


def _from_proc() -> Iterator[Process]:
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (found := _read_stat(folder)) is not None:
            yield found


def _read_stat(folder: Path) -> Process | None:
    """Read proc(5)'s stat; the name in its second field may hold anything, even brackets."""
    try:
        fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] in "ZX":
        return None
    # Counted in ticks since the machine was started, so the same number may come again after that.
    return Process(pid=int(folder.name), group=int(fields[2]), started=f"{_boot_id()} {fields[19]}")


def _boot_id() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _from_ps() -> Iterator[Process]:
    """Where there is no /proc (macOS), ps knows; to the second, which has to do."""
    command = ["ps", "-A", "-o", "pid=,pgid=,stat=,lstart="]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in answer.stdout.splitlines():
        pid, group, state, started = line.split(maxsplit=3)
        if not state.startswith("Z"):
            yield Process(pid=int(pid), group=int(group), started=started)
