"""What came in and the numbers, over the native interface."""

from __future__ import annotations

import pytest

from portal.infra.db import Database
from tests.api.conftest import Speak
from tests.builders.inbound import NUMBER, OTHER_NUMBER, PHONE, give, receive
from tests.builders.money import bring_to
from tests.cast import SUNNY, Cast


@pytest.fixture(autouse=True)
def come(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice, fee=5_000)
        give(session, cast.henry, number=OTHER_NUMBER, fee=5_000)
        bring_to(session, cast.henry, 0, by=cast.sam)
        receive(session, "First")
        receive(session, "stop", sender="+12025550142")
        receive(session, "Waits", to=OTHER_NUMBER)


def test_the_inbox_in_pages(speak: Speak, cast: Cast) -> None:
    program = speak(cast.alice.owner)
    newest = program.get("/api/v1/inbound-messages?limit=1").json
    [message] = newest["inbound_messages"]
    assert (message["from"], message["to"]) == ("+12025550142", NUMBER)
    assert (message["text"], message["wish"], message["parts"]) == ("stop", "stop", 1)
    assert message["price"] == {"amount": "0.005", "currency": "USD"}
    assert message["sub_account"] == str(cast.alice.sub_account_id)
    older = program.get(f"/api/v1/inbound-messages?limit=1&after={newest['next']}").json
    assert [each["text"] for each in older["inbound_messages"]] == ["First"]
    assert older["inbound_messages"][0]["from"] == PHONE
    assert older["inbound_messages"][0]["wish"] is None
    assert older["next"] is None


def test_what_waits_is_not_told(speak: Speak, cast: Cast) -> None:
    assert speak(cast.henry.owner).get("/api/v1/inbound-messages").json["inbound_messages"] == []


def test_another_resellers_program_sees_nothing(speak: Speak, cast: Cast) -> None:
    program = speak(cast.berta.owner)
    assert program.get("/api/v1/inbound-messages").json["inbound_messages"] == []
    assert program.get("/api/v1/numbers").json == {"numbers": []}


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "after=-1", "before=1"])
def test_a_wrong_query_is_refused(speak: Speak, cast: Cast, query: str) -> None:
    answer = speak(cast.alice.owner).get(f"/api/v1/inbound-messages?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_numbers(speak: Speak, cast: Cast) -> None:
    assert speak(cast.alice.owner).get("/api/v1/numbers").json == {
        "numbers": [
            {
                "number": NUMBER,
                "country": "US",
                "sub_account": str(cast.alice.sub_account_id),
                "assigned_on": "2026-11-05",
                "monthly_fee": {"amount": "0.00", "currency": "USD"},
                "fee_per_message": {"amount": "0.005", "currency": "USD"},
            }
        ]
    }
