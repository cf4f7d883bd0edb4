"""Messages come in over HTTP, each once, and the gateway is answered after the commit only."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.messaging.inbound_models import InboundMessage
from portal.messaging.models import DeliveryReport
from tests.builders.inbound import NUMBER, give
from tests.cast import HARBOUR, SUNNY, Cast

PATH = "/hooks/gateways/sandbox-hook-token/inbound"
WORDS = {"from": "+48600111222", "to": NUMBER, "text": "Zażółć", "id": "one"}


@pytest.fixture
def app(database: Database, cast: Cast) -> Flask:
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice)
    settings = Settings(secret="tests-have-a-secret-of-their-own-too", public_scheme="http")
    return create_app(settings, database=database)


def call(app: Flask, words: dict[str, str], *, path: str = PATH, **more: object) -> TestResponse:
    options = {"base_url": "http://127.0.0.1:8000", "method": "POST", **more}
    return app.test_client().open(f"{path}?{urlencode(words)}", **options)  # type: ignore[arg-type]  # ours


def kept(database: Database) -> list[InboundMessage]:
    with database.across_resellers() as session:
        return list(session.scalars(select(InboundMessage).order_by(InboundMessage.id)))


def unreadable(database: Database) -> list[dict[str, str]]:
    with database.across_resellers() as session:
        return list(session.scalars(select(DeliveryReport.raw).order_by(DeliveryReport.id)))


def test_an_unknown_token_is_nowhere(app: Flask, database: Database) -> None:
    assert call(app, WORDS, path="/hooks/gateways/nonsense/inbound").status_code == 404
    assert (kept(database), unreadable(database)) == ([], [])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_message_is_kept(app: Flask, database: Database, cast: Cast, method: str) -> None:
    answer = call(app, WORDS, method=method)

    assert (answer.status_code, answer.data) == (200, b"")
    [message] = kept(database)
    assert (message.reseller_id, message.client_id) == (SUNNY, cast.alice.client_id)
    assert (message.sender, message.recipient) == ("+48600111222", NUMBER)
    assert (message.text, message.upstream_id) == ("Zażółć", "one")
    assert message.raw == WORDS


def test_the_same_message_twice_is_one(app: Flask, database: Database) -> None:
    assert [call(app, WORDS).status_code for _ in range(2)] == [200, 200]
    assert len(kept(database)) == 1
    assert call(app, {**WORDS, "id": "two"}).status_code == 200
    assert len(kept(database)) == 2


def test_a_number_of_nobodys_is_kept_as_it_came(app: Flask, database: Database) -> None:
    words = {**WORDS, "to": "+12025550199"}
    assert (call(app, words).status_code, call(app, words).data) == (404, b"")
    assert kept(database) == []
    assert unreadable(database)[0] == words


def test_a_gateway_of_one_reseller_brings_nothing_to_others(app: Flask, database: Database) -> None:
    with database.across_resellers() as session, session.begin():
        session.execute(text("UPDATE gateways SET reseller_id = :r"), {"r": HARBOUR})
    assert call(app, WORDS).status_code == 404
    assert kept(database) == []


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"from": "", "to": NUMBER, "id": "1"},
        {"from": "+48600111222", "to": "' OR 1=1--", "id": "1"},
        {"from": "+48600111222", "to": NUMBER},
        {"ref": "1-1-1", "state": "delivered"},
    ],
)
def test_garbage_is_refused_and_kept(app: Flask, database: Database, words: dict[str, str]) -> None:
    answer = call(app, words, data=b"\x00\xff", content_type="application/octet-stream")
    assert (answer.status_code, answer.data) == (400, b"")
    assert kept(database) == []
    assert len(unreadable(database)) == 1


def test_a_form_is_a_body_like_any_other(app: Flask, database: Database) -> None:
    words = {name: word for name, word in WORDS.items() if name != "text"}
    assert call(app, words, data={"csrf": "none"}).status_code == 200
    assert kept(database)[0].text == "csrf=none"


def test_what_is_too_large_is_refused(app: Flask, database: Database) -> None:
    assert call(app, WORDS, data=b"x" * 70_000).status_code == 413
    assert kept(database) == []


def test_what_was_not_committed_is_not_answered_as_done(app: Flask, database: Database) -> None:
    with database.across_resellers() as session, session.begin():
        session.execute(text("ALTER TABLE inbound_messages ADD CHECK (false) NOT VALID"))
    assert call(app, WORDS).status_code >= 500
    assert kept(database) == []
