"""Brings the tables of a database up to date."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from portal.infra.db import Database, DatabaseUnfit, advisory_lock
from portal.infra.files import shipped

# Any number that nothing else in this database locks; two processes that start at once take turns.
_LOCK: Final = 2_024_081_501


def upgrade(database_url: str) -> None:
    """Run all migrations that the database has not seen yet; harmless when there are none.

    Raises:
        DatabaseUnfit: it has seen some that this version of the portal does not know.
    """
    database = Database(database_url, pool_size=2)
    try:
        with advisory_lock(database.engine, _LOCK), database.engine.connect() as connection:
            # A page must not wait for long; a migration may have to.
            for timeout in ("statement_timeout", "lock_timeout"):
                connection.execute(text(f"SET {timeout} = 0"))
            connection.commit()
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            _upgrade(config)
    finally:
        database.close()


def _upgrade(config: Config) -> None:
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnfit(
            f"The tables are not those of this version of the portal ({error});"
            " start the version that was last used with them, or a newer one."
        ) from None


def is_up_to_date(database: Database) -> bool:
    """Whether the database answers, and has seen exactly the migrations of this version."""
    try:
        with database.engine.connect() as connection:
            seen = MigrationContext.configure(connection).get_current_heads()
    except (DBAPIError, PoolExhausted):
        return False
    return set(seen) == _heads()


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    return frozenset(ScriptDirectory(str(shipped("migrations"))).get_heads())
