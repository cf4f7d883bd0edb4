"""`portal demo reset` makes a demonstration anew, and touches nothing that is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portal.cli import demo_facts
from portal.cli.main import main
from portal.infra import data_folder
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from tests.builders.open_folder import open_folder

pytestmark = pytest.mark.processes

SECRET = "demo-secret"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder, with no setting that leads elsewhere."""
    for name in ("PORTAL_DATABASE_URL", "PORTAL_SECRET", "PORTAL_DATA_DIR", "PORTAL_DEMO"):
        monkeypatch.delenv(name, raising=False)
    with open_folder() as made:
        (made / "run").mkdir()
        yield made


@pytest.fixture
def lived_in(folder: Path) -> Path:
    """A demonstration in which something was done, and which has ended."""
    (folder / SECRET).write_text("s" * 43)
    (folder / demo_facts.FACTS_FILE).write_text('{"made": "first"}')
    (folder / "mail").mkdir()
    (folder / "mail" / "one.eml").write_text("Subject: Hello")
    (folder / "sandbox.jsonl").write_text("{}\n")
    (folder / "own-notes.txt").write_text("not the portal's")
    server = Server(folder)
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE resellers (done int)")
        connection.execute("INSERT INTO resellers VALUES (1)")
    server.stop()
    return folder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """What a demonstration was made with; making one takes too long for a test of its own."""
    asked: list[Settings] = []

    def ensure(database: Database, settings: Settings) -> dict[str, Any]:
        with database.across_resellers() as session:
            assert not demo_facts.resellers.any_exist(session)
        asked.append(settings)
        return {}

    monkeypatch.setattr(demo_facts, "ensure", ensure)
    return asked


def reset(folder: Path) -> int:
    return main(["demo", "reset", "--data", str(folder)])


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("present", [(), (SECRET,), (demo_facts.FACTS_FILE,)])
def test_what_is_no_demonstration_is_not_touched(
    folder: Path, made: list[Settings], capsys: pytest.CaptureFixture[str], present: tuple[str, ...]
) -> None:
    for name in present:
        (folder / name).write_text("x")
    (folder / "mail").mkdir()
    (folder / "mail" / "one.eml").write_text("Subject: Hello")
    before = contents(folder)
    assert reset(folder) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"portal: There is no demonstration in {folder}: nothing was touched.")
    assert (contents(folder), made) == (before, [])


def test_a_folder_that_is_not_there_is_not_made(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reset(folder / "nowhere") == 1
    assert "There is no demonstration" in capsys.readouterr().err
    assert not (folder / "nowhere").exists()


def test_an_installation_with_settings_of_its_own_is_not_touched(
    folder: Path,
    made: list[Settings],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for word in (SECRET, demo_facts.FACTS_FILE):
        (folder / word).write_text("s" * 43)
    before = contents(folder)
    for name, value, why in (
        ("PORTAL_DATABASE_URL", "postgresql://u@db.example/portal", "PORTAL_DATABASE_URL is not"),
        ("PORTAL_SECRET", "4f9d-a-secret-of-more-than-32-bytes-71c2", "There is no demonstration"),
    ):
        with monkeypatch.context() as environment:
            environment.setenv(name, value)
            assert reset(folder) == 1
        assert why in capsys.readouterr().err
    assert (contents(folder), made) == (before, [])


def test_while_it_runs_it_is_refused(
    folder: Path, made: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    for word in (SECRET, demo_facts.FACTS_FILE):
        (folder / word).write_text("s" * 43)
    with data_folder.ruled(folder):
        assert reset(folder) == 1
    assert "is already running" in capsys.readouterr().err
    assert made == []


def test_everything_is_as_at_first(
    lived_in: Path, made: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    (lived_in / "run" / "port").write_text("8123\n")
    assert reset(lived_in) == 0
    assert "is as it was at first" in capsys.readouterr().out
    [settings] = made
    assert (settings.demo, settings.secret, settings.listen_port) == (True, "s" * 43, 8123)
    assert not (lived_in / "mail").exists()
    assert not (lived_in / "sandbox.jsonl").exists()
    assert (lived_in / "own-notes.txt").read_text() == "not the portal's"
    server = Server(lived_in)
    assert not server.running
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            found = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
        assert found == (1,)
    finally:
        server.stop()


def test_a_database_that_was_left_running_is_reset_too(
    lived_in: Path, made: list[Settings]
) -> None:
    server = Server(lived_in)
    server.start()
    try:
        assert reset(lived_in) == 0
    finally:
        server.stop()
    assert len(made) == 1
