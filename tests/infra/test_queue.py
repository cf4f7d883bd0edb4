"""Jobs queued in the transaction that causes them."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import procrastinate
import pytest
from sqlalchemy import text

from portal.infra import clock, queue
from portal.infra.db import Database
from tests.cast import SUNNY


def queued(database: Database, name: str) -> list[dict[str, Any]]:
    with database.session(SUNNY) as session:
        rows = session.execute(
            text(
                "SELECT args, scheduled_at, status FROM procrastinate_jobs"
                " WHERE task_name = :name ORDER BY id"
            ),
            {"name": name},
        )
        return [dict(row) for row in rows.mappings()]


def test_rolled_back_a_job_was_never_queued(database: Database) -> None:
    with database.session(SUNNY) as session:
        queue.enqueue(session, "test.job", number=1)
        session.rollback()
    assert queued(database, "test.job") == []


def test_a_job_is_queued_with_the_transaction(database: Database) -> None:
    later = clock.now() + timedelta(hours=1)
    with database.session(SUNNY) as session:
        queue.enqueue(session, "test.job", number=2**62, word="ä")
        queue.enqueue(session, "test.job", at=later, number=3)
        assert queued(database, "test.job") == []
        session.commit()
    assert queued(database, "test.job") == [
        {"args": {"number": 2**62, "word": "ä"}, "scheduled_at": None, "status": "todo"},
        {"args": {"number": 3}, "scheduled_at": later, "status": "todo"},
    ]


@pytest.fixture
def tasks() -> Iterator[dict[str, procrastinate.tasks.Task[..., Any, ...]]]:
    known = dict(queue.jobs.tasks)
    yield queue.jobs.tasks
    queue.jobs.tasks.clear()
    queue.jobs.tasks.update(known)


def test_a_job_can_queue_another_in_the_worker(database: Database, tasks: object) -> None:
    done: list[int] = []

    @queue.jobs.task(name="test.first")
    def first(number: int) -> None:
        with database.session(SUNNY) as session:
            queue.enqueue(session, "test.second", number=number + 1)
            session.commit()

    @queue.jobs.task(name="test.second")
    def second(number: int) -> None:
        done.append(number)

    with database.session(SUNNY) as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))  # what made the cast
        queue.enqueue(session, "test.first", number=1)
        session.commit()
    asyncio.run(work_off(database))
    assert done == [2]


async def work_off(database: Database) -> None:
    conninfo = database.url.replace("+psycopg", "")
    connector = procrastinate.PsycopgConnector(conninfo=conninfo)
    with queue.jobs.replace_connector(connector) as app:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)
