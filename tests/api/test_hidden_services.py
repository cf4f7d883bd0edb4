"""What a client is not shown, its programs are refused, and no amount is in their answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.accounts import sub_accounts
from portal.accounts.roles import Right
from portal.http.actor import access_of
from portal.http.wiring import current
from portal.infra.db import Database
from portal.pricing import packages, showing
from portal.tenancy import settings
from portal.tenancy.display import Display, Service, View
from tests.api.conftest import Program, Speak
from tests.builders.addresses import filled
from tests.builders.inbound import give, receive
from tests.builders.money import bring_to
from tests.cast import SUNNY, Cast

ORDER = {"to": "+12025550142", "text": "Hello"}
ALWAYS_THERE = {"api.list_messages", "api.get_message"}
FOR_STAFF = {"api.add_payment", "api.add_charge", "api.change_quotas", "api.make_login_link"}
Show = Callable[[Display], None]


@pytest.fixture
def show(app: Flask, database: Database) -> Show:
    """Let Sunny's clients see so much."""

    def do(display: Display) -> None:
        with database.session(SUNNY) as session, session.begin():
            settings.change(session, display=display)
        with app.app_context():
            current().tenants.forget()

    return do


def operations(app: Flask) -> Iterator[tuple[str, Service | None, str, str]]:
    """Each operation that a client's key may do: its name, its service, and how to ask for it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.endpoint not in {*FOR_STAFF, "api.openapi"}:
            access = access_of(app.view_functions[rule.endpoint])
            assert access is not None
            (method,) = (rule.methods or set()) & {"GET", "POST"}
            yield rule.endpoint, access.service, method, filled(rule.rule, "1")


def ask(program: Program, method: str, path: str) -> tuple[int, dict[str, object]]:
    body = ORDER if method == "POST" else None
    answer = program.call(method, path, headers={}, json=body)
    return answer.status_code, answer.get_json()


def test_every_operation_of_clients_is_of_a_service_or_always_there(app: Flask) -> None:
    assert {name for name, service, *_ in operations(app) if service is None} == ALWAYS_THERE


@pytest.mark.parametrize(
    "service", [Service.SEND, Service.INBOX, Service.NUMBERS, Service.PRICES, Service.BALANCE]
)
def test_a_hidden_service_is_refused_by_name(
    app: Flask, speak: Speak, cast: Cast, show: Show, service: Service
) -> None:
    program = speak(cast.alice.owner)
    show(Display(hidden=(service,)))
    refused = {
        name: said
        for name, _, method, path in operations(app)
        if (said := ask(program, method, path))[1].get("code") == "service_hidden"
    }
    assert set(refused) == {name for name, of, *_ in operations(app) if of is service} != set()
    for status, problem in refused.values():
        assert (status, problem["service"]) == (403, service.value)
        assert problem["detail"] == "This service is not offered to the client."


def test_without_the_interface_no_key_of_a_client_does_anything(
    app: Flask, speak: Speak, cast: Cast, show: Show
) -> None:
    program, staff = speak(cast.alice.owner), speak(cast.sam)
    show(Display(hidden=(Service.API,)))
    for _, _, method, path in operations(app):
        status, problem = ask(program, method, path)
        assert (status, problem["code"], problem["service"]) == (403, "service_hidden", "api")
    payment = f"/api/v1/clients/{cast.alice.client_id}/payments"
    answer = staff.post(payment, {"amount": "1.00", "currency": "USD", "description": "Cash"})
    assert answer.status_code == 201


def test_the_view_without_services_has_no_interface(speak: Speak, cast: Cast, show: Show) -> None:
    program = speak(cast.alice.owner)
    show(Display(view=View.BARE))
    assert program.get("/api/v1/messages").get_json()["code"] == "service_hidden"
    show(Display(view=View.SIMPLE))
    assert program.get("/api/v1/messages").status_code == 200


def test_what_is_hidden_is_said_before_a_missing_right(
    speak: Speak, cast: Cast, show: Show
) -> None:
    program = speak(cast.alice.owner, scopes={Right.MESSAGES_READ})
    assert program.get("/api/v1/balance").get_json()["code"] == "forbidden"
    show(Display(hidden=(Service.BALANCE,)))
    assert program.get("/api/v1/balance").get_json()["code"] == "service_hidden"


def test_a_key_for_one_sub_account_sees_what_its_package_shows(
    app: Flask, speak: Speak, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        (starter,) = packages.listed(session)
        showing.put(starter, Display(hidden=(Service.SEND,)))
        other, _ = sub_accounts.create(
            session, client_id=cast.alice.client_id, name="Shop", user="alice.shop", by=cast.sam
        )
        other_id = other.id
    with app.app_context():
        current().tenants.forget()
    of_main = speak(cast.alice.owner, sub_account_id=cast.alice.sub_account_id)
    of_shop, of_all = speak(cast.alice.owner, sub_account_id=other_id), speak(cast.alice.owner)
    assert of_main.post("/api/v1/messages", ORDER).get_json()["code"] == "service_hidden"
    # The shop has no prices, which is another matter; who works for both is offered sending.
    assert of_shop.post("/api/v1/messages", ORDER).get_json()["code"] == "no_rate"
    assert of_all.post("/api/v1/messages", ORDER).status_code == 202
    for_main = {"sub_account": str(cast.alice.sub_account_id)}
    refused = of_all.post("/api/v1/messages", ORDER | for_main)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "service_hidden")


def test_without_money_every_amount_is_null(
    speak: Speak, cast: Cast, show: Show, database: Database
) -> None:
    program = speak(cast.alice.owner)
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice, fee=5_000)
        receive(session, "An answer")
    first = program.post("/api/v1/messages", ORDER, Idempotency_Key="one")
    assert first.get_json()["price"] == {"amount": "0.0138", "currency": "USD"}
    show(Display(money=False))
    again = program.post("/api/v1/messages", ORDER, Idempotency_Key="one")
    assert (again.status_code, again.get_json()) == (202, first.get_json() | {"price": None})
    asked = [
        program.post("/api/v1/messages", ORDER),
        program.get("/api/v1/messages"),
        program.get(f"/api/v1/messages/{first.get_json()['id']}"),
        program.get("/api/v1/inbound-messages"),
        program.get("/api/v1/numbers"),
    ]
    for answer in asked:
        assert answer.status_code in {200, 202}
        assert '"amount"' not in answer.text
        assert '"currency"' not in answer.text
    detail = asked[2].get_json()
    assert (detail["price"], detail["parts"]) == (None, 1)
    assert {name for name, value in detail["receipt"].items() if value is None} == {
        "price",
        "unit_price",
        "addition",
    }
    show(Display())
    shown = program.post("/api/v1/messages", ORDER, Idempotency_Key="one")
    assert shown.get_json() == first.get_json()


@pytest.mark.parametrize(
    ("display", "facts", "detail"),
    [
        (Display(), {"needs", "has"}, "It needs 0.0138 USD, and there is 0.001."),
        (Display(hidden=(Service.BALANCE,)), {"needs"}, "It needs 0.0138 USD."),
        (Display(money=False), set(), "The balance does not cover the price."),
    ],
)
def test_a_refusal_for_money_says_no_more_than_is_shown(
    *,
    speak: Speak,
    cast: Cast,
    show: Show,
    database: Database,
    display: Display,
    facts: set[str],
    detail: str,
) -> None:
    program = speak(cast.henry.owner)
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, cast.henry, 1_000, by=cast.sam)
    show(display)
    answer = program.post("/api/v1/messages", ORDER)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (402, "insufficient_funds")
    assert (facts, detail) == ({"needs", "has"} & problem.keys(), problem["detail"])
    if not facts:
        assert "USD" not in json.dumps(problem)
