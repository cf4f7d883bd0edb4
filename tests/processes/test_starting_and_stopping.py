"""One command starts everything and one signal ends it; what cannot be is said in a sentence."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.infra import processes
from portal.infra.embedded_postgres import Server
from tests.builders.open_folder import open_folder
from tests.builders.running import PORTAL, Portal, environment, free_port

# One process of the suite starts these portals, so that each is started once.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

SECRET = "a-secret-of-more-than-32-bytes-Zm9vYmFy"
INSTALLED = {"secret": SECRET, "mail": "smtp://127.0.0.1:25"}
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def refusal(*options: str, wrap: tuple[str, ...] = (), **settings: str) -> str:
    """What `portal up` says before it gives up: one sentence, no trace, nothing left running."""
    done = subprocess.run(
        [*wrap, PORTAL, "up", *options],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode not in {0, -9, -15}, done
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("portal: ")
    return done.stderr.removeprefix("portal: ").strip()


def test_a_port_that_is_taken(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refusal("--demo", "--port", port, "--data", str(folder / "data"))
    assert said == f"Port {port} is taken by another program; choose another with --port."


def test_a_data_folder_that_cannot_be_written(folder: Path) -> None:
    """Root may write anywhere but where nobody may."""
    forbidden = folder / "data"
    forbidden.mkdir(mode=0o555)
    wrap: tuple[str, ...] = ()
    if os.geteuid() == 0:
        wrap = AS_NOBODY if _nobody_may_run_it() else ()
        forbidden = forbidden if wrap else Path("/proc/portal")
    said = refusal("--demo", "--port", str(free_port()), "--data", str(forbidden), wrap=wrap)
    assert said.startswith(f"The data folder {forbidden} cannot be written (")
    assert said.endswith("name another one with --data or PORTAL_DATA_DIR.")


def test_a_database_that_cannot_be_reached(folder: Path) -> None:
    said = refusal(
        "--port", str(free_port()), "--data", str(folder / "data"),
        **INSTALLED, database_url="postgresql://portal:hunter2@127.0.0.1:1/portal",
    )  # fmt: skip
    assert said.startswith("The database at 127.0.0.1:1 cannot be reached (")
    assert "hunter2" not in said


def test_a_database_that_would_show_everything(folder: Path, server: Server) -> None:
    said = refusal(
        "--port", str(free_port()), "--data", str(folder / "data"),
        **INSTALLED, database_url=server.superuser_url,
    )  # fmt: skip
    assert said.startswith("The database role postgres is a superuser, so it would see")


def test_an_empty_database_that_is_no_demonstration(folder: Path, server: Server) -> None:
    url = server.create_database("nothing_in_it")
    said = refusal(
        "--port", str(free_port()), "--data", str(folder / "data"), **INSTALLED, database_url=url
    )
    server.drop_database("nothing_in_it")
    assert said.startswith("The database is empty: run `portal install` to make")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "PORTAL_SECRET is not set; make one with: "),
        ({"secret": "short"}, "PORTAL_SECRET has 5 bytes, but needs at least 32; make one with: "),
        ({"secret": SECRET, "listen_prot": "1"}, "PORTAL_LISTEN_PROT is no setting of the portal"),
    ],
)
def test_settings_that_are_wrong(folder: Path, settings: dict[str, str], says: str) -> None:
    said = refusal("--port", str(free_port()), "--data", str(folder / "data"), **settings)
    assert said.startswith(says)


def test_a_signal_ends_everything_within_five_seconds(folder: Path) -> None:
    portal = Portal(folder / "data", settings={"web_workers": "2", "worker_count": "2"})
    try:
        assert portal.start() < 60
        assert portal.stop() < 5
        assert portal.groups() == set()
        assert not Server(portal.data_dir).running
        assert portal.start() < 60  # five on a machine that does nothing else
        assert portal.ask("GET", "/readyz").status == 200
        assert portal.stop() < 5
        assert [one for one in processes.living() if one.group in portal.groups()] == []
    finally:
        portal.clear_away()


def _nobody_may_run_it() -> bool:
    """Whether a user without rights may enter the checkout and its Python."""
    try:
        done = subprocess.run([*AS_NOBODY, PORTAL, "--help"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
