"""The operator sets up how its resellers pay, on the pages that they have for their clients."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.infra.db import Database
from portal.payments.bank.models import BankAccount
from portal.payments.models import PaymentAccount
from portal.tenancy import settings
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import paying, transferring
from tests.cast import SUNNY, UNIT, Cast
from tests.web.conftest import Visit

PAGES = (
    "payments", "payments/bank", "payments/events", "deposits", "transfers", "transfers/statements",
    "transfers/lines", "invoices",
    "invoice-settings",
)  # fmt: skip


def test_resellers_have_none_of_it(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    for page in PAGES:
        assert sam.get(f"/operator/{page}").status == 404
    assert sam.post("/operator/payments/rules", amounts="10", least="5", most="20").status == 404


@pytest.mark.parametrize("page", PAGES)
def test_its_pages_speak_of_resellers(visit: Visit, cast: Cast, page: str) -> None:
    seen = visit(cast.olga).get(f"/operator/{page}")
    assert seen.status == 200
    assert "client" not in seen.text.lower().replace("client id", "")


def test_it_keeps_its_own_keys(visit: Visit, cast: Cast, database: Database) -> None:
    olga = visit(cast.olga)
    assert "/hooks/stripe/console" in olga.get("/operator/payments").text
    said = {"secret_key": paying.SECRET_KEY, "signing_secret": paying.SIGNING_SECRET}
    seen = olga.post("/operator/payments/stripe", **said)
    assert (seen.status, seen.location) == (303, "/operator/payments")
    shown = olga.get("/operator/payments")
    assert "Not tested yet" in shown.text
    assert paying.SECRET_KEY not in shown.html
    with database.session(SUNNY) as session:
        assert session.scalars(select(PaymentAccount)).all() == []
    with database.session(OPERATOR_ID) as session:
        [kept] = session.scalars(select(PaymentAccount))
        assert paying.SECRET_KEY not in str(kept.secrets)


def test_it_says_what_resellers_pay(visit: Visit, cast: Cast, database: Database) -> None:
    olga = visit(cast.olga)
    assert "EUR" in olga.get("/operator/payments").text
    said = {"amounts": "500, 1000", "least": "100", "most": "5000", "currencies": "EUR"}
    assert olga.post("/operator/payments/rules", **said).location == "/operator/payments#rules"
    with database.session(OPERATOR_ID) as session:
        rules = settings.read(session).deposits
    assert (rules.amounts, rules.currencies) == ((500 * UNIT, 1000 * UNIT), ("EUR",))
    assert not rules.ask_terms


def test_it_has_a_bank_account(visit: Visit, cast: Cast, database: Database) -> None:
    olga = visit(cast.olga)
    olga.get("/operator/payments/bank")
    said = {"holder": "Wholesale", "iban": transferring.IBAN, "currency": "EUR"}
    assert olga.post("/operator/payments/bank", **said).location == "/operator/payments/bank"
    with database.session(OPERATOR_ID) as session:
        assert session.scalars(select(BankAccount)).one().currency == "EUR"
    assert "Offered" in olga.get("/operator/payments/bank").text
    assert "No transfer is waited for" in olga.get("/operator/transfers").text


def test_it_says_what_stands_on_invoices(visit: Visit, cast: Cast, database: Database) -> None:
    olga = visit(cast.olga)
    olga.get("/operator/invoice-settings")
    said = {
        "issuing": "y", "name": "Wholesale", "address": "1 Road", "city": "Denver", "country": "US",
        "prefix": "W-",
    }  # fmt: skip
    seen = olga.post("/operator/invoice-settings", **said)
    assert seen.location == "/operator/invoice-settings"
    with database.session(OPERATOR_ID) as session:
        assert settings.read(session).invoices.is_open
