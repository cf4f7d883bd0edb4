"""Programs are started again when they die, given up when they die too often, and stopped."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.infra import held, processes, supervisor
from portal.infra.processes import CannotStart
from portal.infra.supervisor import Program, Supervisor


def program(code: str, *, name: str = "web server") -> Program:
    command = [sys.executable, "-c", code]
    return Program(name=name, command=command, environment=dict(os.environ))


SLEEPING = program("import time; time.sleep(60)")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(supervisor, "PAUSE_SECONDS_MIN", 0.01)
    with processes.StopSignals() as signals:
        one = Supervisor(run_dir=tmp_path, signals=signals)
        yield one
        one.stop(grace_seconds=1)


def check_for(kept: Supervisor, *, seconds: float = 20, quick_deaths_max: int = 5) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        kept.check(quick_deaths_max=quick_deaths_max)
        time.sleep(0.01)


def pid_of(kept: Supervisor) -> int:
    (one,) = kept._kept
    return one.running.pid if one.running else 0


def test_what_dies_at_once_again_and_again_is_given_up(kept: Supervisor) -> None:
    kept.start(program("raise SystemExit(7)"))
    with pytest.raises(CannotStart) as refused:
        check_for(kept)
    assert str(refused.value) == (
        "The web server ended 5 times in a row right after its start (exit status 7);"
        " what it said above tells why."
    )


def test_before_it_was_ever_ready_once_is_enough(kept: Supervisor) -> None:
    kept.start(program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    with pytest.raises(CannotStart, match=r"ended right after its start \(signal 9\)"):
        check_for(kept, quick_deaths_max=1)


def test_what_dies_is_started_again(kept: Supervisor) -> None:
    kept.start(SLEEPING)
    first = pid_of(kept)
    os.kill(first, signal.SIGKILL)
    end = time.monotonic() + 20
    while pid_of(kept) in {0, first} and time.monotonic() < end:
        kept.check()
        time.sleep(0.01)
    assert pid_of(kept) not in {0, first}
    assert processes.process(pid_of(kept)) is not None


def test_a_death_after_a_long_life_is_the_first_again(
    kept: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "QUICK_SECONDS", 0.0)
    kept.start(program("raise SystemExit(7)"))
    check_for(kept, seconds=1)
    assert kept._kept[0].quick_deaths == 1


def test_the_children_of_the_dead_go_too(kept: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = "import time; time.sleep(60)"
    kept.start(
        program(
            "import pathlib, subprocess, sys, time;"
            f" child = subprocess.Popen([sys.executable, '-c', {child!r}]);"
            f" pathlib.Path({str(note)!r}).write_text(str(child.pid) + '.');"
            " time.sleep(60)"
        )
    )
    while not (note.exists() and note.read_text().endswith(".")):
        time.sleep(0.01)
    orphan = int(note.read_text().rstrip("."))
    note.unlink()
    os.kill(pid_of(kept), signal.SIGKILL)
    check_for(kept, seconds=1)
    assert processes.process(orphan) is None


def test_each_is_written_down_while_it_is_looked_after(kept: Supervisor, tmp_path: Path) -> None:
    kept.start(SLEEPING)
    kept.start(program("import time; time.sleep(60)", name="worker 2"))
    records = sorted(tmp_path.glob("*.json"))
    assert [record.name for record in records] == ["web-server.json", "worker-2.json"]
    pids = {one.running.pid for one in kept._kept if one.running}
    assert processes.leftovers(records, data_dir=tmp_path) == pids
    kept.stop(grace_seconds=5)
    assert list(tmp_path.glob("*.json")) == []
    assert [processes.process(pid) for pid in pids] == [None, None]


def held_program(note: Path) -> Program:
    """It writes down what it was told, after it was told."""
    code = (
        "import os, pathlib, time; from portal.infra import held;"
        f" held.wait(); pathlib.Path({str(note)!r}).write_text(os.environ['TOLD'] + '.');"
        " time.sleep(60)"
    )
    held_one = program(code)
    return replace(held_one, command=[*held_one.command, held.FLAG], held=True)


def wait_for(note: Path) -> str:
    end = time.monotonic() + 30
    while not (note.exists() and note.read_text().endswith(".")):
        assert time.monotonic() < end
        time.sleep(0.01)
    return note.read_text()


def test_what_is_held_goes_on_when_it_is_released(kept: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "note"
    kept.start(held_program(note))
    time.sleep(0.5)
    assert not note.exists()
    kept.release({"TOLD": "the rest"})
    assert wait_for(note) == "the rest."


def test_what_is_started_again_is_told_the_same_at_once(kept: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "note"
    kept.start(held_program(note))
    kept.release({"TOLD": "the rest"})
    wait_for(note)
    note.unlink()
    os.kill(pid_of(kept), signal.SIGKILL)
    check_for(kept, seconds=0.5)
    assert wait_for(note) == "the rest."


def test_what_ended_while_it_was_held_is_missed_after_the_release(kept: Supervisor) -> None:
    kept.start(replace(program("raise SystemExit(7)"), held=True))
    running = kept._kept[0].running
    assert running is not None
    running.wait()
    kept.release({})
    with pytest.raises(CannotStart, match=r"ended right after its start \(exit status 7\)"):
        check_for(kept, quick_deaths_max=1)
