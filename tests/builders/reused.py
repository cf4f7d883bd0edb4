"""A database that serves one test after the other: what a test has changed is put back.

Copying a database takes longer than most tests do. PostgreSQL counts the rows that are written in
each table; those tables get the rows of the template again, and sequences the next number that they
had. Where a test did more than write rows, or wrote very many, a new copy is made.
"""

from __future__ import annotations

import time
from typing import Any, Final

import psycopg
from psycopg import sql

from portal.infra.embedded_postgres import Server

USES_MAX: Final = 200
"""How many tests one copy serves, since rows that are gone still take room."""
_ROWS_MAX: Final = 3_000
SECONDS_MAX: Final = 10

# Written rows by relation, also those of a transaction that was taken back; of the catalogue too,
# where they stand for any change of tables, constraints, triggers, functions and rights.
_WRITTEN: Final = """
    SELECT c.oid, n.nspname, c.relname,
           pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
           + pg_stat_get_tuples_deleted(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname <> 'information_schema'
      AND c.relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')
"""
_OTHERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'
"""
_SEQUENCES: Final = """
    SELECT format('%I.%I', schemaname, sequencename), start_value, last_value FROM pg_sequences
"""

Table = tuple[str, str]


class Reused:
    """A copy of a template that is as new for each test."""

    def __init__(self, server: Server, *, template: str, name: str) -> None:
        self.name = name
        self._server = server
        self._template = template
        self._originals: dict[Table, bytes] = {}
        self._connection: psycopg.Connection[Any] | None = None
        self._uses = 0

    def url(self) -> str:
        """The database, with what the template has and nothing else."""
        if self._connection is None or self._uses >= USES_MAX or not self._put_back():
            self._make()
        self._uses += 1
        return self._server.database_url(self.name)

    def close(self) -> None:
        """Drop it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._server.drop_database(self.name)

    def _make(self) -> None:
        self.close()
        self._server.create_database(self.name, template=self._template)
        self._connection = self._superuser(self.name)
        self._uses = 0
        self._sequences = self._connection.execute(_SEQUENCES).fetchall()
        self._written = self._count()

    def _put_back(self) -> bool:
        """Undo what the last test has done; False where that takes a new copy."""
        if not self._is_left():
            return False
        written = self._count()
        if written.keys() != self._written.keys():
            return False
        more = {table: written[table] - self._written[table] for table in written}
        changed = [table for table, rows in more.items() if rows]
        if sum(more.values()) > _ROWS_MAX or any(schema == "pg_catalog" for schema, _ in changed):
            return False
        self._restore(changed)
        self._written = self._count()
        return True

    def _is_left(self) -> bool:
        """Wait until nobody else is connected: counts are told by whoever leaves."""
        end = time.monotonic() + SECONDS_MAX
        while self._open.execute(_OTHERS).fetchone() != (0,):
            if time.monotonic() > end:
                return False
            time.sleep(0.002)
        return True

    def _count(self) -> dict[Table, int]:
        self._open.execute("SELECT pg_stat_force_next_flush()")  # also what we wrote ourselves
        rows = self._open.execute(_WRITTEN).fetchall()
        return {(schema, name): count for _, schema, name, count in rows}

    def _restore(self, changed: list[Table]) -> None:
        originals = self._read(changed)
        with self._open.transaction(), self._open.cursor() as cursor:
            # No trigger forbids it, and no foreign key asks for an order.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in changed:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
                with cursor.copy(_copying(table, "FROM STDIN")) as copy:
                    copy.write(originals[table])
            for was in set(self._sequences) - set(cursor.execute(_SEQUENCES).fetchall()):
                name, start, last = was
                called = last is not None
                cursor.execute(
                    "SELECT setval(%s, %s, %s)", [name, last if called else start, called]
                )

    def _read(self, tables: list[Table]) -> dict[Table, bytes]:
        """What the template has in them, kept for the next time."""
        missing = [table for table in tables if table not in self._originals]
        if missing:
            with self._superuser(self._template) as there, there.cursor() as cursor:
                for table in missing:
                    with cursor.copy(_copying(table, "TO STDOUT")) as copy:
                        self._originals[table] = b"".join(bytes(part) for part in copy)
        return self._originals

    @property
    def _open(self) -> psycopg.Connection[Any]:
        assert self._connection is not None
        return self._connection

    def _superuser(self, database: str) -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            self._server.database_url(database, role="postgres"), autocommit=True
        )
        connection.execute("SET stats_fetch_consistency = none")
        return connection


def _copying(table: Table, where: str) -> sql.Composed:
    return sql.SQL("COPY {} {} (FORMAT BINARY)").format(sql.Identifier(*table), sql.SQL(where))
