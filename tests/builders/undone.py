"""A database whose sessions commit as ever, into one transaction that is undone in the end."""

from __future__ import annotations

from sqlalchemy import Connection

from portal.infra.db import Database, ResellerSession


class Undone(Database):
    """For whoever commits step by step and in one thread: quicker than a copy of a database.

    Each session is a savepoint of the one connection, so two must not be open at once.
    """

    def __init__(self, database: Database, connection: Connection) -> None:
        self.url = database.url
        self.engine = database.engine
        self._connection = connection

    def _session(self, reseller: int | str) -> ResellerSession:
        return ResellerSession(
            self._connection,
            expire_on_commit=False,
            info={"reseller": reseller},
            join_transaction_mode="create_savepoint",
        )
