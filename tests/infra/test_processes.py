"""Processes are known by number and start, leftovers are found, groups are stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.infra import processes


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


SLEEP = python("import time; time.sleep(60)")
DEAF = python(
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print(flush=True); time.sleep(60)"
)
# Starts a process in its own group, says its number and ends.
ORPHANING = python(
    "import subprocess, sys;"
    " print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
    " stdout=subprocess.DEVNULL).pid, flush=True)"
)

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a process in a group of its own, which is gone afterwards."""
    started: list[subprocess.Popen[str]] = []

    def begin(command: list[str], **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            start_new_session=True,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        processes._signal_groups([process.pid], signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_a_dead_process_is_not_living(start: Start) -> None:
    child = start(SLEEP)
    assert processes.process(child.pid) is not None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, but nobody has asked after it
    assert processes.process(child.pid) is None
    assert child.pid not in {one.pid for one in processes.living()}


def test_a_process_is_the_same_as_long_as_it_lives(start: Start) -> None:
    child = start(SLEEP)
    first, other = processes.process(child.pid), processes.process(os.getpid())
    assert first is not None
    assert other is not None
    assert first == processes.process(child.pid)
    assert first.group == child.pid
    assert first.started != other.started
    assert first in processes.living()


def test_a_number_given_out_again_is_no_leftover(start: Start, tmp_path: Path) -> None:
    child = start(SLEEP)
    record = tmp_path / "web.json"
    processes.remember(record, child.pid)
    content = json.loads(record.read_text())
    record.write_text(json.dumps(content | {"started": "at another time"}))
    assert processes.leftovers([record], data_dir=tmp_path) == set()
    record.write_text(json.dumps(content))
    assert processes.leftovers([record], data_dir=tmp_path) == {child.pid}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "started": "y"}'])
def test_a_broken_record_names_nobody(tmp_path: Path, text: str) -> None:
    record = tmp_path / "web.json"
    record.write_text(text)
    assert processes.leftovers([record], data_dir=tmp_path) == set()


def test_what_carries_the_mark_of_another_folder_is_no_leftover(
    start: Start, tmp_path: Path
) -> None:
    start(SLEEP, **{processes.MARKER: str(tmp_path / "other")})
    child = start(SLEEP, **{processes.MARKER: str(tmp_path)})
    assert processes.leftovers([], data_dir=tmp_path) == {child.pid}


def test_a_group_is_a_leftover_though_its_first_process_is_gone(
    start: Start, tmp_path: Path
) -> None:
    parent = start(ORPHANING, **{processes.MARKER: str(tmp_path)})
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    parent.wait()
    assert processes.leftovers([], data_dir=tmp_path) == {parent.pid}
    processes.stop_groups([parent.pid], grace_seconds=5)
    assert processes.process(orphan) is None


def test_a_group_that_does_not_listen_is_ended(start: Start) -> None:
    deaf = start(DEAF)
    assert deaf.stdout is not None
    deaf.stdout.readline()
    began = time.monotonic()
    processes.stop_groups([deaf.pid], grace_seconds=0.3)
    assert deaf.wait() == -signal.SIGKILL
    assert 0.3 <= time.monotonic() - began < 3


def test_a_group_that_listens_is_not_waited_for(start: Start) -> None:
    child = start(SLEEP)
    began = time.monotonic()
    processes.stop_groups([child.pid], grace_seconds=30)
    assert child.wait() == -signal.SIGTERM
    assert time.monotonic() - began < 5


def test_the_first_signal_stops_and_the_second_does_nothing() -> None:
    with processes.StopSignals():
        with pytest.raises(processes.Stopped):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)


def test_a_signal_waits_for_what_must_not_be_left_half_done() -> None:
    done: list[str] = []
    with processes.StopSignals() as signals:
        with pytest.raises(processes.Stopped):
            _do_all_of_it(signals, done)
        with signals.held_back():
            done.append("and what cleans up")
    assert done == ["all of it", "and what cleans up"]


def test_signals_are_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with processes.StopSignals() as signals:
        assert signal.getsignal(signal.SIGTERM) != before
        signals.ignore()
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_where_there_is_no_proc_ps_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ps = tmp_path / "ps"
    ps.write_text(
        "#!/bin/sh\n"
        "echo '    1     1 Ss   Sat Nov 21 20:01:02 2026'\n"
        "echo '  412   400 S+   Sat Nov 21 21:03:04 2026'\n"
        "echo '  413   400 Z+   Sat Nov 21 21:03:05 2026'\n"
    )
    ps.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(processes, "_PROC", tmp_path / "proc")
    child = processes.Process(pid=412, group=400, started="Sat Nov 21 21:03:04 2026")
    assert processes.living() == [
        processes.Process(pid=1, group=1, started="Sat Nov 21 20:01:02 2026"),
        child,
    ]
    assert processes.process(412) == child
    assert processes.process(413) is None


def _do_all_of_it(signals: processes.StopSignals, done: list[str]) -> None:
    with signals.held_back():
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("all of it")
