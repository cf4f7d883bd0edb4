"""`portal up` starts everything, says so, restarts what dies, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from portal.cli import main
from portal.infra import data_folder, listening, processes
from portal.infra.embedded_postgres import Server
from tests.builders.open_folder import open_folder
from tests.cli import stand_in

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
SECRET = "4f9d-a-secret-of-more-than-32-bytes-71c2"
INSTALLED = {"PORTAL_SECRET": SECRET, "PORTAL_MAIL": "smtp://127.0.0.1:25"}


@dataclass
class Run:
    """One run of the command."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    facts: Path
    out: Path
    err: Path

    def until_ready(self) -> Run:
        end = time.monotonic() + 120  # two seconds on an idle machine
        while not self.facts.exists() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        assert self.facts.exists(), self.err.read_text()
        return self

    def ended(self) -> tuple[int, str, str]:
        status = self.process.wait(timeout=60)
        return status, self.out.read_text(), self.err.read_text()

    def pid(self, name: str) -> int:
        record = data_folder.run_dir(self.data_dir) / f"{name}.json"
        pid: int = json.loads(record.read_text())["pid"]
        return pid

    def web_process(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/") as answer:
            return int(answer.read())

    def children(self) -> set[int]:
        """All processes of the programs, also those that have lost their first one."""
        groups = processes.leftovers([], data_dir=self.data_dir)
        return {one.pid for one in processes.living() if one.group in groups}


Up = Callable[..., Run]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "data"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def up(data_dir: Path, port: int, tmp_path: Path) -> Iterator[Up]:
    """Start the command as a process."""
    started: list[Run] = []

    def start(**environment: str) -> Run:
        facts = tmp_path / "facts.json"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
        options = ["--data", str(data_dir), "--port", str(port)]
        if "PORTAL_SECRET" not in environment:
            options += ["--demo", "--facts", str(facts)]
        # Into files: whoever is left after a kill would hold a pipe open.
        out, err = (tmp_path / f"{name}{len(started)}" for name in ("out", "err"))
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, str(stand_in.__file__), "up", *options],
                env={**inherited, "PYTHONPATH": str(ROOT), **environment},
                stdout=stdout,
                stderr=stderr,
            )
        run = Run(process=process, port=port, data_dir=data_dir, facts=facts, out=out, err=err)
        started.append(run)
        return run

    yield start
    for run in started:
        run.process.terminate()
        run.process.wait(timeout=120)
    processes.stop_groups(processes.leftovers([], data_dir=data_dir), grace_seconds=1)
    Server(data_dir).stop()


