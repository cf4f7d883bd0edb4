"""The embedded server starts, is taken over, survives being killed, and is closed to others."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portal.infra.embedded_postgres import Server
from portal.infra.processes import CannotStart
from tests.builders.open_folder import open_folder


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One data folder for all: making a cluster, or copying one, takes longer than any test."""
    with open_folder() as folder:
        yield folder
        Server(folder).stop(grace_seconds=1)


@pytest.fixture
def server(data_dir: Path) -> Server:
    """The server, running; what it is asked to keep outlives the test."""
    one = Server(data_dir, durable=False, connections_max=20)
    one.start()
    return one


@pytest.fixture
def stopped(server: Server) -> Server:
    """The same, not running, with a cluster in its folder."""
    server.stop()
    return server


@contextmanager
def spoilt(file: Path, content: str | None) -> Iterator[None]:
    """Another content, or no such file, for a while."""
    aside = file.rename(file.with_name("aside"))
    if content:
        file.write_text(content)
    yield
    aside.replace(file)


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres/cluster/postmaster.pid").read_text().split("\n", 1)[0])


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def test_data_of_another_major_version_are_refused(stopped: Server, data_dir: Path) -> None:
    version = data_dir / "postgres/cluster/PG_VERSION"
    with spoilt(version, "12\n"), pytest.raises(CannotStart) as refused:
        stopped.start()
    assert str(refused.value).startswith(
        "The database in the data folder was made by PostgreSQL 12, but here is "
    )
    assert str(refused.value).endswith(
        "; install PostgreSQL 12 again, or move the data over with pg_dump."
    )


