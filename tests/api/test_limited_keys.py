"""A key for one sub-account, and a key of somebody limited: operation by operation."""

import pytest
from flask import Flask

from portal.infra.db import Database
from tests.api.conftest import Program
from tests.builders import limited
from tests.builders.limited import HIDDEN, OF_THE_WALLET, Limited
from tests.cast import Cast


@pytest.fixture
def planted(database: Database, cast: Cast) -> Limited:
    return limited.plant(database, cast)


@pytest.fixture
def program(app: Flask, cast: Cast, planted: Limited) -> Program:
    return Program(app, cast.sunny_host, "192.0.2.77", planted.key)


def test_no_operation_tells_of_other_sub_accounts_or_of_money(
    app: Flask, program: Program, planted: Limited
) -> None:
    told, answered = {}, set()
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("api.") or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule.replace("<message_id>", str(planted.other_message))
        answer = program.get(path)
        answered.add((rule.endpoint, answer.status_code))
        if rule.endpoint != "api.openapi":  # which is the same for everybody
            words = [each for each in (*HIDDEN, *OF_THE_WALLET) if each in answer.text]
            told[path] = words
    assert {path: found for path, found in told.items() if found} == {}
    assert answered >= {
        ("api.list_messages", 200),
        ("api.list_inbound_messages", 200),
        ("api.list_numbers", 200),
        ("api.list_prices", 200),
        ("api.get_message", 404),
        ("api.get_balance", 403),
    }


def test_its_own_is_there(program: Program, planted: Limited) -> None:
    assert "Seen words" in program.get("/api/v1/messages").text
    assert program.get(f"/api/v1/messages/{planted.own_message}").status_code == 200


def test_nothing_is_sent_or_priced_for_another(program: Program, planted: Limited) -> None:
    """What is hidden is answered as what is not there."""
    said = []
    for name in (str(planted.other), "Hidden desk", "Nowhere"):
        body = {"to": "+12025550123", "text": "x", "sub_account": name}
        sent = program.post("/api/v1/messages", json=body)
        priced = program.get(f"/api/v1/prices?sub_account={name}")
        assert (sent.status_code, priced.status_code) == (422, 422)
        answers = [(answer.json or {}) | {"request_id": ""} for answer in (sent, priced)]
        said.append(str(answers).replace(name, "NAME"))
    assert len(set(said)) == 1
    own = {"to": "+12025550123", "text": "x", "sub_account": "Seen desk"}
    assert program.post("/api/v1/messages", json=own).status_code == 202
