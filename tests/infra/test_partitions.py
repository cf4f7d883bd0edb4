"""Months have partitions of their own before their first row comes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from portal.infra import clock, ids, partitions
from portal.infra.db import Database, ResellerSession
from tests.cast import SUNNY

DECEMBER = datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC)
MONTHS = ["messages_2031_12", "messages_2032_01", "messages_2032_02", "messages_2032_03"]
EVENT = text(
    "INSERT INTO message_events (reseller_id, id, message_id, at, status)"
    " VALUES (:reseller, :id, 1, now(), 'accepted')"
)


@pytest.fixture
def everywhere(shared_database: Database) -> Iterator[ResellerSession]:
    with shared_database.across_resellers() as session:
        yield session
        session.rollback()


def lies_in(session: ResellerSession, moment: datetime) -> str:
    """Write an event of this moment; the partition that it went to."""
    session.execute(EVENT, {"reseller": SUNNY, "id": ids.floor(moment)})
    found = session.scalar(
        text("SELECT tableoid::regclass::text FROM message_events WHERE id = :id"),
        {"id": ids.floor(moment)},
    )
    return str(found)


def test_this_month_and_the_next_three(everywhere: ResellerSession) -> None:
    with clock.pretending(DECEMBER):
        assert partitions.ensure(everywhere, "messages") == MONTHS
        assert partitions.ensure(everywhere, "messages") == []


def test_months_back(everywhere: ResellerSession) -> None:
    with clock.pretending(DECEMBER):
        made = partitions.ensure(everywhere, "messages", months_back=12)
    assert made == ["messages_2030_12", *(f"messages_2031_{m:02}" for m in range(1, 12)), *MONTHS]


def test_the_bounds_are_the_months(everywhere: ResellerSession) -> None:
    with clock.pretending(DECEMBER):
        partitions.ensure(everywhere, "message_events")
    assert lies_in(everywhere, DECEMBER) == "message_events_2031_12"
    first = datetime(2032, 1, 1, tzinfo=UTC)
    assert lies_in(everywhere, first) == "message_events_2032_01"


def test_a_month_without_a_partition_goes_to_the_rest(everywhere: ResellerSession) -> None:
    assert lies_in(everywhere, DECEMBER) == "message_events_rest"


def test_a_month_whose_rows_lie_in_the_rest_stays_there(everywhere: ResellerSession) -> None:
    lies_in(everywhere, datetime(2032, 2, 15, tzinfo=UTC))
    with clock.pretending(DECEMBER):
        made = partitions.ensure(everywhere, "message_events")
    assert made == ["message_events_2031_12", "message_events_2032_01", "message_events_2032_03"]


def test_a_partition_is_closed_but_through_the_whole(everywhere: ResellerSession) -> None:
    with clock.pretending(DECEMBER):
        partitions.ensure(everywhere, "message_events")
    lies_in(everywhere, DECEMBER)
    whole = text("SELECT count(*) FROM message_events")
    part = text("SELECT count(*) FROM message_events_2031_12")
    assert (everywhere.scalar(whole), everywhere.scalar(part)) == (1, 0)


def test_two_machines_that_start_at_once_do_not_collide(database: Database) -> None:
    gate, made, failed = threading.Barrier(4), [], []

    def ensure() -> None:
        with clock.pretending(DECEMBER), database.across_resellers() as session, session.begin():
            gate.wait()
            try:
                made.extend(partitions.ensure(session, "messages"))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                failed.append(error)
                session.rollback()

    threads = [threading.Thread(target=ensure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(made) == MONTHS
