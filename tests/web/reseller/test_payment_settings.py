"""The account with Stripe and what clients may pay in: refusals first, secrets never shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.http import wiring
from portal.infra.db import Database
from portal.payments.models import PaymentAccount
from portal.tenancy import settings
from tests.builders import paying
from tests.cast import SUNNY, UNIT, Cast
from tests.fakes.stripe_double import StripeDouble
from tests.web.conftest import Visit

KEYS = {"secret_key": paying.SECRET_KEY, "signing_secret": paying.SIGNING_SECRET}


@pytest.fixture
def stripe(app: Flask) -> Iterator[StripeDouble]:
    with StripeDouble().running() as double:
        with app.app_context():
            parts = wiring.current()
            told = replace(parts.settings, stripe_api=double.origin)
            wiring.attach(app, replace(parts, settings=told))
        yield double


def accounts(database: Database) -> list[PaymentAccount]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(PaymentAccount).order_by(PaymentAccount.id)))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"secret_key": paying.SECRET_KEY},
        {"signing_secret": paying.SIGNING_SECRET},
        {**KEYS, "secret_key": "pk_test_sunnysunny"},
        {**KEYS, "signing_secret": "sk_test_sunnysunny"},
        {**KEYS, "connected": "sunny"},
    ],
)
def test_what_is_no_key_is_refused(
    visit: Visit, cast: Cast, database: Database, fields: dict[str, str]
) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    seen = sam.post("/reseller/payments/stripe", **fields)
    assert (seen.status, "Please mend this first" in seen.text) == (422, True)
    assert accounts(database) == []


@pytest.mark.usefixtures("stripe")
def test_an_account_is_kept_tested_hidden_and_removed(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "/hooks/stripe/sunny" in sam.get("/reseller/payments").text
    assert sam.post("/reseller/payments/stripe", **KEYS).status == 303
    seen = sam.get("/reseller/payments")
    assert "Not tested yet" in seen.text
    [kept] = accounts(database)
    for secret in KEYS.values():
        assert secret not in seen.html
        assert secret not in str(kept.secrets)
    assert "It works" in sam.follow(sam.post("/reseller/payments/stripe/test")).text
    assert sam.post("/reseller/payments/stripe/offer").status == 303
    assert "Not offered" in sam.get("/reseller/payments").text
    assert sam.post("/reseller/payments/stripe/remove").status == 303
    assert accounts(database) == []


@pytest.mark.parametrize(
    "case",
    [
        ("sk_test_wrongwrong", False, "Invalid API Key"),
        ("sk_test_restricted1", False, "does not work yet"),
        (paying.SECRET_KEY, True, "APIError"),
    ],
)
def test_an_account_that_does_not_work_is_not_offered(
    visit: Visit,
    cast: Cast,
    database: Database,
    stripe: StripeDouble,
    case: tuple[str, bool, str],
) -> None:
    key, down, said = case
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    sam.post("/reseller/payments/stripe", **{**KEYS, "secret_key": key})
    stripe.is_down = down
    seen = sam.follow(sam.post("/reseller/payments/stripe/test"))
    assert said in seen.text
    [kept] = accounts(database)
    assert kept.tested_at is None


@pytest.mark.parametrize(
    "amounts",
    [
        "",
        ",",
        "10,",
        "10,,20",
        "ten",
        "10 20",
        "1e3",
        "10, 10.00",
        "-5",
        "４",
        "10, 2000",
        "0",
        "4",
    ],
)
def test_a_list_of_amounts_that_is_none_is_refused(
    visit: Visit, cast: Cast, database: Database, amounts: str
) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    seen = sam.post("/reseller/payments/rules", amounts=amounts, least="5", most="1000")
    assert (seen.status, seen.value_of("amounts")) == (422, amounts)
    with database.session(SUNNY) as session:
        assert settings.read(session).deposits.amounts == (
            10 * UNIT, 20 * UNIT, 50 * UNIT, 100 * UNIT,
        )  # fmt: skip


def test_what_clients_pay_in_is_kept(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    said = {"amounts": "5, 12.50; 100", "least": "5", "most": "500", "refund_text": "Never."}
    said |= {"refund_text_de": "Nie.", "refund_text_fr": " "}
    assert sam.post("/reseller/payments/rules", **said, currencies="USD").status == 303
    with database.session(SUNNY) as session:
        rules = settings.read(session).deposits
    assert rules.amounts == (5 * UNIT, 12_500_000, 100 * UNIT)
    assert (rules.least, rules.most, rules.currencies) == (5 * UNIT, 500 * UNIT, ("USD",))
    assert (rules.refund_text, rules.ask_terms, rules.other_amounts) == ("Never.", False, False)
    assert rules.refund_texts == {"de": "Nie."}
    assert "Nie.</textarea>" in sam.get("/reseller/payments").html
    long = sam.post("/reseller/payments/rules", **{**said, "refund_text_de": "x" * 1_001})
    assert long.status == 422
    for least, most in (("0.5", "10"), ("10", "5"), ("5", "100001")):
        refused = sam.post("/reseller/payments/rules", amounts="10", least=least, most=most)
        assert refused.status == 422
