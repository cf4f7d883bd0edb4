"""Who may call the native interface, where, and with which key."""

from __future__ import annotations

import pytest

from portal.accounts import api_keys, clients
from portal.accounts.roles import Right
from portal.infra.db import Database
from tests.api.conftest import Program, Speak
from tests.api.test_messages import NOTHING_SENT, ORDER
from tests.cast import SUNNY, Cast

OPERATIONS = [
    ("POST", "/api/v1/messages"),
    ("GET", "/api/v1/messages"),
    ("GET", "/api/v1/messages/1"),
    ("GET", "/api/v1/balance"),
]


@NOTHING_SENT
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic YTpi",
        "Bearer schlüssel",
        "Bearer sms_" + "a" * 27,
        "Bearer " + "a" * 5000,
    ],
)
def test_without_a_key_that_holds(
    quiet: Speak, method: str, path: str, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}

    answer = quiet().call(method, path, headers=headers, json=ORDER if method == "POST" else None)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["code"] == "unauthorized"


@NOTHING_SENT
def test_two_keys_are_none(quiet: Speak, cast: Cast) -> None:
    key = quiet(cast.alice.owner).key
    answer = quiet().get("/api/v1/balance", Authorization=f"Bearer {key}, Bearer {key}")
    assert answer.status_code == 401


@NOTHING_SENT
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_key_without_the_right(quiet: Speak, cast: Cast, method: str, path: str) -> None:
    needed = {
        ("POST", "/api/v1/messages"): Right.MESSAGES_SEND,
        ("GET", "/api/v1/balance"): Right.WALLET_READ,
    }.get((method, path), Right.MESSAGES_READ)
    other = quiet(cast.alice.owner, scopes=set(cast.alice.owner.rights) - {needed})

    answer = other.call(method, path, headers={}, json=ORDER if method == "POST" else None)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")


@NOTHING_SENT
def test_a_key_is_good_at_its_reseller_only(quiet: Speak, cast: Cast) -> None:
    key = quiet(cast.alice.owner).key
    for host in (cast.harbour_host, cast.console_host):
        answer = quiet(host=host).get("/api/v1/balance", Authorization=f"Bearer {key}")
        assert answer.status_code == 401


def test_a_revoked_key_and_one_of_a_closed_client_hold_no_longer(
    speak: Speak, database: Database, cast: Cast
) -> None:
    alice, henry = speak(cast.alice.owner), speak(cast.henry.owner)
    assert alice.get("/api/v1/balance").status_code == 200
    with database.session(SUNNY) as session, session.begin():
        for key in api_keys.listed(session, by=cast.alice.owner):
            api_keys.revoke(session, by=cast.alice.owner, key_id=key.id)
        clients.suspend(session, client_id=cast.henry.client_id, by=cast.sam, reason="Late")

    assert alice.get("/api/v1/balance").status_code == 401
    # A suspended client reads on.
    assert henry.get("/api/v1/balance").get_json()["standing"] == "SUSPENDED_BY_STAFF"


def test_an_unknown_path_and_method(quiet_alice: Program) -> None:
    unknown = quiet_alice.get("/api/v1/nonsense")
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "not_found")
    method = quiet_alice.call("DELETE", "/api/v1/messages", headers={})
    assert (method.status_code, method.get_json()["code"]) == (405, "method_not_allowed")
