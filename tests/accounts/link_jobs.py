"""What a worker does with requests for a new password."""

from __future__ import annotations

from sqlalchemy import text

from portal.accounts import resets
from portal.infra.db import ResellerSession

ORIGIN = "http://sunny.localhost:8000"
_TAKE = text("DELETE FROM procrastinate_jobs WHERE task_name = :name RETURNING args")


def take(session: ResellerSession) -> list[int | None]:
    """Do the jobs that are queued; for whom they were."""
    session.flush()
    found = [args["person_id"] for args in session.scalars(_TAKE, {"name": resets.JOB})]
    for person_id in found:
        if person_id is not None:
            resets.mail_link(session, person_id=person_id, address="192.0.2.1", origin=ORIGIN)
    session.flush()
    return found