def test_damaged_data_are_refused_with_what_the_server_said(
    stopped: Server, data_dir: Path
) -> None:
    settings = data_dir / "postgres/cluster/postgresql.conf"
    with spoilt(settings, "max_connections = many"), pytest.raises(CannotStart) as refused:
        stopped.start()
    assert str(refused.value) == (
        f'The embedded database did not start: configuration file "{settings}" contains errors;'
        f" its log is {data_dir}/postgres/log."
    )
    control = data_dir / "postgres/cluster/global/pg_control"
    with spoilt(control, None), pytest.raises(CannotStart) as refused:
        stopped.start()
    assert str(refused.value) == (
        f'The embedded database did not start: could not open file "{control}" for reading:'
        f" No such file or directory; its log is {data_dir}/postgres/log."
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as somebody else")
def test_a_folder_that_its_user_cannot_enter_is_refused(stopped: Server, data_dir: Path) -> None:
    data_dir.chmod(0o700)
    with pytest.raises(CannotStart) as refused:
        stopped.start()
    data_dir.chmod(0o711)
    assert str(refused.value).endswith(
        f" cannot enter {data_dir}/postgres; name a data folder that others can enter with --data."
    )


def test_there_is_no_address_before_it_runs(data_dir: Path) -> None:
    with pytest.raises(RuntimeError, match="does not run"):
        _ = Server(data_dir).url


def test_the_role_is_no_superuser_and_owns_its_database(server: Server) -> None:
    assert ask(
        server.url,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
        " FROM pg_roles WHERE rolname = current_user",
    ) == ("portal", False, False, False, False, False)
    assert (
        ask(
            server.url,
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
        )
        == "portal"
    )


def test_the_server_listens_on_a_closed_socket_alone(server: Server, data_dir: Path) -> None:
    assert ask(server.url, "SHOW listen_addresses") == ""
    found = (data_dir / "postgres/socket").stat()
    assert stat.S_IMODE(found.st_mode) == 0o700
    assert found.st_uid == (data_dir / "postgres").stat().st_uid
    assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700


def test_it_runs_in_utc_and_utf8_and_sorts_by_code_point(server: Server) -> None:
    assert ask(server.url, "SELECT current_setting('TimeZone'), pg_client_encoding()") == (
        "UTC",
        "UTF8",
    )
    assert ask(server.url, "SELECT array_agg(w ORDER BY w) FROM unnest('{b,a,B,é}'::text[]) w") == [
        "B",
        "a",
        "b",
        "é",
    ]
    assert ask(server.url, "SELECT upper('é')") == "É"


def test_only_tests_do_without_durability(stopped: Server, data_dir: Path) -> None:
    question = (
        "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
        " current_setting('full_page_writes'), current_setting('max_connections')"
    )
    stopped.start()
    assert ask(stopped.url, question) == ("off", "off", "off", "20")
    stopped.stop()
    durable = Server(data_dir)
    durable.start()
    assert ask(durable.url, question) == ("on", "on", "on", "100")


def test_a_killed_server_is_started_again(stopped: Server, data_dir: Path) -> None:
    durable = Server(data_dir)
    durable.start()
    connection = psycopg.connect(durable.url, autocommit=True)
    connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(postmaster(data_dir), signal.SIGKILL)
    durable.start()
    assert ask(durable.url, "SELECT n FROM kept") == 7
    connection.close()


def test_a_running_server_is_taken_over(server: Server, data_dir: Path) -> None:
    before = postmaster(data_dir)
    other = Server(data_dir)
    other.start()
    assert other.url == server.url
    assert postmaster(data_dir) == before
    other.stop()
    assert not server.running


def test_a_note_with_the_number_of_a_stranger_is_no_server(stopped: Server, data_dir: Path) -> None:
    """As after a restart of the machine, when the number has been given to another process."""
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    note = data_dir / "postgres/cluster/postmaster.pid"
    socket = data_dir / "postgres/socket"
    note.write_text(f"{stranger.pid}\n{note.parent}\n1700000000\n5432\n{socket}\n\n  1 2\nready\n")
    (socket / ".s.PGSQL.5432.lock").write_text(note.read_text())
    assert not stopped.running
    stopped.stop()
    assert stranger.poll() is None
    stopped.start()
    assert ask(stopped.url, "SELECT 1") == 1
    stranger.kill()
    stranger.wait()


def test_a_server_that_nobody_can_reach_is_started_anew(server: Server, data_dir: Path) -> None:
    before = postmaster(data_dir)
    (data_dir / "postgres/socket/.s.PGSQL.5432").unlink()
    server.start()
    assert ask(server.url, "SELECT 1") == 1
    assert postmaster(data_dir) != before


def test_a_half_made_cluster_is_made_anew() -> None:
    with open_folder() as folder:
        server = Server(folder, durable=False)
        server._make_folders()
        (folder / "postgres/cluster-unfinished").mkdir()
        (folder / "postgres/cluster-unfinished/PG_VERSION").write_text("18\n")
        server.start()
        assert ask(server.url, "SELECT 1") == 1
        server.stop()


@pytest.mark.parametrize("name", ["long" * 25, "with space, and 'quote'", "ünïcode 100%"])
def test_any_path_will_do(stopped: Server, data_dir: Path, name: str) -> None:
    odd = data_dir / name
    odd.mkdir(mode=0o711)
    shutil.move(data_dir / "postgres", odd)
    server = Server(odd, durable=False)
    server.start()
    assert ask(server.url, "SELECT 1") == 1
    server.stop()
    shutil.move(odd / "postgres", data_dir)
    odd.rmdir()


def test_a_stop_ends_open_transactions_in_time(server: Server) -> None:
    connection = psycopg.connect(server.url)
    connection.execute("SELECT 1")
    began = time.monotonic()
    server.stop(grace_seconds=2)
    assert time.monotonic() - began < 4
    assert not server.running
    connection.close()


def test_a_server_that_does_not_end_cleanly_ends_at_once(server: Server, data_dir: Path) -> None:
    """A smart shutdown waits for clients; told to wait no time, the immediate one follows."""
    process = postmaster(data_dir)
    server.stop(grace_seconds=0)
    assert not server.running
    server.start()
    assert postmaster(data_dir) != process


def test_stopping_what_does_not_run_is_harmless(stopped: Server, data_dir: Path) -> None:
    stopped.stop()
    Server(data_dir / "missing").stop()


def test_databases_are_copied_from_a_template_and_dropped(server: Server) -> None:
    template = server.create_database("template_of_tests")
    with psycopg.connect(template) as connection:
        connection.execute("CREATE TABLE filled AS SELECT 1 AS n")
    copy = server.create_database("copy", template="template_of_tests")
    assert ask(copy, "SELECT n, current_user FROM filled") == (1, "portal")
    with psycopg.connect(copy):
        server.drop_database("copy")
    server.drop_database("copy")
    server.drop_database("template_of_tests")
    with pytest.raises(psycopg.OperationalError, match='"copy" does not exist'):
        psycopg.connect(copy)


def test_a_long_log_is_put_aside(stopped: Server, data_dir: Path) -> None:
    with stopped.log.open("a") as log:
        log.truncate(10_000_001)
    stopped.start()
    assert (data_dir / "postgres/log.old").stat().st_size >= 10_000_001
    assert stopped.log.stat().st_size < 100_000


def test_the_log_does_not_hold_what_people_wrote(server: Server) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE unique_texts (t text UNIQUE)")
        connection.execute("INSERT INTO unique_texts VALUES ('my secret text')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO unique_texts VALUES ('my secret text')")
    log = server.log.read_text()
    assert "duplicate key value violates unique constraint" in log
    assert "my secret text" not in log
