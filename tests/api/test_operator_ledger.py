"""The books as the operator's programs get them."""

from __future__ import annotations

import json
import tracemalloc

from portal.accounts.roles import Right
from portal.infra.db import Database
from portal.messaging import sending
from portal.messaging.sending import Order
from tests.api.conftest import Program, Speak
from tests.cast import SUNNY, Cast

PATH = "/api/v1/operator/ledger"


def test_nobody_else_gets_them(quiet: Speak, cast: Cast) -> None:
    for who in (cast.alice.owner, cast.sam):
        # On a reseller's host there is nothing to be found, with whatever key.
        assert quiet(who).get(PATH).status_code == 404
        key = quiet(who).key
        there = quiet(host=cast.console_host).get(PATH, Authorization=f"Bearer {key}")
        assert there.status_code == 401
    assert quiet().get(PATH).status_code == 404
    assert quiet(host=cast.console_host).get(PATH).status_code == 401
    other = quiet(cast.olga, scopes={Right.RESELLERS_READ})
    assert other.get(PATH).status_code == 403


def test_the_operator_gets_one_object_a_line(quiet: Speak, cast: Cast) -> None:
    answer = quiet(cast.olga).get(PATH)

    assert answer.status_code == 200
    assert answer.content_type == "application/x-ndjson"
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert {row["type"] for row in rows} == {"account", "transfer"}
    assert {row["reseller_id"] for row in rows} == {"1", "2"}
    assert [int(row["id"]) for row in rows] == sorted(int(row["id"]) for row in rows)

    since = rows[3]["id"]
    later = quiet(cast.olga).get(f"{PATH}?since={since}")
    assert [json.loads(line) for line in later.text.splitlines()] == rows[4:]


def test_since_has_to_be_an_id(quiet: Speak, cast: Cast) -> None:
    olga = quiet(cast.olga)
    for since in ("", "x", "-1", "1.5", "9" * 19, "9" * 100, "0&since=1", "%2B1"):
        answer = olga.get(f"{PATH}?since={since}")
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request"), since
    assert olga.get(f"{PATH}?since=9223372036854775807").text == ""


def test_memory_does_not_grow_with_the_books(speak: Speak, database: Database, cast: Cast) -> None:
    olga: Program = speak(cast.olga)
    with database.session(SUNNY) as session, session.begin():
        sending.accept(
            session,
            actor=cast.alice.owner,
            sub_account_id=None,
            orders=[Order(to="+12025550123", text="x" * 700)] * 5000,
        )
    client = olga.app.test_client()
    tracemalloc.start()
    answer = client.get(
        PATH,
        base_url=f"http://{olga.host}",
        headers={"Authorization": f"Bearer {olga.key}"},
        buffered=False,
    )
    size = sum(len(piece) for piece in answer.iter_encoded())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    answer.close()

    assert size > 5000 * 1200
    assert peak < size / 2
