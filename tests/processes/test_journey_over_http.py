"""The portal as programs see it: started by one command, asked over HTTP, and its books."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders.running import ANSWER_SECONDS, CONSOLE, SUNNY, Portal
from tests.processes.buyers import TO, buyer

# One process of the suite starts these portals, so that each is started once.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]


def test_facts_tell_programs_all_they_need(single: Portal) -> None:
    facts = single.facts
    assert facts["address"] == f"127.0.0.1:{single.port}"
    assert facts["operator"].keys() == {"url", "email", "password", "token"}
    assert facts["operator"]["url"] == f"http://{CONSOLE}:{single.port}"
    assert [(r["slug"], r["name"], r["currency"]) for r in facts["resellers"]] == [
        ("sunny", "SunnyText", "USD"),
        ("harbour", "Harbour", "EUR"),
    ]
    for reseller in facts["resellers"]:
        assert reseller.keys() == {
            "slug", "name", "url", "hostname", "number", "currency", "staff", "support", "clients",
        }  # fmt: skip
        assert reseller["url"] == f"http://{reseller['hostname']}:{single.port}"
        assert reseller["staff"].keys() == {"email", "password", "token", "api_password"}
        assert {c["balance_management"] for c in reseller["clients"]} == {"SOFT", "HARD"}
        for client in reseller["clients"]:
            assert client.keys() == {
                "email", "password", "number", "currency", "balance_management", "token",
                "sub_accounts", "people",
            }  # fmt: skip
            assert client["sub_accounts"]
            for sub_account in client["sub_accounts"]:
                assert sub_account.keys() == {"name", "user", "api_password", "package"}
    assert facts["sandbox"].keys() == {
        "delivered", "slow", "undelivered", "rejected", "no_report", "silent",
    }  # fmt: skip
    assert facts["mail"]["kind"] == "folder"
    assert single.data_dir.with_name("facts.json").stat().st_mode & 0o077 == 0


def test_every_login_of_the_facts_works(single: Portal) -> None:
    for reseller in single.facts["resellers"]:
        for client in reseller["clients"]:
            answer = single.ask(
                "GET", "/api/v1/balance", host=reseller["hostname"], token=client["token"]
            )
            assert answer.status == 200
            assert answer.json["currency"] == client["currency"]
    assert single.export()


def test_health_is_told_to_neighbours_and_nothing_else_is(portal: Portal) -> None:
    for host in (SUNNY, CONSOLE, "127.0.0.1", "unknown.example"):
        assert portal.ask("GET", "/healthz", host=host).status == 200
        assert portal.ask("GET", "/readyz", host=host).status == 200
    for host in ("127.0.0.1", "unknown.example", "evil.sunny.localhost", "[::1]"):
        answer = portal.ask("GET", "/", host=host)
        assert answer.status == 421
        assert not {"SunnyText", "Harbour", "Wholesale"} & set(answer.body.split())


def test_what_becomes_of_messages_to_the_sandbox(portal: Portal) -> None:
    """Each of its phones at once, until all have come to rest."""
    portal.set_gateway(answer_seconds=ANSWER_SECONDS, slow_report_seconds=2)
    time.sleep(3.5)  # workers look for changes every three seconds
    token = portal.facts["resellers"][0]["clients"][1]["token"]
    sent = {}
    for name, number in portal.facts["sandbox"].items():
        answer = portal.send(token, number)
        assert answer.status == 202, answer
        assert answer.json["status"] == "accepted"
        assert (answer.json["parts"], answer.json["encoding"]) == (1, "gsm7")
        sent[name] = answer.json["id"]
    expected = {
        "delivered": "delivered",
        "slow": "delivered",
        "undelivered": "undelivered",
        "rejected": "rejected",
        "no_report": "submitted",
        "silent": "unknown",
    }

    def statuses() -> dict[str, str]:
        return {
            name: portal.ask("GET", f"/api/v1/messages/{number}", token=token).json["status"]
            for name, number in sent.items()
        }

    portal.until(f"statuses are {expected}", lambda: statuses() == expected, seconds=25)
    # Only what the gateway refused is paid back; what was handed over keeps its charge.
    refunded = {
        name
        for name, number in sent.items()
        if portal.ask("GET", f"/api/v1/messages/{number}", token=token).json["refunded_at"]
    }
    assert refunded == {"rejected"}


def test_a_key_is_answered_once(portal: Portal) -> None:
    token = buyer(portal, messages=3)
    first = portal.send(token, TO, key="once")
    again = portal.send(token, TO, key="once")
    assert (first.status, again.status) == (202, 202)
    assert again.json == first.json
    assert again.headers["idempotent-replayed"] == "true"
    other = portal.send(token, TO, "Something else", key="once")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")


def test_one_key_from_many_at_once_sends_one_message(portal: Portal) -> None:
    token = buyer(portal, messages=20)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: portal.send(token, TO, key="same"), range(16)))
    assert {answer.status for answer in answers} <= {202, 409}
    assert len({answer.json["id"] for answer in answers if answer.status == 202}) == 1
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 409)
    balance = portal.ask("GET", "/api/v1/balance", token=token).json
    assert balance["amount"] == "0.95"


def test_of_two_hundred_at_once_ten_are_paid_for(portal: Portal) -> None:
    token = buyer(portal, messages=10)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: portal.send(token, TO, f"No. {n}"), range(200)))
    counted = Counter(answer.status for answer in answers)
    assert counted[202] == 10
    assert set(counted) <= {202, 402, 403}
    codes = {answer.json["code"] for answer in answers if answer.status != 202}
    assert codes <= {"insufficient_funds", "client_suspended"}
    balance = portal.ask("GET", "/api/v1/balance", token=token).json
    assert float(balance["amount"]) == 0
    assert balance["suspended"] is True
    accepted = {answer.json["id"] for answer in answers if answer.status == 202}
    assert accepted <= portal.messages().keys()
    portal.until("all ten are handed over", lambda: accepted <= portal.handed_over().keys())
    handed_over = portal.handed_over()
    assert {handed_over[each] for each in accepted} == {1}
    status, said = portal.prove()
    assert (status, said.startswith("books agree: ")) == (0, True), said


def test_nothing_malformed_is_our_fault(portal: Portal) -> None:
    token = portal.facts["resellers"][0]["clients"][1]["token"]
    bodies = [None, [], "x", 5, {}, {"to": 5}, {"to": TO, "text": "\ud800"}, {"to": TO}, {"x": 1}]
    for body in bodies:
        answer = portal.ask("POST", "/api/v1/messages", token=token, body=body)
        assert 400 <= answer.status < 500, (body, answer)
    for path in ("/%00", "/%ff", "/messages/x", "/a/../../etc/passwd", "/reset/%0d%0a", "/?" * 50):
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            answer = portal.ask(method, path, headers={"Content-Length": "0"})
            assert answer.status < 500, (method, path, answer)
