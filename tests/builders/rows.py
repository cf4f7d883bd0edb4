"""Everything that a database holds, so that a test can say that nothing was written."""

from __future__ import annotations

from sqlalchemy import Text, cast, column, select, table, text

from portal.infra.db import Database

_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public' ::regnamespace"
    " AND relkind = 'r' ORDER BY relname"
)


def versions(database: Database) -> dict[str, set[tuple[str, str]]]:
    """Where each row of every table lies, and which transaction has written it."""
    with database.across_resellers() as session:
        return {
            name: {
                (place, writer)
                for place, writer in session.execute(
                    select(cast(column("ctid"), Text), cast(column("xmin"), Text)).select_from(
                        table(name)
                    )
                )
            }
            for name in session.scalars(_TABLES)
        }
