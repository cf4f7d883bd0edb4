"""A write with a key is done once: the same answer, another request refused, no waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.infra import clock, kept_answers
from portal.infra.db import Database, ResellerSession
from portal.infra.kept_answers import KeptAnswer, KeyReused, StillInProgress
from tests.cast import HARBOUR, SUNNY

THEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANSWER = {"id": "1", "price": {"amount": "0.045", "currency": "USD"}}


def recall(session: ResellerSession, asked: bytes = b"a", **facts: Any) -> dict[str, Any] | None:
    named: dict[str, Any] = {"owner_id": 7, "endpoint": "v1.messages", "key": "k", **facts}
    return kept_answers.recall(session, asked=asked, **named)


def keep(session: ResellerSession, asked: bytes = b"a", **facts: Any) -> None:
    named: dict[str, Any] = {"owner_id": 7, "endpoint": "v1.messages", "key": "k", **facts}
    kept_answers.keep(session, asked=asked, answer=ANSWER, **named)


@pytest.fixture
def other(shared_database: Database) -> Iterator[ResellerSession]:
    """A second request of Sunny's at the same time."""
    with shared_database.session(SUNNY) as session:
        yield session
        session.rollback()


def test_another_request_with_the_key_is_refused(session: ResellerSession) -> None:
    assert recall(session) is None
    keep(session)
    with pytest.raises(KeyReused) as refused:
        recall(session, b"b")
    assert refused.value.code == "idempotency_key_reused"


def test_the_same_request_has_the_same_answer(session: ResellerSession) -> None:
    keep(session)
    assert recall(session) == ANSWER
    assert recall(session) == ANSWER


def test_a_request_at_the_same_time_is_not_kept_waiting(
    session: ResellerSession, other: ResellerSession
) -> None:
    assert recall(session) is None
    with pytest.raises(StillInProgress) as refused:
        recall(other)
    assert refused.value.code == "idempotency_in_progress"


def test_after_a_refusal_the_key_may_be_used_again(
    session: ResellerSession, other: ResellerSession
) -> None:
    assert recall(session) is None
    session.rollback()
    assert recall(other, b"topped up and tried again") is None


@pytest.mark.parametrize(
    "facts", [{"owner_id": 8}, {"endpoint": "web.payment"}, {"key": "K"}, {"key": "k "}]
)
def test_a_key_is_its_owners_for_one_endpoint(
    session: ResellerSession, other: ResellerSession, facts: dict[str, Any]
) -> None:
    """Neither the answer nor the waiting tells anything to anybody else."""
    assert recall(session) is None
    keep(session)
    session.flush()
    assert recall(other, b"b", **facts) is None


def test_a_key_is_its_resellers(session: ResellerSession, harbour_session: ResellerSession) -> None:
    assert recall(session) is None
    keep(session)
    session.flush()
    assert recall(harbour_session, b"b") is None
    assert harbour_session.reseller_id == HARBOUR


def test_a_key_is_kept_for_seven_days(session: ResellerSession) -> None:
    with clock.pretending(THEN):
        keep(session)
    with clock.pretending(THEN + timedelta(days=7) - timedelta(seconds=1)):
        assert recall(session) == ANSWER
    with clock.pretending(THEN + timedelta(days=7)):
        assert recall(session, b"b") is None
        keep(session, b"b")
        assert recall(session, b"b") == ANSWER


def test_old_answers_of_everybody_are_forgotten(shared_database: Database) -> None:
    with shared_database.across_resellers() as session:
        for reseller_id in (SUNNY, HARBOUR):
            for age_days in (0, 8):
                session.add(
                    KeptAnswer(
                        reseller_id=reseller_id, owner_id=1, endpoint="e", key=f"{age_days}",
                        fingerprint="f", answer={}, created_at=THEN - timedelta(days=age_days),
                    )
                )  # fmt: skip
        session.flush()
        with clock.pretending(THEN):
            assert kept_answers.forget_old(session) == 2
        assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 2
        session.rollback()


def test_of_many_at_once_one_acts(database: Database) -> None:
    """Sixteen requests with one key: one effect, and everybody else sees it or is told to wait."""
    gate, acted, told = threading.Barrier(16), [], []

    def ask() -> None:
        gate.wait()
        with database.session(SUNNY) as session:
            try:
                answer = recall(session)
            except StillInProgress:
                told.append("wait")
                return
            if answer is None:
                acted.append(True)
                keep(session)
            else:
                told.append(answer["id"])
            session.commit()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(acted) == 1
    assert len(told) == 15
    assert set(told) <= {"wait", "1"}


def act_once(session: ResellerSession, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return kept_answers.act_once(
        session, owner_id=7, endpoint="web.payment", key="k", asked=b"a", act=act
    )


def test_an_act_is_done_once_and_its_answer_given_again(session: ResellerSession) -> None:
    acted: list[int] = []

    def act() -> dict[str, Any]:
        acted.append(1)
        return ANSWER

    assert act_once(session, act) == ANSWER
    assert act_once(session, act) == ANSWER
    assert len(acted) == 1


def test_an_act_that_is_refused_is_undone_and_may_be_tried_again(session: ResellerSession) -> None:
    def refused() -> dict[str, Any]:
        keep(session, key="left half-way")
        session.flush()
        raise KeyReused("anything")

    with pytest.raises(KeyReused):
        act_once(session, refused)
    assert recall(session, key="left half-way") is None
    assert act_once(session, lambda: ANSWER) == ANSWER
