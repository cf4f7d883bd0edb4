"""Keeps a few programs running: starts them, starts them again when they die, stops them all."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from portal.infra import held, processes
from portal.infra.processes import CannotStart

QUICK_SECONDS: Final = 10.0
QUICK_DEATHS_MAX: Final = 5
PAUSE_SECONDS_MIN: Final = 0.5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is to run: its name for people, its command, its whole environment.

    One that is held loads, and goes on once the supervisor releases it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    held: bool = False


@dataclass(kw_only=True)
class _Kept:
    program: Program
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0
    start_again_at: float = 0.0


@dataclass(kw_only=True)
class Supervisor:
    """Runs each program as leader of a session of its own, and writes down which process it is."""

    run_dir: Path
    signals: processes.StopSignals
    _kept: list[_Kept] = field(default_factory=list)
    _rest: Mapping[str, str] | None = None

    def start(self, program: Program) -> None:
        """Start a program and look after it from now on."""
        kept = _Kept(program=program)
        self._kept.append(kept)
        self._spawn(kept)

    def release(self, rest: Mapping[str, str]) -> None:
        """Let all that are held go on, now and when they are started again, with these settings."""
        self._rest = rest
        for kept in self._kept:
            if kept.running is not None and kept.running.stdin is not None:
                kept.started_at = time.monotonic()
                held.release(kept.running.stdin, rest)

    def check(self, *, quick_deaths_max: int = QUICK_DEATHS_MAX) -> None:
        """Start again what has died, each time after a longer pause; to be called often.

        Raises:
            CannotStart: a program died too often, each time soon after its start.
        """
        now = time.monotonic()
        for kept in self._kept:
            if kept.running is None:
                if now >= kept.start_again_at:
                    self._spawn(kept)
            elif (status := kept.running.poll()) is not None:
                # Its own children may go on without it, and hold the port.
                processes.stop_groups([kept.running.pid], grace_seconds=0.5)
                kept.running = None
                self._count_death(kept, status=status, quick_deaths_max=quick_deaths_max)

    def stop(self, *, grace_seconds: float) -> None:
        """Ask all to end at once, and end those that are still there after a while."""
        running = [kept.running for kept in self._kept if kept.running is not None]
        processes.stop_groups({one.pid for one in running}, grace_seconds=grace_seconds)
        for one in running:
            one.wait()
            if one.stdin is not None:
                one.stdin.close()
        for kept in self._kept:
            self._record(kept).unlink(missing_ok=True)
        self._kept.clear()

    def _spawn(self, kept: _Kept) -> None:
        program = kept.program
        with self.signals.held_back():  # a process that we don't know of would never be stopped
            kept.running = subprocess.Popen(
                program.command,
                env=program.environment,
                stdin=subprocess.PIPE if program.held else subprocess.DEVNULL,
                start_new_session=True,
            )
            if kept.running.stdin is not None and self._rest is not None:
                held.release(kept.running.stdin, self._rest)
            kept.started_at = time.monotonic()
            processes.remember(self._record(kept), kept.running.pid)

    def _count_death(self, kept: _Kept, *, status: int, quick_deaths_max: int) -> None:
        now = time.monotonic()
        quick = now - kept.started_at < QUICK_SECONDS
        kept.quick_deaths = kept.quick_deaths + 1 if quick else 1
        if quick and kept.quick_deaths >= quick_deaths_max:
            times = "" if quick_deaths_max == 1 else f" {kept.quick_deaths} times in a row"
            raise CannotStart(
                f"The {kept.program.name} ended{times} right after its start ({_ending(status)});"
                " what it said above tells why."
            )
        pause = PAUSE_SECONDS_MIN * 2 ** (kept.quick_deaths - 1)
        kept.start_again_at = now + pause
        logger.warning(
            "The %s ended (%s); it is started again.", kept.program.name, _ending(status)
        )

    def _record(self, kept: _Kept) -> Path:
        return self.run_dir / f"{kept.program.name.replace(' ', '-')}.json"


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"
