"""Messages of which nobody knows whether they went out, and what their gateway says of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.gateways.port import Outcome
from portal.infra import clock
from portal.infra.db import Database
from portal.messaging import settling
from portal.messaging.settling import Doubt
from portal.messaging.statuses import Status
from tests.builders.traffic import claim, message, queued, record, send, statuses
from tests.cast import SUNNY, Cast
from tests.messaging.test_delivery_reports import apply


@pytest.fixture
def database(undone: Database) -> Database:
    """No test here needs more than one connection."""
    return undone


@pytest.fixture
def unknown(database: Database, cast: Cast) -> int:
    """A message that gateway 1 was given, and did not answer for."""
    (message_id,) = send(database, cast.alice)
    record(database, claim(database), Status.UNKNOWN)
    return message_id


def doubts(database: Database, *, gateways: tuple[int, ...] = (1,), **later: float) -> list[Doubt]:
    with (
        clock.pretending(clock.now() + timedelta(**later)),
        database.across_resellers() as session,
    ):
        return settling.doubts(session, gateway_ids=gateways)


def settle(database: Database, outcome: Outcome | None) -> None:
    (doubt,) = doubts(database, seconds=6)
    with database.across_resellers() as session, session.begin():
        settling.settle(session, doubt, outcome)


def test_a_gateway_is_asked_after_a_while_and_not_for_ever(
    database: Database, unknown: int
) -> None:
    assert doubts(database, seconds=4) == []
    assert doubts(database, hours=73) == []
    assert doubts(database, gateways=(2,), seconds=6) == []
    assert doubts(database, gateways=(), seconds=6) == []
    (doubt,) = doubts(database, seconds=6)
    assert (doubt.gateway_id, doubt.asked) == (1, f"{SUNNY}-{unknown}-1")


@pytest.mark.parametrize("outcome", [None, Outcome.REJECTED])
def test_what_it_never_had_is_sent_anew(
    database: Database, unknown: int, outcome: Outcome | None
) -> None:
    (doubt,) = doubts(database, seconds=6)
    for _ in range(2):  # two workers may have asked
        with database.across_resellers() as session, session.begin():
            settling.settle(session, doubt, outcome)
    assert message(database, unknown).status is Status.ACCEPTED
    assert [place.attempt for place in queued(database)] == [1]
    (claimed,) = claim(database)
    assert claimed.submission.attempt == 2
    assert statuses(database, unknown)[-1] == (Status.SUBMITTING, 2)


def test_what_is_on_its_way_is_submitted(database: Database, unknown: int) -> None:
    settle(database, Outcome.ON_ITS_WAY)
    assert message(database, unknown).status is Status.SUBMITTED
    assert queued(database) == []


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.DELIVERED, Status.DELIVERED),
        (Outcome.UNDELIVERED, Status.UNDELIVERED),
        (Outcome.EXPIRED, Status.UNDELIVERED),
        (Outcome.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_every_other_answer_is_as_good_as_a_report(
    database: Database, unknown: int, outcome: Outcome, status: Status
) -> None:
    settle(database, outcome)
    apply(database)
    assert message(database, unknown).status is status
    assert queued(database) == []
