"""Delivery reports: kept as they come, applied forward only, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.gateways.port import Outcome, Report
from portal.infra import clock
from portal.infra.db import Database
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.messaging import delivery_reports, failing
from portal.messaging.models import DeliveryReport
from portal.messaging.statuses import Status
from portal.reports import proof
from portal.tenancy import settings
from tests.builders.money import balance
from tests.builders.traffic import COST, PRICE, claim, message, record, send, statuses
from tests.cast import HARBOUR, SUNNY, UNIT, Cast

DELIVERED, UNDELIVERED = Outcome.DELIVERED, Outcome.UNDELIVERED
TOLD_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def database(undone: Database) -> Database:
    """No test here needs more than one connection."""
    return undone


@pytest.fixture
def submitted(database: Database, cast: Cast) -> int:
    """A message of alice's that is handed over."""
    (message_id,) = send(database, cast.alice)
    record(database, claim(database), Status.SUBMITTED)
    return message_id


def report(
    message_id: int,
    outcome: Outcome,
    *,
    attempt: int = 1,
    reseller: int = SUNNY,
    at: datetime | None = TOLD_AT,
    reason: str = "",
) -> Report:
    return Report(
        reference=f"{reseller}-{message_id}-{attempt}",
        outcome=outcome,
        at=at,
        reason=reason,
        raw={"state": outcome.value},
    )


def receive(database: Database, *reports: Report) -> None:
    with database.across_resellers() as session, session.begin():
        for one in reports:
            delivery_reports.receive(session, gateway_id=1, report=one)


def apply(database: Database) -> int:
    """Apply what waits, as the dispatcher does; how many messages moved."""
    with database.across_resellers() as session, session.begin():
        waiting = delivery_reports.open_reports(session)
    moved = 0
    for reseller_id, report_ids in waiting.items():
        with database.session(reseller_id) as session, session.begin():
            moved += delivery_reports.apply_open(session, report_ids)
    return moved


def tell(database: Database, *reports: Report) -> int:
    receive(database, *reports)
    return apply(database)


def results(database: Database) -> list[str]:
    """What became of every report, in the order they came."""
    with database.across_resellers() as session:
        return [r.result for r in kept(session.scalars(select(DeliveryReport)).all())]


def kept(found: Sequence[DeliveryReport]) -> list[DeliveryReport]:
    return sorted(found, key=lambda one: one.id)


def later(database: Database, **parts: float) -> int:
    with clock.pretending(clock.now() + timedelta(**parts)):
        return apply(database)


class TestOutcome:
    """After the hand-over a message arrives or not."""

    @pytest.mark.parametrize(
        ("outcome", "status", "reason"),
        [
            (Outcome.DELIVERED, Status.DELIVERED, ""),
            (Outcome.UNDELIVERED, Status.UNDELIVERED, "Phone off"),
            (Outcome.REJECTED, Status.UNDELIVERED, "Phone off"),
            (Outcome.EXPIRED, Status.UNDELIVERED, "Phone off"),
        ],
    )
    def test_moves(
        self,
        database: Database,
        submitted: int,
        outcome: Outcome,
        status: Status,
        reason: str,
    ) -> None:
        assert tell(database, report(submitted, outcome, reason="Phone off")) == 1
        found = message(database, submitted)
        assert (found.status, found.reason, found.flagged) == (status, reason, "")
        assert statuses(database, submitted)[-1] == (status, 1)
        assert results(database) == ["applied"]

    @pytest.mark.parametrize("outcome", [Outcome.ON_ITS_WAY, Outcome.UNKNOWN])
    def test_that_is_no_news_is_noted(
        self, database: Database, submitted: int, outcome: Outcome
    ) -> None:
        assert tell(database, report(submitted, outcome)) == 0
        assert message(database, submitted).status is Status.SUBMITTED
        assert results(database) == ["noted"]

    def test_settles_what_nobody_knew(self, database: Database, cast: Cast) -> None:
        first, second = send(database, cast.alice, count=2)
        record(database, claim(database), Status.UNKNOWN)
        assert tell(database, report(first, DELIVERED), report(second, UNDELIVERED)) == 2
        assert message(database, first).status is Status.DELIVERED
        assert message(database, second).status is Status.UNDELIVERED


