"""Sending and looking up through the native interface."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.accounts import clients, sub_accounts, wallet
from portal.infra.db import Database
from portal.messaging import refunding
from portal.messaging.models import Message
from portal.messaging.statuses import Status
from tests.api.conftest import Program, Speak, count
from tests.cast import SUNNY, UNIT, Cast

PHONE = "+12025550123"
ORDER = {"to": PHONE, "text": "Hello"}
NOTHING_SENT = pytest.mark.usefixtures("nothing_sent")


@pytest.fixture
def alice(speak: Speak, cast: Cast) -> Program:
    return speak(cast.alice.owner)


@pytest.fixture
def henry(speak: Speak, cast: Cast) -> Program:
    return speak(cast.henry.owner)


def test_sending(alice: Program, database: Database) -> None:
    answer = alice.post("/api/v1/messages", ORDER)

    assert answer.status_code == 202
    body = answer.get_json()
    assert body == {
        "id": body["id"],
        "status": "accepted",
        "parts": 1,
        "encoding": "gsm7",
        "price": {"amount": "0.0138", "currency": "USD"},
    }
    assert isinstance(body["id"], str)
    assert answer.headers["Location"] == f"/api/v1/messages/{body['id']}"
    assert "Idempotent-Replayed" not in answer.headers
    assert count(database, "messages") == count(database, "dispatch_queue") == 1


def test_looking_up(alice: Program) -> None:
    sent = alice.post(
        "/api/v1/messages",
        {"to": "(202) 555-0123", "text": "Żółw 🐢", "from": "Acme", "reference": "order 7"},
    )
    assert sent.status_code == 202

    answer = alice.get(sent.headers["Location"])

    assert answer.status_code == 200
    body = answer.get_json()
    assert body.pop("accepted_at") == body.pop("status_at")
    assert body.pop("valid_until").endswith("Z")
    assert body == {
        "id": sent.get_json()["id"],
        "status": "accepted",
        "parts": 1,
        "encoding": "ucs2",
        "price": {"amount": "0.0138", "currency": "USD"},
        "receipt": {
            "price": {"amount": "0.0138", "currency": "USD"},
            "parts": 1,
            "bundle_parts": 0,
            "quota_parts": 0,
            "pulse": "part",
            "unit_price": {"amount": "0.0138", "currency": "USD"},
            "addition": {"amount": "0.00", "currency": "USD"},
            "prefix": "1",
        },
        "from": "Acme",
        "to": PHONE,
        "text": "Żółw 🐢",
        "reference": "order 7",
        "reason": "",
        "refunded_at": None,
    }


def test_a_clients_answers_hold_nothing_of_the_resellers(alice: Program) -> None:
    sent = alice.post("/api/v1/messages", ORDER)
    for answer in (sent, alice.get(sent.headers["Location"]), alice.get("/api/v1/messages")):
        assert "cost" not in answer.text
        assert "0.009" not in answer.text
        assert "markup" not in answer.text


def test_a_strangers_message_looks_like_a_missing_one(
    alice: Program, henry: Program, speak: Speak, cast: Cast
) -> None:
    theirs = henry.post("/api/v1/messages", ORDER).headers["Location"]
    missing = alice.get("/api/v1/messages/1")
    assert missing.status_code == 404
    assert missing.content_type == "application/problem+json"
    assert missing.get_json()["code"] == "not_found"

    for program in (alice, speak(cast.berta.owner), speak(cast.hanna)):
        stranger = program.get(theirs)
        assert (stranger.status_code, stranger.data) == (404, missing.data)
    assert speak(cast.sam).get(theirs).status_code == 200


@pytest.mark.parametrize(
    "message_id",
    ["0", "-1", "nonsense", "9" * 19, "9" * 400, "１２", "1.0", "1%2F2", "9223372036854775808"],
)
def test_an_id_that_is_none_is_a_missing_message(quiet_alice: Program, message_id: str) -> None:
    missing = quiet_alice.get("/api/v1/messages/1")

    answer = quiet_alice.get(f"/api/v1/messages/{message_id}")

    assert (answer.status_code, answer.data) == (404, missing.data)


def test_listing_by_pages(alice: Program, henry: Program) -> None:
    ids = [alice.post("/api/v1/messages", ORDER).get_json()["id"] for _ in range(3)]
    henry.post("/api/v1/messages", ORDER)

    first = alice.get("/api/v1/messages?limit=2").get_json()
    second = alice.get(f"/api/v1/messages?limit=2&after={first['next']}").get_json()

    assert [m["id"] for m in first["messages"]] == [ids[2], ids[1]]
    assert [m["id"] for m in second["messages"]] == [ids[0]]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "limit=1_0", "limit=%201", "after=-1", "after=1e3",
     "after=9223372036854775808", "after=" + "9" * 50, "limit=1&limit=2", "unknown=1"],
)  # fmt: skip
def test_a_query_that_cannot_be_read(quiet_alice: Program, query: str) -> None:
    answer = quiet_alice.get(f"/api/v1/messages?{query}")

    assert answer.status_code == 422
    assert answer.get_json()["code"] == "invalid_request"
    assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]


@NOTHING_SENT
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to": PHONE}, "text"),
        ({"text": "Hello"}, "to"),
        ({**ORDER, "price": "0"}, "price"),
        ({**ORDER, "sender": "Acme"}, "sender"),
        ({**ORDER, "reseller_id": 2}, "reseller_id"),
        ({"to": 12025550123, "text": "Hello"}, "to"),
        ({"to": PHONE, "text": None}, "text"),
        ({"to": [PHONE], "text": "Hello"}, "to"),
        ({**ORDER, "reference": "x" * 101}, "reference"),
        ({**ORDER, "sub_account": "none of mine"}, "sub_account"),
        ({**ORDER, "sub_account": "9" * 30}, "sub_account"),
        ([], ""),
        ("Hello", ""),
        (7, ""),
    ],
)
def test_fields_that_cannot_be_accepted(quiet_alice: Program, fields: object, field: str) -> None:
    answer = quiet_alice.post("/api/v1/messages", fields)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["code"] == "invalid_request"
    assert [error["field"] for error in body["errors"]] == [field]


def test_a_body_that_is_no_object_is_refused_without_a_name_of_ours(speak, cast):
    answer = speak(cast.alice.owner).post("/api/v1/messages", json=[])
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"field": "", "problem": "Input should be an object"}]


@NOTHING_SENT
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'\xef\xbb\xbf{"to": "+12025550123", "text": "Hello"}',
        b'{"to": "+12025550123", "text": "Hello", "text": "Other"}',
        b'{"to": "+12025550123", "text": NaN}',
        b'{"to": "+12025550123", "text": Infinity}',
        b'{"to": "+12025550123", "text": "a\\u0000b"}',
        b'{"to": "+12025550123", "text": "\\ud800"}',
        b'{"to": "+12025550123", "text": "Hello", "\\udc00": 1}',
        b"[" * 60_000,
        b'{"to":' * 100 + b"1" + b"}" * 100,
        b'{"to": ' + b"9" * 5000 + b"}",
        b"to=%2B12025550123&text=Hello",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_that_is_no_json(quiet_alice: Program, body: bytes) -> None:
    answer = quiet_alice.call(
        "POST", "/api/v1/messages", headers={}, data=body, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["code"] == "malformed_json"


@NOTHING_SENT
def test_bodies_of_other_kinds_and_sizes(quiet_alice: Program) -> None:
    form = quiet_alice.call("POST", "/api/v1/messages", headers={}, data=ORDER)
    assert (form.status_code, form.get_json()["code"]) == (415, "unsupported_media_type")

    large = quiet_alice.post("/api/v1/messages", {**ORDER, "text": "x" * 70_000})
    assert (large.status_code, large.get_json()["code"]) == (413, "too_large")


@NOTHING_SENT
@pytest.mark.parametrize(
    ("fields", "code", "facts"),
    [
        ({"to": "nonsense"}, "invalid_number", {"why": "characters"}),
        ({"to": "+120255501"}, "invalid_number", {"why": "not_assigned"}),
        ({"text": "   "}, "empty_text", {}),
        (
            {"text": "ж" * 400},
            "text_too_long",
            {"parts": 6, "parts_max": 5, "characters": 400, "characters_max": 1000},
        ),
        ({"from": "Bank"}, "sender_not_allowed", {"why": "reserved"}),
        ({"from": "Other"}, "sender_not_allowed", {"why": "not_approved"}),
        ({"to": "+48600111222"}, "no_rate", {"recipient": "+48600111222"}),
        ({"to": "+33612345678"}, "country_not_open", {"country": "FR"}),
    ],
)
def test_refusals_name_their_facts(
    quiet_alice: Program,
    fields: dict[str, str],
    code: str,
    facts: dict[str, object],
) -> None:
    answer = quiet_alice.post("/api/v1/messages", ORDER | fields)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["code"] == code
    assert body["status"] == 422
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    assert {name: body[name] for name in facts} == facts


def test_what_cannot_be_paid_is_refused_until_it_can(
    henry: Program, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        wallet.charge(
            session,
            client_id=cast.henry.client_id,
            amount=100 * UNIT - 1,
            description="Nearly all",
            by=cast.sam,
        )
    answer = henry.post("/api/v1/messages", ORDER, Idempotency_Key="once")

    assert answer.status_code == 402
    body = answer.get_json()
    assert body["code"] == "insufficient_funds"
    assert body["needs"] == {"amount": "0.0138", "currency": "USD"}
    assert body["has"] == {"amount": "0.000001", "currency": "USD"}
    assert count(database, "messages") == count(database, "kept_answers") == 0

    with database.session(SUNNY) as session, session.begin():
        wallet.payment(
            session, client_id=cast.henry.client_id, amount=UNIT, description="", by=cast.sam
        )
    # A refusal keeps nothing: the same key may be used again.
    assert henry.post("/api/v1/messages", ORDER, Idempotency_Key="once").status_code == 202


def test_a_suspended_client_reads_and_does_not_send(
    alice: Program, database: Database, cast: Cast
) -> None:
    location = alice.post("/api/v1/messages", ORDER).headers["Location"]
    with database.session(SUNNY) as session, session.begin():
        clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="Spam")

    answer = alice.post("/api/v1/messages", ORDER)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "client_suspended")
    assert answer.get_json()["title"] == "The request is not allowed."
    assert "Spam" not in answer.text
    assert alice.get(location).status_code == 200


def test_without_cover_the_client_learns_nothing(
    alice: Program, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(text("UPDATE ledger_accounts SET debits = credits WHERE code = 'cover'"))
    answer = alice.post("/api/v1/messages", ORDER)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "temporarily_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert "cover" not in answer.text
    assert count(database, "messages") == 0


def test_a_daily_limit(alice: Program, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text("UPDATE clients SET daily_limit = 1 WHERE id = :id"),
            {"id": cast.alice.client_id},
        )
    assert alice.post("/api/v1/messages", ORDER).status_code == 202

    answer = alice.post("/api/v1/messages", ORDER)

    assert (answer.status_code, answer.get_json()["code"]) == (429, "limit_reached")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["maximum"] == 1


def test_sub_accounts_by_name_and_id(alice: Program, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        door, _ = sub_accounts.create(
            session, client_id=cast.alice.client_id, name="Door", user="door", by=cast.sam
        )
        session.execute(
            text(
                "UPDATE sub_accounts SET package_id ="
                " (SELECT id FROM packages WHERE reseller_id = 1) WHERE id = :id"
            ),
            {"id": door.id},
        )
    for given in ("Door", str(door.id)):
        answer = alice.post("/api/v1/messages", {**ORDER, "sub_account": given})
        assert answer.status_code == 202, answer.text
        with database.session(SUNNY) as session:
            message = session.get_one(Message, (SUNNY, int(answer.get_json()["id"])))
            assert message.sub_account_id == door.id


def test_a_key_of_one_sub_account_sends_from_no_other(
    speak: Speak, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        sub_accounts.create(
            session, client_id=cast.alice.client_id, name="Door", user="door", by=cast.sam
        )
    program = speak(cast.alice.owner, sub_account_id=cast.alice.sub_account_id)

    answer = program.post("/api/v1/messages", {**ORDER, "sub_account": "Door"})

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "sub_account"
    assert program.post("/api/v1/messages", ORDER).status_code == 202


def test_a_refunded_message_says_so(alice: Program, database: Database) -> None:
    location = alice.post("/api/v1/messages", ORDER).headers["Location"]
    with database.session(SUNNY) as session, session.begin():
        message = session.get_one(Message, (SUNNY, int(location.rpartition("/")[2])))
        message.status, message.reason = Status.REJECTED, "No such number."
        refunding.refund(session, message, cost_too=True)

    body = alice.get(location).get_json()

    assert (body["status"], body["reason"]) == ("rejected", "No such number.")
    assert body["refunded_at"].endswith("Z")
    assert body["price"] == {"amount": "0.00", "currency": "USD"}
    assert body["receipt"]["price"] == {"amount": "0.0138", "currency": "USD"}
    assert alice.get("/api/v1/balance").get_json()["amount"] == "100.00"
