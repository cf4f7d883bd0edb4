"""Jobs in the same PostgreSQL, queued in the transaction that causes them.

A feature queues a job by name; `portal.tasks` has the function of that name. Rolling the
transaction back takes the job with it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import procrastinate
from sqlalchemy import text
from sqlalchemy.orm import Session

jobs = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Where `portal.tasks` registers its functions; the worker gives it an asynchronous connector."""

# Queueing has an application of its own, never opened, since it uses the caller's connection. The
# worker's would run a synchronous connection in its event loop, and a job that queues another hang.
_queueing = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())

_WITHDRAW = text(
    "DELETE FROM procrastinate_jobs"
    " WHERE status = 'todo' AND CAST(args ->> 'reseller_id' AS bigint) = :reseller"
)


_HASTEN = text(
    """
    UPDATE procrastinate_jobs
       SET scheduled_at = CASE WHEN status = 'todo' THEN now() ELSE scheduled_at END
     WHERE task_name = :name AND status IN ('todo', 'doing') AND args @> CAST(:args AS jsonb)
    """
)


def enqueue(
    session: Session,
    name: str,
    *,
    at: datetime | None = None,
    **arguments: Any,
) -> None:
    """Have the job of this name done after the session's transaction is committed.

    Arguments are JSON: ids and words, never rows. `at` is the earliest moment.
    """
    raw = session.connection().connection.dbapi_connection
    options: dict[str, Any] = {"schedule_at": at} if at else {}
    _queueing.configure_task(name, connection=raw, **options).defer(**arguments)


def hasten(session: Session, name: str, **arguments: Any) -> bool:
    """Have a job that waits for its next try done now; False if there is none, not even begun."""
    done = session.execute(_HASTEN, {"name": name, "args": json.dumps(arguments)})
    return bool(getattr(done, "rowcount", 0))


def withdraw(session: Session, *, reseller_id: int) -> None:
    """Take back the jobs about a reseller that nobody has begun."""
    session.execute(_WITHDRAW, {"reseller": reseller_id})
