"""Runs the PostgreSQL server that lives in the data folder: no service, no network, no root."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.infra import postgres_binaries, postgres_socket
from portal.infra.postgres_binaries import Binaries
from portal.infra.postgres_socket import PORT, socket_in
from portal.infra.postmaster import Postmaster
from portal.infra.processes import CannotStart

ROLE: Final = "portal"
DATABASE: Final = "portal"
_SUPERUSER: Final = "postgres"
_START_SECONDS_MAX: Final = 120  # after a crash the log is replayed first
_LOG_BYTES_MAX: Final = 10_000_000


class Server:
    """A PostgreSQL server, its data and its socket in the `postgres` folder of a data folder.

    Root starts it as a user without rights, whom the `postgres` folder then belongs to; the data
    folder itself has to let that user pass. Anybody else starts it as themselves.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, connections_max: int = 100) -> None:
        self.folder = data_dir.absolute() / "postgres"
        self.log = self.folder / "log"
        self._cluster = self.folder / "cluster"
        self._account = postgres_binaries.account(owner_of=self.folder)
        self._postmaster = Postmaster(cluster=self._cluster, uid=self._account.uid)
        self._durable = durable
        self._connections_max = connections_max
        self._socket_dir: Path | None = None
        self._launching = False
        self._log_read = 0

    @property
    def url(self) -> str:
        """The portal's database, as the role that owns it; row security holds for that role."""
        return self.database_url(DATABASE)

    def database_url(self, database: str, *, role: str = ROLE) -> str:
        """A database of this server, once it runs."""
        if self._socket_dir is None:
            raise RuntimeError("the server does not run")
        host = quote(str(self._socket_dir), safe="")
        return f"postgresql://{role}@/{database}?host={host}&port={PORT}"

    @property
    def superuser_url(self) -> str:
        """The server as its superuser, for setting up and for tests; row security is off for it."""
        return self.database_url("postgres", role=_SUPERUSER)

    @property
    def running(self) -> bool:
        """Whether the server's process lives."""
        return self._postmaster.pid() is not None

    def start(self) -> None:
        """Start the server, or take over one that still runs; make role and database if missing.

        Raises:
            CannotStart: with a sentence that says why not.
        """
        self._make_folders()
        binaries = postgres_binaries.runnable_by(
            self._account,
            postgres_binaries.choose(major=self._major()),
            copies_dir=self.folder,
        )
        if not self._cluster.is_dir():
            self._initdb(binaries)
        if not self._accepts_connections():
            socket_dir = postgres_socket.make_folder(self.folder, owner=self._account)
            self._postmaster.clear_way(lock=postgres_socket.lock_in(socket_dir))
            self._launch(binaries, socket_dir=socket_dir)
            if not self._accepts_connections():
                raise self._did_not_start("it ended right after its start")
        self._make_role_and_database()

    def attach(self) -> bool:
        """Find the socket of a server that runs already; False where none does."""
        self._socket_dir = self._postmaster.socket_dir()
        return self._socket_dir is not None

    def stop(self, *, grace_seconds: float = 10) -> None:
        """Stop it if it runs: cleanly in that time, else at once; neither loses anything."""
        if self._launching:  # whoever stops it in the middle of its start must not miss it
            self._postmaster.await_note(seconds=1)
        socket_dir, self._socket_dir = self._postmaster.socket_dir(), None
        self._postmaster.stop(grace_seconds=grace_seconds)
        if socket_dir is not None and socket_dir.parent != self.folder:
            with suppress(OSError):  # not empty: the server didn't end
                socket_dir.rmdir()

    def create_database(self, name: str, *, template: str = "template0") -> str:
        """Make a database that the portal's role owns, as a copy of a template; returns its URL."""
        # Copying files is the quicker way where nothing has to survive a crash.
        strategy = "wal_log" if self._durable else "file_copy"
        self._execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
                sql.Identifier(name),
                sql.Identifier(ROLE),
                sql.Identifier(template),
                sql.Identifier(strategy),
            )
        )
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, whoever is connected to it."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def _make_folders(self) -> None:
        who = self._account
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, mode=0o700)
                os.chown(self.folder, who.uid, who.gid)
            owner = self.folder.stat().st_uid
        except OSError as error:
            raise CannotStart(f"{self.folder} cannot be made ({error.strerror}).") from None
        if owner != who.uid:
            raise CannotStart(
                f"{self.folder} belongs to another user; start the portal as that user or as root."
            )
        if not who.may_enter(self.folder):
            raise CannotStart(
                f"The user {who.name}, whom the embedded database runs as, cannot enter"
                f" {self.folder}; name a data folder that others can enter with --data."
            )

    def _major(self) -> int | None:
        version = self._cluster / "PG_VERSION"
        return int(version.read_text()) if version.is_file() else None

    def _initdb(self, binaries: Binaries) -> None:
        """Make the cluster under another name first: half a one is never taken for a whole."""
        draft = self.folder / "cluster-unfinished"
        shutil.rmtree(draft, ignore_errors=True)
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        options = [f"--pgdata={draft}", f"--username={_SUPERUSER}", "--encoding=UTF8"]
        options += [f"--locale={locale}", "--data-checksums"]
        if binaries.major >= 17:  # sorts the same on every system, and after every upgrade of one
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        # Whoever may enter the socket's folder may connect; there is no other way to the server.
        options += ["--auth-local=trust", "--auth-host=reject"]
        if not self._durable:
            options += ["--no-sync"]
        made = self._run(binaries, "initdb", *options)
        if made.returncode != 0:
            raise CannotStart(
                f"The embedded database could not be made: {_last_line(made.stderr)}."
            )
        draft.rename(self._cluster)

    def _launch(self, binaries: Binaries, *, socket_dir: Path) -> None:
        if self.log.is_file() and self.log.stat().st_size > _LOG_BYTES_MAX:
            self.log.replace(self.log.with_name("log.old"))
        self._log_read = self.log.stat().st_size if self.log.is_file() else 0
        self._launching = True
        started = self._run(
            binaries,
            "pg_ctl",
            "start",
            f"--pgdata={self._cluster}",
            f"--log={self.log}",
            f"--timeout={_START_SECONDS_MAX}",
            "--wait",
            "--silent",
            f"--options={shlex.join(self._options(socket_dir))}",
        )
        self._launching = False
        if started.returncode != 0:
            raise self._did_not_start(_last_line(started.stderr))

    def _options(self, socket_dir: Path) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": str(self._connections_max),
            "shared_buffers": "256MB" if _memory_bytes() >= 4 * 2**30 else "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Rows that a constraint refused, and statements, may hold what people wrote.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _accepts_connections(self) -> bool:
        """Wait while a server is still starting; False where none runs, or it can't be reached."""
        end = time.monotonic() + _START_SECONDS_MAX
        while self.attach() and time.monotonic() < end:
            try:
                with self._superuser():
                    return True
            except psycopg.OperationalError:
                time.sleep(0.1)  # it repairs what a crash has left, or is about to end
            if self._socket_dir is not None and not socket_in(self._socket_dir).exists():
                self.stop()  # somebody removed the socket: there is no way to this server
        return False

    def _make_role_and_database(self) -> None:
        role = sql.Identifier(ROLE)
        with self._superuser() as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]
            ).fetchone():
                connection.execute(
                    sql.SQL(
                        "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS"
                        " NOCREATEDB NOCREATEROLE NOREPLICATION"
                    ).format(role)
                )
            exists = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
        if not exists:
            self.create_database(DATABASE)

    def _execute(self, statement: sql.Composed) -> None:
        with self._superuser() as connection:
            connection.execute(statement)

    @contextmanager
    def _superuser(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.superuser_url, autocommit=True, connect_timeout=5) as connection:
            yield connection

    def _run(
        self, binaries: Binaries, program: str, *options: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [binaries.folder / program, *options],
            cwd="/",
            # Nothing of ours: variables such as PGDATA or PGOPTIONS would change what it does.
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,  # Ctrl-C in a terminal is for us to act on
            **self._account.popen,
        )

    def _did_not_start(self, said: str) -> CannotStart:
        try:
            lines = self.log.read_bytes()[self._log_read :].decode(errors="replace").splitlines()
        except OSError:
            lines = []
        fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
        why = fatal[-1].partition(": ")[2].strip() if fatal else said
        return CannotStart(f"The embedded database did not start: {why}; its log is {self.log}.")


def _memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _last_line(text: str) -> str:
    """What a program said last, without its name and the word error before it."""
    lines = text.strip().splitlines() or ["it said nothing"]
    return lines[-1].rpartition(": error: ")[2].rstrip(".")
