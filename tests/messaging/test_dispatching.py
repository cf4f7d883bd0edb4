"""Claim, submit, record: nothing leaves before it is written down, and nothing leaves twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.gateways.choosing import Candidate
from portal.gateways.port import Encoding
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.messaging import dispatching, failing
from portal.messaging.dispatching import Claimed, Result
from portal.messaging.models import Message
from portal.messaging.statuses import Status
from portal.reports import proof
from portal.tenancy import resellers
from tests.builders.money import balance
from tests.builders.traffic import (
    FIRST,
    OWN_NUMBERS,
    PHONE,
    REPORTS,
    SECOND,
    claim,
    message,
    queued,
    record,
    send,
    statuses,
)
from tests.cast import HARBOUR, SUNNY, UNIT, Cast

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(undone: Database) -> Database:
    """No test here needs more than one connection."""
    return undone


def later(database: Database, **parts: float) -> list[Claimed]:
    """What a worker claims so much later, of two gateways."""
    with clock.pretending(clock.now() + timedelta(**parts)):
        return claim(database, gateways=(FIRST, SECOND))


def test_submitting_and_attempt_are_committed_before_the_bytes(
    database: Database, cast: Cast
) -> None:
    (message_id,) = send(database, cast.alice)

    (claimed,) = claim(database)

    found = message(database, message_id)
    assert (found.status, found.attempt, found.gateway_id) == (Status.SUBMITTING, 1, 1)
    assert statuses(database, message_id) == [(Status.SUBMITTING, 1)]
    (place,) = queued(database)
    assert place.attempt == 1
    assert place.leased_until is not None
    assert timedelta(seconds=50) < place.leased_until - clock.now() <= dispatching.LEASE
    told = claimed.submission
    assert (claimed.reseller_id, claimed.gateway_id) == (SUNNY, 1)
    assert (told.sender, told.recipient, told.text) == (OWN_NUMBERS[1], PHONE, "Hello")
    assert (told.encoding, told.parts, told.attempt) == (Encoding.GSM7, 1, 1)
    assert (told.report_url, told.reference) == (REPORTS[1], f"{SUNNY}-{message_id}-1")
    assert 48 * 3600 - 60 < told.valid_for_seconds <= 48 * 3600
    assert claim(database) == []


def test_resellers_are_claimed_for_together(database: Database, cast: Cast) -> None:
    ours, theirs = send(database, cast.alice), send(database, cast.berta)
    claimed = {c.submission.message_id: c.reseller_id for c in claim(database)}
    assert claimed == {ours[0]: SUNNY, theirs[0]: HARBOUR}


def test_handed_over(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    claimed = claim(database)

    assert len(record(database, claimed, Status.SUBMITTED, upstream_id="up-1")) == 1
    assert record(database, claimed, Status.SUBMITTED, upstream_id="up-2") == []

    found = message(database, message_id)
    assert (found.status, found.upstream_id, found.gateway_id) == (Status.SUBMITTED, "up-1", 1)
    assert statuses(database, message_id) == [(Status.SUBMITTING, 1), (Status.SUBMITTED, 1)]
    assert queued(database) == []


def test_try_later_waits_longer_each_time_and_prefers_another_gateway(
    database: Database, cast: Cast
) -> None:
    (message_id,) = send(database, cast.alice)
    waits, gateways = [], []
    now = clock.now()
    for _ in range(9):
        with clock.pretending(now):
            (claimed,) = claim(database, gateways=(FIRST, SECOND))
            gateways.append(claimed.gateway_id)
            record(database, [claimed], Status.ACCEPTED, reason="Busy")
            (place,) = queued(database)
            assert place.leased_until is None
            waits.append((place.due_at - now).total_seconds())
        with clock.pretending(place.due_at - timedelta(milliseconds=1)):
            assert claim(database, gateways=(FIRST, SECOND)) == []
        now = place.due_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert gateways == [1, 2, 1, 2, 1, 2, 1, 2, 1]
    assert (message(database, message_id).reason, message(database, message_id).attempt) == (
        "Busy", 9,
    )  # fmt: skip
    with clock.pretending(now):
        (alone,) = claim(database, gateways=(FIRST,))  # there is no other
    assert (alone.gateway_id, alone.submission.attempt) == (1, 10)


def test_a_late_record_of_an_older_attempt_changes_nothing(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    first = claim(database)
    record(database, first, Status.ACCEPTED)
    second = later(database, minutes=1)
    before = (message(database, message_id).status, statuses(database, message_id))

    for status in (Status.SUBMITTED, Status.UNKNOWN, Status.ACCEPTED):
        assert record(database, first, status) == []
    with database.session(SUNNY) as session, session.begin():
        refused = [Result(claimed=first[0], status=Status.REJECTED, reason="Late")]
        assert failing.reject(session, refused) == []

    assert (message(database, message_id).status, statuses(database, message_id)) == before
    assert [(place.attempt, place.leased_until is None) for place in queued(database)] == [
        (2, False)
    ]
    assert len(record(database, second, Status.SUBMITTED)) == 1
    with database.session(SUNNY) as session:
        assert balance(session, cast.alice) == 100 * UNIT - 13_800


def test_no_answer_is_unknown_and_never_claimed_again(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    record(database, claim(database), Status.UNKNOWN, reason="No answer within 30 s")
    found = message(database, message_id)
    assert (found.status, found.reason) == (Status.UNKNOWN, "No answer within 30 s")
    assert queued(database) == []
    assert later(database, hours=47) == []
    with database.session(SUNNY) as session:
        assert balance(session, cast.alice) == 100 * UNIT - 13_800  # the charge is kept


def abandon(database: Database, **parts: float) -> int:
    moment = clock.now() + timedelta(**parts)
    opened = database.across_resellers()
    with clock.pretending(moment), opened as session, session.begin():
        return dispatching.abandon_expired_leases(session)


def test_a_lease_that_runs_out_is_unknown(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    claim(database)
    assert abandon(database, seconds=55) == 0
    assert message(database, message_id).status is Status.SUBMITTING

    assert abandon(database, seconds=61) == 1

    assert message(database, message_id).status is Status.UNKNOWN
    assert message(database, message_id).reason == "The connection to the gateway was lost."
    assert abandon(database, seconds=61) == 0
    assert later(database, minutes=10) == []


def test_an_answer_after_the_lease_still_counts(database: Database, cast: Cast) -> None:
    """The worker was alive, and only the database away: what it knows is better than UNKNOWN."""
    (message_id,) = send(database, cast.alice)
    claimed = claim(database)
    abandon(database, seconds=61)
    assert len(record(database, claimed, Status.SUBMITTED, upstream_id="up")) == 1
    assert message(database, message_id).status is Status.SUBMITTED


def test_to_try_later_after_the_lease_is_queued_again(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    claimed = claim(database)
    abandon(database, seconds=61)
    assert queued(database) == []

    assert len(record(database, claimed, Status.ACCEPTED, reason="Busy")) == 1

    assert message(database, message_id).status is Status.ACCEPTED
    (again,) = later(database, minutes=1)
    assert (again.submission.message_id, again.submission.attempt) == (message_id, 2)


def test_a_worker_that_stops_leaves_what_it_does_not_know_as_unknown(
    database: Database, cast: Cast
) -> None:
    sent = send(database, cast.alice, count=2)
    claimed = claim(database)
    with database.across_resellers() as session, session.begin():
        dispatching.give_up(session, claimed)
    assert {message(database, i).status for i in sent} == {Status.UNKNOWN}
    assert queued(database) == []


def suspended(session: ResellerSession, _: int) -> None:
    resellers.suspend(session)


def overdue(session: ResellerSession, message_id: int) -> None:
    session.execute(
        text("UPDATE messages SET valid_until = now() WHERE id = :id"), {"id": message_id}
    )


@pytest.mark.parametrize("hinder", [suspended, overdue])
def test_what_may_not_go_now_waits_and_counts_no_attempt(
    database: Database, cast: Cast, hinder: Callable[[ResellerSession, int], None]
) -> None:
    (message_id,) = send(database, cast.alice)
    with database.session(SUNNY) as session, session.begin():
        hinder(session, message_id)

    assert later(database, seconds=1) == []

    assert message(database, message_id).status is Status.ACCEPTED
    (place,) = queued(database)
    assert (place.attempt, place.leased_until) == (0, None)
    assert place.due_at > clock.now()
    with database.session(SUNNY) as session, session.begin():
        resellers.resume(session)
        session.execute(text("UPDATE messages SET valid_until = now() + interval '1 h'"))
    assert [c.submission.attempt for c in later(database, minutes=1)] == [1]


def test_without_a_route_it_waits(database: Database, cast: Cast) -> None:
    send(database, cast.alice)
    of_harbour = Candidate(id=3, priority=1, reseller_id=HARBOUR)
    assert claim(database, gateways=(of_harbour,)) == []
    with clock.pretending(clock.now() + MINUTE):
        of_sunny = Candidate(id=2, priority=9, reseller_id=SUNNY)
        (claimed,) = claim(database, gateways=(of_harbour, FIRST, of_sunny))
    assert claimed.gateway_id == 2  # its own before the general ones


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.EXPIRED])
def test_what_is_no_longer_accepted_leaves_the_queue(
    database: Database, cast: Cast, status: Status
) -> None:
    first, second = send(database, cast.alice, count=2)
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Message, (SUNNY, first)).status = status
    assert [c.submission.message_id for c in claim(database)] == [second]
    assert [place.message_id for place in queued(database)] == [second]


def test_the_senders_own_words_come_before_the_gateways(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Message, (SUNNY, message_id)).sender = "Acme"
    assert [c.submission.sender for c in claim(database)] == ["Acme"]


def test_the_books_know_of_every_message_that_waits(database: Database, cast: Cast) -> None:
    """Nothing accepted is lost, whatever became of the worker."""
    send(database, cast.alice, count=5)
    claimed = claim(database, limit=4)
    record(database, claimed[:1], Status.SUBMITTED)
    record(database, claimed[1:2], Status.ACCEPTED)
    abandon(database, seconds=61)
    record(database, claimed[2:3], Status.ACCEPTED)
    with database.across_resellers() as session:
        assert proof.prove(session).disagreements == []
