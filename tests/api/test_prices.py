"""Prices through the native interface."""

from __future__ import annotations

from tests.api.conftest import Program, Speak
from tests.cast import Cast


def test_staff_have_no_prices(quiet: Speak, cast: Cast) -> None:
    answer = quiet(cast.sam).get("/api/v1/prices")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")


def test_another_clients_sub_account_is_none(quiet_alice: Program, cast: Cast) -> None:
    answer = quiet_alice.get(f"/api/v1/prices?sub_account={cast.henry.sub_account_id}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "sub_account"


def test_every_country_has_its_prices(quiet_alice: Program) -> None:
    countries = quiet_alice.get("/api/v1/prices?sub_account=Main").get_json()["countries"]
    assert [each["country"] for each in countries] == sorted(each["country"] for each in countries)
    by_code = {each["country"]: each for each in countries}
    assert by_code["DE"] == {
        "country": "DE",
        "open": True,
        "usual": {"amount": "0.075", "currency": "USD"},
        "lowest": {"amount": "0.03", "currency": "USD"},
        "highest": {"amount": "0.075", "currency": "USD"},
    }
    assert by_code["CA"]["open"] is False
    assert "FR" not in by_code


def test_without_a_name_it_is_the_first_sub_account(quiet_alice: Program) -> None:
    named = quiet_alice.get("/api/v1/prices?sub_account=Main").get_json()
    assert quiet_alice.get("/api/v1/prices").get_json() == named
