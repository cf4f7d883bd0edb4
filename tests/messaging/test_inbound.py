"""What comes in is kept once, charged once, and shown when it is paid for."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text

from portal.accounts.statuses import BalanceManagement
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import inbound, inbound_paying, inbox, opt_outs
from portal.messaging.inbound_models import InboundMessage
from portal.messaging.inbox import Filter
from portal.numbers import stock
from tests.builders.inbound import (
    GATEWAY,
    NUMBER,
    OTHER_NUMBER,
    PHONE,
    give,
    receive,
    written,
)
from tests.builders.money import balance, bring_to, client_of, disagreements, manage, notices
from tests.cast import SUNNY, UNIT, Cast, Firm

FEE = 5_000


def shown(session: ResellerSession, firm: Firm, **chosen: str) -> list[str]:
    session.flush()
    found = inbox.page(session, actor=firm.owner, chosen=Filter(**chosen))
    return [each.text for each in found]


def counts(session: ResellerSession, firm: Firm) -> tuple[int, int]:
    found = inbox.counts(session, actor=firm.owner)
    return found.shown, found.waiting


def test_a_number_of_nobodys_is_refused(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.alice)
    with pytest.raises(NotFound):
        receive(session, to=OTHER_NUMBER)
    assert session.scalars(select(InboundMessage)).all() == []


def test_another_resellers_number_is_nobodys(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    give(session, cast.alice)
    with pytest.raises(NotFound):
        receive(harbour_session)


def test_a_message_goes_to_who_has_the_number(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.alice)
    message = receive(session, "Zażółć", sender=PHONE)
    assert (message.client_id, message.sub_account_id) == (
        cast.alice.client_id,
        cast.alice.sub_account_id,
    )
    assert (message.sender, message.recipient, message.text) == (PHONE, NUMBER, "Zażółć")
    assert (message.encoding, message.parts, message.price) == ("ucs2", 1, 0)
    assert message.paid_at is not None
    assert shown(session, cast.alice) == ["Zażółć"]
    assert shown(session, cast.henry) == []
    assert counts(session, cast.alice) == (1, 0)


def test_an_empty_message_is_one(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.alice)
    assert receive(session, "").parts == 1


def test_in_stock_it_is_the_resellers_to_read(session: ResellerSession, cast: Cast) -> None:
    stock.add(session, number=NUMBER, fee_per_message=FEE, by=cast.sam)
    message = receive(session, "STOP")
    assert (message.client_id, message.price) == (None, 0)
    assert [each.text for each in inbox.page(session, actor=cast.sam)] == ["STOP"]


def test_the_price_is_taken_once(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.alice, fee=FEE)
    before = balance(session, cast.alice)
    told = written("Hello", name="one")
    messages = [inbound.receive(session, gateway_id=GATEWAY, inbound=told).id for _ in range(3)]
    assert len(set(messages)) == 1
    assert balance(session, cast.alice) == before - FEE
    inbound.receive(session, gateway_id=GATEWAY + 1, inbound=told)
    assert balance(session, cast.alice) == before - 2 * FEE
    assert disagreements(session) == []


def test_the_same_message_at_the_same_time_is_one(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice, fee=FEE)
        before = balance(session, cast.alice)
    told = written("Hello", name="one")

    def come() -> None:
        with database.session(SUNNY) as session, session.begin():
            inbound.receive(session, gateway_id=GATEWAY, inbound=told)

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(SUNNY) as session:
        assert counts(session, cast.alice) == (1, 0)
        assert balance(session, cast.alice) == before - FEE


def test_what_a_hard_wallet_cannot_pay_waits_unseen(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.henry, fee=FEE)
    bring_to(session, cast.henry, FEE - 1, by=cast.sam)
    for words in ("First", "Second", "Third"):
        assert receive(session, words).paid_at is None
    assert shown(session, cast.henry) == []
    assert counts(session, cast.henry) == (0, 3)
    assert balance(session, cast.henry) == FEE - 1
    seen_by_staff = [each.text for each in inbox.page(session, actor=cast.sam)]
    assert seen_by_staff == ["Third", "Second", "First"]

    bring_to(session, cast.henry, 2 * FEE, by=cast.sam)
    assert inbound_paying.pay_waiting(session, client_id=cast.henry.client_id) == 2
    assert shown(session, cast.henry) == ["Second", "First"]
    assert counts(session, cast.henry) == (2, 1)
    assert balance(session, cast.henry) == 0
    assert inbound_paying.pay_waiting(session, client_id=cast.henry.client_id) == 0
    assert disagreements(session) == []


def test_paying_for_the_last_suspends_a_hard_client(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.henry, fee=FEE)
    bring_to(session, cast.henry, FEE, by=cast.sam)
    receive(session)
    assert balance(session, cast.henry) == 0
    assert client_of(session, cast.henry).suspended_by_balance_at is not None
    assert "suspended" in notices(session, cast.henry)


def test_a_soft_wallet_pays_below_zero_as_far_as_its_limit(
    session: ResellerSession, cast: Cast
) -> None:
    give(session, cast.alice, fee=FEE)
    bring_to(session, cast.alice, 0, by=cast.sam)
    manage(session, cast.alice, BalanceManagement.SOFT, by=cast.sam, limit=FEE)
    assert receive(session, "First").paid_at is not None
    assert balance(session, cast.alice) == -FEE
    assert receive(session, "Second").paid_at is None
    manage(session, cast.alice, BalanceManagement.SOFT, by=cast.sam)
    assert inbound_paying.look_again(session) == 1
    assert inbound_paying.pay_waiting(session, client_id=cast.alice.client_id) == 1
    assert shown(session, cast.alice) == ["Second", "First"]


def test_stop_works_whatever_the_wallet_says(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.henry, fee=UNIT)
    bring_to(session, cast.henry, 0, by=cast.sam)
    message = receive(session, "STOP")
    assert message.paid_at is None
    out = opt_outs.is_out(session, client_id=cast.henry.client_id, digits=[PHONE[1:]])
    assert out == {PHONE[1:]}


def test_filters(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.alice)
    receive(session, "Yes, 100 %", sender="+12025550142")
    receive(session, "No", sender="7070")
    for typed, expected in (
        ("1202-555-0142", ["Yes, 100 %"]),
        ("+1 202 555 0181", ["No", "Yes, 100 %"]),
        ("yes", ["Yes, 100 %"]),
        ("7070", ["No"]),
        ("%", []),
        ("'", []),
    ):
        assert shown(session, cast.alice, text=typed) == expected, typed


def test_a_job_is_queued_for_each_client_that_waits(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.henry, fee=FEE)
    bring_to(session, cast.henry, 0, by=cast.sam)
    for _ in range(2):
        receive(session)
    session.execute(text("DELETE FROM procrastinate_jobs"))  # payments have queued their own
    assert inbound_paying.look_again(session) == 1
    queued = session.execute(
        text("SELECT args FROM procrastinate_jobs WHERE task_name = 'inbound.pay_waiting'")
    ).scalars()
    assert list(queued) == [{"reseller_id": SUNNY, "client_id": cast.henry.client_id}]
