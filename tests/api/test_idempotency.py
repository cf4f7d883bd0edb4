"""The same key is answered once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from portal.infra import kept_answers
from portal.infra.db import Database
from tests.api.conftest import Program, Speak, count
from tests.api.test_messages import NOTHING_SENT, ORDER
from tests.cast import SUNNY, Cast


@pytest.fixture
def alice(speak: Speak, cast: Cast) -> Program:
    return speak(cast.alice.owner)


def test_the_same_request_is_sent_once(alice: Program, database: Database) -> None:
    first = alice.post("/api/v1/messages", ORDER, Idempotency_Key="order-7")
    # Neither the order of the fields nor one that says nothing makes it another request.
    again = alice.post(
        "/api/v1/messages",
        {"text": ORDER["text"], "to": ORDER["to"], "reference": None},
        Idempotency_Key="order-7",
    )

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert count(database, "messages") == 1


def test_another_request_with_the_same_key_is_refused(alice: Program, database: Database) -> None:
    alice.post("/api/v1/messages", ORDER, Idempotency_Key="order-7")

    answer = alice.post("/api/v1/messages", {**ORDER, "text": "Other"}, Idempotency_Key="order-7")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")
    assert count(database, "messages") == 1


def test_keys_belong_to_a_client(alice: Program, speak: Speak, cast: Cast) -> None:
    mine = alice.post("/api/v1/messages", ORDER, Idempotency_Key="order-7")
    theirs = speak(cast.henry.owner).post("/api/v1/messages", ORDER, Idempotency_Key="order-7")
    elsewhere = speak(cast.berta.owner).post(
        "/api/v1/messages", ORDER | {"to": "+4915112345678"}, Idempotency_Key="order-7"
    )

    assert [a.status_code for a in (mine, theirs, elsewhere)] == [202, 202, 202]
    assert len({a.get_json()["id"] for a in (mine, theirs, elsewhere)}) == 3


@NOTHING_SENT
@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel", "a\tb", "\x7f"])
def test_a_key_that_is_none(quiet_alice: Program, key: str) -> None:
    answer = quiet_alice.call(
        "POST", "/api/v1/messages", headers={"Idempotency-Key": key}, json=ORDER
    )

    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_idempotency_key")


def test_the_longest_key(alice: Program, database: Database) -> None:
    for _ in range(2):
        answer = alice.post("/api/v1/messages", ORDER, Idempotency_Key="~" * 200)
        assert answer.status_code == 202
    assert count(database, "messages") == 1


def test_while_the_first_is_not_answered_the_second_is_told_to_wait(
    alice: Program, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        kept_answers.recall(
            session,
            owner_id=cast.alice.client_id,
            endpoint="v1.messages",
            key="order-7",
            asked=b"",
        )
        answer = alice.post("/api/v1/messages", ORDER, Idempotency_Key="order-7")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "idempotency_in_progress")
    assert answer.headers["Retry-After"] == "1"
    assert alice.post("/api/v1/messages", ORDER, Idempotency_Key="order-7").status_code == 202


def test_ten_at_once_send_once(alice: Program, database: Database) -> None:
    answers: list[tuple[int, str]] = []
    begin = threading.Barrier(10)

    def send() -> None:
        begin.wait()
        answer = alice.post("/api/v1/messages", ORDER, Idempotency_Key="order-7")
        answers.append((answer.status_code, answer.get_json().get("id", "")))

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count(database, "messages") == 1
    assert {status for status, _ in answers} <= {202, 409, 503}
    assert len({number for status, number in answers if status == 202}) == 1


def test_after_seven_days_a_key_is_new(alice: Program, database: Database) -> None:
    alice.post("/api/v1/messages", ORDER, Idempotency_Key="order-7")
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text("UPDATE kept_answers SET created_at = created_at - interval '7 days 1 second'")
        )

    answer = alice.post("/api/v1/messages", {**ORDER, "text": "New"}, Idempotency_Key="order-7")

    assert answer.status_code == 202
    assert count(database, "messages") == 2
