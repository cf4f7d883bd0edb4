"""Payments, charges and quotas by a reseller's own programs."""

from __future__ import annotations

import pytest

from portal.accounts import quotas
from portal.accounts.quotas import Mode
from portal.accounts.roles import Right
from portal.infra.db import Database
from tests.api.conftest import Program, Speak
from tests.builders.money import balance, client_of
from tests.cast import UNIT, Cast

PAID = {"amount": "12.50", "description": "Bank"}


@pytest.fixture
def program(speak: Speak, cast: Cast) -> Program:
    """A program of Sunny's own, which moves money."""
    return speak(cast.sam, scopes={Right.MONEY_POST})


def path_of(cast: Cast, what: str = "payments") -> str:
    return f"/api/v1/clients/{cast.alice.client_id}/{what}"


def held(database: Database, cast: Cast) -> int:
    with database.session(cast.sam.reseller_id) as session:
        return balance(session, cast.alice)


def test_no_client_pays_itself(speak: Speak, cast: Cast, database: Database) -> None:
    answer = speak(cast.alice.owner).post(path_of(cast), PAID)
    assert answer.status_code == 403
    assert held(database, cast) == 100 * UNIT


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "1,5", "1e3", "NaN", "1_000", "１２", "0.0000001", ""]
)
def test_what_is_no_amount_is_refused_by_its_field(
    program: Program, cast: Cast, database: Database, amount: str
) -> None:
    answer = program.post(path_of(cast), PAID | {"amount": amount})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == ["amount"]
    assert held(database, cast) == 100 * UNIT


def test_a_payment_is_credited_once_by_its_key(
    program: Program, cast: Cast, database: Database
) -> None:
    first = program.post(path_of(cast), PAID, Idempotency_Key="one")
    assert first.status_code == 201, first.json
    assert first.json["amount"] == {"amount": "12.50", "currency": "USD"}
    assert first.json["balance"] == {"amount": "112.50", "currency": "USD"}
    again = program.post(path_of(cast), PAID, Idempotency_Key="one")
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = program.post(path_of(cast), PAID | {"amount": "1"}, Idempotency_Key="one")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert held(database, cast) == 112_500_000


def test_a_currency_without_prices_is_refused(
    program: Program, cast: Cast, database: Database
) -> None:
    answer = program.post(path_of(cast), PAID | {"currency": "PLN"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "currency"
    with database.session(cast.sam.reseller_id) as session:
        assert client_of(session, cast.alice).currency == "USD"


def test_a_charge_beyond_the_balance_takes_nothing(
    program: Program, cast: Cast, database: Database
) -> None:
    path = f"/api/v1/clients/{cast.henry.client_id}/charges"
    answer = program.post(path, {"amount": "100.01", "description": "Fee"})
    assert (answer.status_code, answer.json["code"]) == (402, "insufficient_funds")
    assert answer.json["has"] == {"amount": "100.00", "currency": "USD"}
    answer = program.post(path, {"amount": "99.99", "description": "Fee"})
    assert (answer.status_code, answer.json["balance"]["amount"]) == (201, "0.01")
    answer = program.post(path, {"amount": "0", "description": "Fee"})
    assert answer.status_code == 422


def test_quotas_are_changed_all_or_none(program: Program, cast: Cast, database: Database) -> None:
    ids = [str(cast.alice.sub_account_id), str(cast.henry.sub_account_id)]
    answer = program.post("/api/v1/quotas", {"sub_accounts": ids, "parts": 5})
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "sub_accounts", "problem": "No quota: Main, Main"}]
    with database.session(cast.sam.reseller_id) as session, session.begin():
        for each in ids:
            quotas.set_mode(session, sub_account_id=int(each), mode=Mode.PREPAID, by=cast.sam)
    answer = program.post("/api/v1/quotas", {"sub_accounts": ids, "parts": 5})
    assert answer.status_code == 200, answer.json
    assert [(each["before"], each["parts"]) for each in answer.json["quotas"]] == [(0, 5)] * 2
    answer = program.post("/api/v1/quotas", {"sub_accounts": ids, "parts": -6})
    assert answer.json["errors"][0]["field"] == "parts"
    answer = program.post("/api/v1/quotas", {"sub_accounts": ids, "parts": 0})
    assert answer.json["errors"] == [{"field": "parts", "problem": "Zero changes nothing"}]


@pytest.mark.parametrize("strange", [None, 7, 2**63 - 1, 2**63])
def test_others_sub_accounts_are_not_there(
    program: Program, cast: Cast, strange: int | None
) -> None:
    wanted = [str(strange or cast.berta.sub_account_id)]
    answer = program.post("/api/v1/quotas", {"sub_accounts": wanted, "parts": 5})
    assert answer.json["errors"] == [
        {"field": "sub_accounts", "problem": "There is no such sub-account"}
    ]