class TestOrder:
    """The same again, out of order, too early, too late."""

    def test_the_same_report_is_kept_once(self, database: Database, submitted: int) -> None:
        for at in (TOLD_AT, None):
            receive(database, *[report(submitted, DELIVERED, at=at)] * 3)
        assert apply(database) == 1
        assert results(database) == ["applied", "repeated"]
        assert tell(database, report(submitted, DELIVERED, at=TOLD_AT)) == 0
        assert len(results(database)) == 2

    def test_the_same_outcome_at_another_moment_moves_nothing(
        self, database: Database, submitted: int
    ) -> None:
        tell(database, report(submitted, DELIVERED))
        assert tell(database, report(submitted, DELIVERED, at=TOLD_AT + timedelta(1))) == 0
        assert results(database) == ["applied", "repeated"]
        assert len(statuses(database, submitted)) == 3

    def test_delivered_is_final(self, database: Database, submitted: int) -> None:
        tell(database, report(submitted, DELIVERED))
        assert tell(database, report(submitted, UNDELIVERED)) == 0
        assert message(database, submitted).status is Status.DELIVERED
        assert results(database) == ["applied", "refused"]

    def test_both_in_one_list_end_as_delivered(self, database: Database, cast: Cast) -> None:
        first, second = send(database, cast.alice, count=2)
        record(database, claim(database), Status.SUBMITTED)
        moved = tell(
            database,
            report(first, DELIVERED),
            report(first, UNDELIVERED),
            report(second, UNDELIVERED),
            report(second, DELIVERED),
        )
        assert moved == 2
        assert message(database, first).status is Status.DELIVERED
        assert message(database, second).status is Status.DELIVERED
        assert results(database) == ["applied", "refused", "applied", "applied"]

    def test_before_the_record_it_waits_and_then_applies(
        self, database: Database, cast: Cast
    ) -> None:
        (message_id,) = send(database, cast.alice)
        claimed = claim(database)
        assert tell(database, report(message_id, DELIVERED)) == 0
        assert results(database) == [""]
        assert apply(database) == 0
        record(database, claimed, Status.SUBMITTED)
        assert apply(database) == 0  # not before its next try
        assert later(database, seconds=2) == 1
        assert message(database, message_id).status is Status.DELIVERED

    def test_of_an_older_attempt_it_is_closed(self, database: Database, cast: Cast) -> None:
        (message_id,) = send(database, cast.alice)
        record(database, claim(database), Status.ACCEPTED)
        with clock.pretending(clock.now() + timedelta(minutes=1)):
            record(database, claim(database), Status.SUBMITTED)
        assert tell(database, report(message_id, DELIVERED, attempt=1)) == 0
        assert message(database, message_id).status is Status.SUBMITTED
        assert tell(database, report(message_id, DELIVERED, attempt=2)) == 1
        assert results(database) == ["other_attempt", "applied"]

    def test_after_expiry_it_is_flagged_and_not_charged_again(
        self, database: Database, cast: Cast, submitted: int
    ) -> None:
        with (
            clock.pretending(clock.now() + timedelta(hours=50)),
            database.session(SUNNY) as session,
            session.begin(),
        ):
            assert failing.expire(session) == 1
        assert tell(database, report(submitted, UNDELIVERED)) == 0
        assert tell(database, report(submitted, DELIVERED)) == 1
        found = message(database, submitted)
        assert (found.status, found.flagged) == (Status.DELIVERED, "delivered_late")
        assert results(database) == ["refused", "applied"]
        assert held(database, cast) == (100 * UNIT - PRICE, 1000 * UNIT - COST)


