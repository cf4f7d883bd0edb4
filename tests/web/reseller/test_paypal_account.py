"""The account with PayPal: refusals first, secrets never shown, tested before anybody sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.http import wiring
from portal.infra.db import Database
from portal.payments.models import PaymentAccount
from tests.builders import paying
from tests.cast import SUNNY, Cast
from tests.fakes.paypal_double import PayPalDouble
from tests.web.conftest import Visit

HERE = "/reseller/payments/paypal"
TYPED = {**paying.PAYPAL, "place": "test"}


@pytest.fixture
def paypal(app: Flask) -> Iterator[PayPalDouble]:
    with PayPalDouble().running() as double:
        with app.app_context():
            parts = wiring.current()
            told = replace(parts.settings, paypal_api=double.origin)
            wiring.attach(app, replace(parts, settings=told))
        yield double


def accounts(database: Database) -> list[PaymentAccount]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(PaymentAccount).order_by(PaymentAccount.id)))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"client_id": paying.PAYPAL["client_id"]},
        {**TYPED, "client_id": "sunny@sunny.test"},
        {**TYPED, "client_secret": "short"},
        {**TYPED, "webhook_id": "https://sunny.test/hooks/paypal/sunny"},
        {**TYPED, "webhook_id": ""},
        {**TYPED, "place": "moon"},
    ],
)
def test_what_is_no_credential_is_refused(
    visit: Visit, cast: Cast, database: Database, fields: dict[str, str]
) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    seen = sam.post(HERE, **fields)
    assert (seen.status, "Please mend this first" in seen.text) == (422, True)
    assert accounts(database) == []


@pytest.mark.usefixtures("paypal")
def test_an_account_is_kept_tested_hidden_and_removed(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "/hooks/paypal/sunny" in sam.get("/reseller/payments").text
    assert sam.post(HERE, **TYPED).status == 303
    seen = sam.get("/reseller/payments")
    assert "Not tested yet" in seen.text
    [kept] = accounts(database)
    for secret in paying.PAYPAL.values():
        assert secret not in seen.html
        assert secret not in str(kept.secrets)
    assert "It works" in sam.follow(sam.post(f"{HERE}/test")).text
    [kept] = accounts(database)
    assert (kept.merchant_name, kept.is_live) == ("shop@example.com", False)
    assert sam.post(f"{HERE}/offer").status == 303
    assert "Not offered" in sam.get("/reseller/payments").text
    assert sam.post(f"{HERE}/remove").status == 303
    assert accounts(database) == []


def test_real_money_is_another_account(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    sam.post(HERE, **TYPED)
    [tried] = accounts(database)
    assert sam.post(HERE, webhook_id="ANOTHERWEBHOOK123", place="test").status == 303
    [same] = accounts(database)
    assert (same.id, same.is_live) == (tried.id, False)
    assert sam.post(HERE, place="live").status == 303
    [live] = accounts(database)
    assert (live.id == tried.id, live.is_live, live.tested_at) == (False, True, None)


@pytest.mark.parametrize(
    "case",
    [
        ({"client_id": "wrongwrong-wrongwrong"}, False, "Client Authentication failed"),
        ({"webhook_id": "WRONGWRONGWRONG"}, False, "no webhook with this ID"),
        ({}, True, "HTTP 503"),
    ],
)
def test_an_account_that_does_not_work_is_not_offered(
    visit: Visit,
    cast: Cast,
    database: Database,
    paypal: PayPalDouble,
    case: tuple[dict[str, str], bool, str],
) -> None:
    fields, down, said = case
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    sam.post(HERE, **{**TYPED, **fields})
    paypal.is_down = down
    seen = sam.follow(sam.post(f"{HERE}/test"))
    assert said in seen.text
    [kept] = accounts(database)
    assert kept.tested_at is None
