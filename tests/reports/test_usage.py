"""What a client sent in a period."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import sending
from portal.messaging.models import Message
from portal.messaging.sending import Order
from portal.messaging.statuses import Status
from portal.reports import usage
from portal.reports.usage import Sum, Used
from tests.cast import Cast

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def _send(session: ResellerSession, cast: Cast, to: str, text: str = "Hello") -> int:
    order = Order(to=to, text=text)
    return sending.accept_one(
        session, actor=cast.alice.owner, sub_account_id=None, order=order
    ).id  # fmt: skip


def _read(session: ResellerSession, cast: Cast) -> list[Used]:
    tomorrow = clock.now() + timedelta(days=1)
    return usage.read(session, actor=cast.alice.owner, since=LONG_AGO, until=tomorrow)


def test_staff_have_used_nothing(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotFound):
        usage.read(session, actor=cast.sam, since=LONG_AGO, until=clock.now())


def test_messages_that_are_alike_are_counted_together(session: ResellerSession, cast: Cast) -> None:
    _send(session, cast, "+12025550101")
    _send(session, cast, "+12025550102", "a" * 161)
    _send(session, cast, "+4915112345678")
    found = _read(session, cast)
    assert [(each.country, each.messages, each.parts, each.price) for each in found] == [
        ("DE", 1, 1, 30_000),
        ("US", 2, 3, 3 * 13_800),
    ]
    assert {each.sub_account_id for each in found} == {cast.alice.sub_account_id}
    assert {each.status for each in found} == {Status.ACCEPTED}


def test_what_was_given_back_is_counted_and_costs_nothing(
    session: ResellerSession, cast: Cast
) -> None:
    given = _send(session, cast, "+12025550101")
    session.get(Message, (cast.alice.reseller_id, given)).refunded_at = clock.now()  # type: ignore[union-attr]  # it was just made
    session.flush()
    (found,) = _read(session, cast)
    assert (found.messages, found.price) == (1, 0)


def test_another_clients_messages_are_not_counted(session: ResellerSession, cast: Cast) -> None:
    order = Order(to="+12025550101", text="Hello")
    sending.accept_one(session, actor=cast.henry.owner, sub_account_id=None, order=order)
    assert _read(session, cast) == []


def test_somebody_of_one_sub_account_sees_that_alone(session: ResellerSession, cast: Cast) -> None:
    _send(session, cast, "+12025550101")
    elsewhere = replace(cast.alice.owner, sub_account_ids=frozenset({7}))
    later = clock.now() + timedelta(days=1)
    assert usage.read(session, actor=elsewhere, since=LONG_AGO, until=later) == []


def test_a_period_has_a_beginning_and_an_end(session: ResellerSession, cast: Cast) -> None:
    _send(session, cast, "+12025550101")
    yesterday, tomorrow = clock.ago(days=1), clock.now() + timedelta(days=1)
    assert usage.read(session, actor=cast.alice.owner, since=LONG_AGO, until=yesterday) == []
    assert usage.read(session, actor=cast.alice.owner, since=tomorrow, until=tomorrow) == []


def test_sums_keep_currencies_apart_and_stand_in_order() -> None:
    def used(country: str, messages: int, price: int, currency: str = "USD") -> Used:
        return Used(
            sub_account_id=1, country=country, status=Status.DELIVERED, currency=currency,
            messages=messages, parts=messages, free_parts=0, quota_parts=0, price=price,
        )  # fmt: skip

    found = [used("DE", 1, 5), used("US", 2, 7), used("US", 1, 3, "EUR"), used("PL", 1, 1)]
    assert usage.total(found) == Sum(5, 5, {"USD": 13, "EUR": 3})
    assert usage.grouped(found, by=lambda each: each.country) == [
        ("US", Sum(3, 3, {"USD": 7, "EUR": 3})),
        ("DE", Sum(1, 1, {"USD": 5})),
        ("PL", Sum(1, 1, {"USD": 1})),
    ]
