"""Read whole tables as of one moment, row by row, in memory that does not grow with them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Any

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from portal.infra.columns import Base

_ROWS_AT_ONCE = 250
# The reader may be a slow network: one that stands still for this long is gone.
_PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '5min'")
_NO_HURRY = text("SET LOCAL statement_timeout = 0")


def begin(session: Session) -> None:
    """Let all that this session reads from now on be of one moment, and let it write nothing.

    The session must not have read anything yet.
    """
    session.connection(
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    session.execute(_PATIENCE)
    session.execute(_NO_HURRY)


def rows(
    session: Session, table: type[Base], *, above_id: int = 0
) -> Generator[dict[str, Any], None, None]:
    """Every row with a larger id, in order of id: each column under its own name.

    Whoever stops early closes it, before the session.
    """
    columns = [getattr(table, column.key) for column in inspect(table).column_attrs]
    identity = getattr(table, "id")  # noqa: B009 - mypy knows no `id` of Base
    found = session.execute(
        select(*columns).where(identity > above_id).order_by(identity),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    with closing(found):
        for row in found.mappings():
            yield dict(row)