@pytest.fixture
def refusal(
    data_dir: Path,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Run the command here, which is quicker, and be told what it said before it ended."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    for module, name, replacement in stand_in.REPLACED:
        monkeypatch.setattr(module, name, replacement)

    def run(*options: str, demo: bool = True, **environment: str) -> str:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        words = ["up", "--data", str(data_dir), "--port", str(port), *options]
        status = main.main([*words, "--demo"] if demo else words)
        said, refused = capfd.readouterr()
        assert (status, said, refused.count("\n")) == (1, "", 1)
        assert not Server(data_dir).running
        assert processes.leftovers([], data_dir=data_dir) == set()
        return refused

    return run


def test_a_taken_port_is_refused(refusal: Callable[..., str], port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        said = refusal()
    assert said == f"portal: Port {port} is taken by another program; choose another with --port.\n"


def test_a_data_folder_that_cannot_be_written_is_refused(
    refusal: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    assert refusal("--data", f"{tmp_path}/file") == (
        f"portal: The data folder {tmp_path}/file cannot be written (File exists);"
        " mend its permissions, or name another one with --data or PORTAL_DATA_DIR.\n"
    )


def test_a_database_that_does_not_answer_is_refused(refusal: Callable[..., str]) -> None:
    said = refusal(PORTAL_DATABASE_URL="postgresql://portal@127.0.0.1:1/portal")
    assert said.startswith("portal: The database at 127.0.0.1:1 cannot be reached (")


def test_a_superuser_is_refused(refusal: Callable[..., str], server: Server) -> None:
    said = refusal(PORTAL_DATABASE_URL=server.superuser_url)
    assert said.startswith("portal: The database role postgres is a superuser, so")


def test_a_weak_secret_is_refused_outside_of_a_demonstration(refusal: Callable[..., str]) -> None:
    said = refusal(demo=False, PORTAL_SECRET="weak")
    assert said.startswith("portal: PORTAL_SECRET has 4 bytes, but needs at least 32;")


def test_mail_that_goes_nowhere_is_refused_outside_of_a_demonstration(
    refusal: Callable[..., str],
) -> None:
    said = refusal(demo=False, PORTAL_SECRET=SECRET)
    assert said.startswith("portal: PORTAL_MAIL must be smtp://user:password@host:587, ")


def test_facts_without_a_demonstration_are_refused(
    refusal: Callable[..., str], tmp_path: Path
) -> None:
    assert refusal("--facts", str(tmp_path / "facts"), demo=False, **INSTALLED) == (
        "portal: Only a demonstration has facts to write: add --demo, or leave --facts.\n"
    )


def test_an_empty_database_is_to_be_installed(refusal: Callable[..., str]) -> None:
    assert refusal(demo=False, STAND_IN_EMPTY="yes", **INSTALLED) == (
        "portal: The database is empty: run `portal install` to make the first operator and"
        " reseller, or start a demonstration with `portal up --demo`.\n"
    )


def test_a_worker_that_dies_at_its_start_ends_it_all(refusal: Callable[..., str]) -> None:
    assert refusal(STAND_IN_WORKER_DIES="yes") == (
        "portal: The worker ended right after its start (exit status 3);"
        " what it said above tells why.\n"
    )


def test_an_installed_portal_starts_without_facts(up: Up) -> None:
    run = up(**INSTALLED)
    end = time.monotonic() + 120
    while not run.out.read_text() and run.process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    assert run.out.read_text() == (
        f"The portal listens on 127.0.0.1:{run.port} for https:// addresses;"
        f" its data are in {run.data_dir}.\n"
    ), run.err.read_text()


def test_two_do_not_share_a_data_folder(
    up: Up, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    first = up().until_ready()
    monkeypatch.delenv("PORTAL_TEST_NO_SKIPS", raising=False)
    assert main.main(["up", "--demo", "--data", str(data_dir), "--port", str(first.port)]) == 1
    assert capfd.readouterr() == (
        "",
        (
            f"portal: A portal is already running with the data folder {data_dir};"
            " stop it first, or name another folder with --data.\n"
        ),
    )
    assert first.web_process() in first.children()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_in_time(up: Up, number: signal.Signals) -> None:
    run = up().until_ready()
    facts = json.loads(run.facts.read_text())
    assert facts == {
        "address": f"127.0.0.1:{run.port}",
        "mail": f"folder:{run.data_dir}/mail",
    }
    assert stat.S_IMODE(run.facts.stat().st_mode) == 0o600
    assert run.web_process() in run.children()
    began = time.monotonic()
    run.process.send_signal(number)
    assert run.ended() == (0, f"Ready {facts}\n", "")
    assert time.monotonic() - began < 5
    assert run.children() == set()
    assert not Server(run.data_dir).running
    assert list(data_folder.run_dir(run.data_dir).glob("*.json")) == []


def test_a_worker_that_does_not_listen_is_stopped_in_time(up: Up) -> None:
    run = up(STAND_IN_WORKER_DEAF="yes").until_ready()
    began = time.monotonic()
    run.process.terminate()
    assert run.ended()[0] == 0
    assert time.monotonic() - began < 5
    assert run.children() == set()


def test_a_signal_in_the_middle_of_the_start_stops_it(up: Up, data_dir: Path) -> None:
    for seconds in (1.0, 2.0):
        run = up()
        time.sleep(seconds)
        run.process.terminate()
        status, _, refused = run.ended()
        # Before Python has come to our first line, the signal does what it always does.
        assert status in {0, -signal.SIGTERM}, refused
        assert run.children() == set()
        assert not Server(data_dir).running


def test_after_a_kill_the_next_start_stops_what_was_left(up: Up) -> None:
    first = up().until_ready()
    left = first.children()
    first.process.kill()
    first.process.wait()
    assert len(left) >= 4  # the server's first process, two of its workers, and the worker
    assert first.children() == left
    first.facts.unlink()
    second = up().until_ready()
    assert second.children().isdisjoint(left)
    assert second.web_process() in second.children()
    second.process.terminate()
    status, said, _ = second.ended()
    assert status == 0
    assert said.startswith("Stopping what an earlier run has left behind.\nReady ")


def test_what_is_killed_is_started_again(up: Up, data_dir: Path) -> None:
    run = up().until_ready()
    note = data_dir / "postgres/cluster/postmaster.pid"

    def numbers() -> set[int]:
        with suppress(OSError, ValueError):
            database = int(note.read_text().split("\n", 1)[0])
            return {run.pid("web-server"), run.pid("worker"), database}
        return set()

    before = numbers()
    for number in before:
        os.kill(number, signal.SIGKILL)
    end = time.monotonic() + 40
    while (not numbers() or numbers() & before) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(numbers() - before) == 3
    while not listening.answers("127.0.0.1", run.port, path="/") and time.monotonic() < end:
        time.sleep(0.05)
    assert run.web_process() in run.children()
    server = Server(data_dir)
    assert server.attach()
    psycopg.connect(server.url).close()
    run.process.terminate()
    assert run.ended()[0] == 0
    assert run.children() == set()