class TestStranger:
    """Reports that fit no message."""

    def test_of_no_message_waits_three_days(self, database: Database, submitted: int) -> None:
        assert tell(database, report(submitted + 1, DELIVERED)) == 0
        for hours in (1, 24, 71):
            assert later(database, hours=hours) == 0
            assert results(database) == [""]
        assert later(database, hours=145) == 0
        assert results(database) == ["unmatched"]

    def test_of_no_reseller_waits_too(self, database: Database, submitted: int) -> None:
        assert tell(database, report(submitted, DELIVERED, reseller=999)) == 0
        assert message(database, submitted).status is Status.SUBMITTED
        assert later(database, hours=73) == 0
        assert results(database) == ["unmatched"]

    def test_of_another_resellers_message_moves_nothing(
        self, database: Database, submitted: int
    ) -> None:
        assert tell(database, report(submitted, DELIVERED, reseller=HARBOUR)) == 0
        assert message(database, submitted).status is Status.SUBMITTED

    def test_keeps_what_was_told_as_it_was_told(self, database: Database, submitted: int) -> None:
        receive(database, report(submitted, DELIVERED, reason="ok"))
        with database.across_resellers() as session:
            (found,) = session.scalars(select(DeliveryReport))
        assert (found.gateway_id, found.outcome, found.reason) == (1, "delivered", "ok")
        assert (found.raw, found.reported_at) == ({"state": "delivered"}, TOLD_AT)


def held(database: Database, cast: Cast) -> tuple[int, int]:
    with database.session(SUNNY) as session:
        cover = statements.held(session, AccountCode.COVER)[SUNNY, "USD"]
        return balance(session, cast.alice), cover


class TestRefund:
    """Undelivered after the hand-over: the reseller's policy."""

    def test_never_by_default(self, database: Database, cast: Cast, submitted: int) -> None:
        tell(database, report(submitted, UNDELIVERED))
        assert message(database, submitted).refunded_at is None
        assert held(database, cast) == (100 * UNIT - PRICE, 1000 * UNIT - COST)

    def test_of_the_price_alone_where_the_reseller_wants_it(
        self, database: Database, cast: Cast, submitted: int
    ) -> None:
        with database.session(SUNNY) as session, session.begin():
            settings.change(session, refund_undelivered=True)
        tell(database, report(submitted, UNDELIVERED))
        assert message(database, submitted).refunded_at is not None
        assert held(database, cast) == (100 * UNIT, 1000 * UNIT - COST)

        # It did arrive: flagged, and not charged again.
        assert tell(database, report(submitted, DELIVERED)) == 1
        found = message(database, submitted)
        assert (found.status, found.flagged) == (Status.DELIVERED, "delivered_late")
        assert held(database, cast) == (100 * UNIT, 1000 * UNIT - COST)
        with database.across_resellers() as session:
            assert list(proof.prove(session).disagreements) == []

    def test_is_not_made_for_what_was_delivered_in_the_same_list(
        self, database: Database, cast: Cast, submitted: int
    ) -> None:
        with database.session(SUNNY) as session, session.begin():
            settings.change(session, refund_undelivered=True)
        tell(database, report(submitted, UNDELIVERED), report(submitted, DELIVERED))
        assert held(database, cast) == (100 * UNIT - PRICE, 1000 * UNIT - COST)


def test_reports_are_handed_out_by_reseller_and_bounded(
    database: Database, cast: Cast, submitted: int
) -> None:
    (theirs,) = send(database, cast.berta)
    receive(
        database,
        report(submitted, DELIVERED),
        report(theirs, DELIVERED, reseller=HARBOUR),
        report(submitted, UNDELIVERED),
    )
    with database.across_resellers() as session:
        whole = delivery_reports.open_reports(session)
        some = delivery_reports.open_reports(session, limit=2)
    assert {reseller: len(found) for reseller, found in whole.items()} == {SUNNY: 2, HARBOUR: 1}
    assert {reseller: len(found) for reseller, found in some.items()} == {SUNNY: 1, HARBOUR: 1}
