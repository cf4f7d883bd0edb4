"""The balance through the native interface."""

from __future__ import annotations

from portal.accounts import dues, wallet
from portal.accounts.statuses import BalanceManagement
from portal.infra import ids
from portal.infra.db import Database
from tests.api.conftest import Program, Speak
from tests.builders.money import owe
from tests.cast import SUNNY, UNIT, Cast


def test_staff_has_no_wallet(quiet: Speak, cast: Cast) -> None:
    answer = quiet(cast.sam).get("/api/v1/balance")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")


def test_a_soft_balance(quiet_alice: Program) -> None:
    assert quiet_alice.get("/api/v1/balance").get_json() == {
        "amount": "100.00",
        "currency": "USD",
        "balance_management": "SOFT",
        "credit_limit": None,
        "owed": [],
        "standing": "ACTIVE",
        "suspended": False,
    }


def test_an_empty_hard_balance_and_a_credit_limit(
    speak: Speak, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        wallet.charge(
            session,
            client_id=cast.henry.client_id,
            amount=100 * UNIT,
            description="All of it",
            by=cast.sam,
        )
        wallet.set_balance_management(
            session,
            client_id=cast.alice.client_id,
            management=BalanceManagement.SOFT,
            credit_limit=UNIT // 2,
            by=cast.sam,
        )

    henry = speak(cast.henry.owner).get("/api/v1/balance").get_json()
    alice = speak(cast.alice.owner).get("/api/v1/balance").get_json()

    assert (henry["amount"], henry["balance_management"]) == ("0.00", "HARD")
    assert (henry["standing"], henry["suspended"]) == ("SUSPENDED_BY_BALANCE", True)
    assert alice["credit_limit"] == "0.50"


def test_what_is_owed_beside_the_balance(speak: Speak, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        owe(session, cast.henry, 3 * UNIT, by=cast.sam)
        fee = {"client_id": cast.henry.client_id, "cause": ids.new(), "n": 0}
        dues.charge_fee(session, **fee, amount=UNIT, currency="EUR", description="Starter")

    henry = speak(cast.henry.owner).get("/api/v1/balance").get_json()

    assert (henry["amount"], henry["owed"]) == (
        "0.00",
        [{"amount": "1.00", "currency": "EUR"}, {"amount": "3.00", "currency": "USD"}],
    )
