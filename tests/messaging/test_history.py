"""Reading messages: one with its history, pages of many, their totals, days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import delivery_reports, failing, history, sending
from portal.messaging.dispatching import Result
from portal.messaging.history import Filter, Totals
from portal.messaging.models import Message
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.tenancy import settings
from tests.builders.traffic import COST, PRICE, accept, claim, message, record, send
from tests.cast import SUNNY, Cast, Firm
from tests.messaging.test_delivery_reports import UNDELIVERED, apply, report

NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)


def test_only_what_the_actor_may_see(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    (message_id,) = accept(session, cast.alice)
    strangers = [
        (session, cast.henry.owner),
        (session, replace(cast.alice.owner, sub_account_ids=frozenset({1}))),
        (harbour_session, cast.hanna),
    ]
    for theirs, actor in strangers:
        for number in (message_id, 1):
            with pytest.raises(NotFound):
                history.message_by_id(theirs, actor=actor, message_id=number)
        assert history.page(theirs, actor=actor) == []
        assert history.totals(theirs, actor=actor) == Totals(0, 0, {}, {})
    limited = replace(cast.alice.owner, sub_account_ids=frozenset({cast.alice.sub_account_id}))
    for actor in (cast.alice.owner, limited, cast.sam):
        found = history.message_by_id(session, actor=actor, message_id=message_id)
        assert (found.id, found.text) == (message_id, "Hello")
        assert [m.id for m in history.page(session, actor=actor)] == [message_id]


def test_events_are_oldest_first(undone: Database, cast: Cast) -> None:
    (message_id,) = send(undone, cast.alice)
    record(undone, claim(undone), Status.SUBMITTED)
    with undone.session(SUNNY) as session:
        found = history.message_by_id(session, actor=cast.sam, message_id=message_id)
        events = history.events_of(session, found)
    assert [(e.status, e.attempt, e.gateway_id) for e in events] == [
        (Status.SUBMITTING, 1, 1),
        (Status.SUBMITTED, 1, 1),
    ]


def one(session: ResellerSession, firm: Firm, order: Order) -> int:
    answer = sending.accept_one(session, actor=firm.owner, sub_account_id=None, order=order)
    assert isinstance(answer, Accepted)
    return answer.id


class TestFilter:
    """Which messages a page and its totals show."""

    def test_by_client_status_and_period(self, session: ResellerSession, cast: Cast) -> None:
        with clock.pretending(NOON):
            (first,) = accept(session, cast.alice)
        with clock.pretending(NOON + timedelta(hours=1)):
            (second,) = accept(session, cast.henry)
        session.get_one(Message, (SUNNY, second)).status = Status.DELIVERED
        session.flush()

        def ids(chosen: Filter) -> list[int]:
            found = [m.id for m in history.page(session, actor=cast.sam, chosen=chosen)]
            assert history.totals(session, actor=cast.sam, chosen=chosen).messages == len(found)
            return found

        assert ids(Filter()) == [second, first]
        assert ids(Filter(client_id=cast.alice.client_id)) == [first]
        assert ids(Filter(statuses=[Status.DELIVERED])) == [second]
        assert ids(Filter(since=NOON + timedelta(hours=1))) == [second]
        assert ids(Filter(until=NOON + timedelta(hours=1))) == [first]
        # A client's own filter never widens what it sees.
        other = Filter(client_id=cast.henry.client_id)
        seen = history.page(session, actor=cast.alice.owner, chosen=other)
        assert [m.id for m in seen] == [first]

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("+1202", "both"),
            ("1 (202) 555-0123", "both"),
            ("001202", "both"),
            (" he", "first"),
            ("100%", "second"),
            ("_", "none"),
            ("lo", "none"),
            ("A-1", "first"),
            ("a-1", "none"),
            ("  ", "both"),
        ],
    )
    def test_by_how_it_begins(
        self, session: ResellerSession, cast: Cast, typed: str, found: str
    ) -> None:
        phone = "+12025550123"
        first = one(session, cast.alice, Order(to=phone, text="Hello", reference="A-1"))
        second = one(session, cast.alice, Order(to=phone, text="100% yours"))
        expected = {"both": [second, first], "first": [first], "second": [second], "none": []}
        chosen = Filter(text=typed)
        page = history.page(session, actor=cast.sam, chosen=chosen)
        assert [m.id for m in page] == expected[found]

    def test_pages_follow_each_other(self, session: ResellerSession, cast: Cast) -> None:
        sent = accept(session, cast.alice, count=5)
        seen: list[int] = []
        below = None
        while page := history.page(session, actor=cast.sam, below_id=below, limit=2):
            seen += [m.id for m in page]
            below = seen[-1]
        assert seen == sent[::-1]


def test_totals_count_what_was_kept(undone: Database, cast: Cast) -> None:
    """Of a rejected one nothing is, of one that is not delivered the reseller's cost."""
    rejected, undelivered, _ = send(undone, cast.alice, count=3)
    claimed = {c.submission.message_id: c for c in claim(undone)}
    with undone.session(SUNNY) as session, session.begin():
        settings.change(session, refund_undelivered=True)
        result = Result(claimed=claimed[rejected], status=Status.REJECTED, reason="No")
        failing.reject(session, [result])
    record(undone, [claimed[undelivered]], Status.SUBMITTED)
    with undone.across_resellers() as session, session.begin():
        delivery_reports.receive(session, gateway_id=1, report=report(undelivered, UNDELIVERED))
    apply(undone)
    assert message(undone, undelivered).refunded_at is not None

    with undone.session(SUNNY) as session:
        found = history.totals(session, actor=cast.sam)

    assert found == Totals(3, 3, {"USD": 2 * COST}, {"USD": PRICE})
    assert found.profit == {"USD": PRICE - 2 * COST}


def test_days_are_those_of_the_time_zone_and_none_is_left_out(
    session: ResellerSession, cast: Cast
) -> None:
    midnight = NOON.replace(hour=5)  # in New York
    for moment, count in ((midnight, 2), (midnight - timedelta(minutes=1), 1)):
        with clock.pretending(moment):
            sent = accept(session, cast.alice, count=count)
    session.get_one(Message, (SUNNY, sent[0])).status = Status.UNDELIVERED
    session.flush()
    with clock.pretending(NOON):
        found = history.per_day(session, actor=cast.sam, time_zone="America/New_York", days=3)
        alone = history.per_day(session, actor=cast.henry.owner, time_zone="UTC", days=1)
    assert [(d.day.day, d.sent, d.failed) for d in found] == [(18, 0, 0), (19, 1, 1), (20, 2, 0)]
    assert [(d.day.day, d.sent, d.failed) for d in alone] == [(20, 0, 0)]
