"""The keys of a payment account: shown to whoever proves who they are, and that is recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity, Person
from portal.accounts.roles import Role
from portal.infra.db import Database
from portal.payments.models import PaymentAccount
from tests.builders import paying
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

PATH = "/reseller/payments/stripe/secrets"
KEYS = {"secret_key": paying.SECRET_KEY, "signing_secret": paying.SIGNING_SECRET}


def at_the_page(visit: Visit, cast: Cast) -> Browser:
    sam = visit(cast.sam)
    sam.get("/reseller/payments")
    return sam


def looked(database: Database) -> int:
    with database.session(SUNNY) as session:
        return len(
            session.scalars(
                select(Activity).where(Activity.what == "payment_account.revealed")
            ).all()
        )


@pytest.mark.parametrize("kind", ["stripe", "paypal"])
def test_without_an_account_there_is_nothing_to_show(visit: Visit, cast: Cast, kind: str) -> None:
    assert at_the_page(visit, cast).post(f"/reseller/payments/{kind}/secrets").status == 404


def test_another_kind_is_no_page(visit: Visit, cast: Cast) -> None:
    assert at_the_page(visit, cast).post("/reseller/payments/bank/secrets").status == 404


def test_who_may_not_change_settings_reads_no_keys(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = at_the_page(visit, cast)
    sam.post("/reseller/payments/stripe", **KEYS)
    with database.session(SUNNY) as session, session.begin():
        person = session.get_one(Person, (SUNNY, cast.sam.person_id))
        person.role = Role.STAFF_BILLING.value
    assert sam.post(PATH).status in {403, 404}
    assert looked(database) == 0


def test_the_keys_are_shown_and_that_is_recorded(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = at_the_page(visit, cast)
    sam.post("/reseller/payments/stripe", **KEYS)
    assert paying.SECRET_KEY not in sam.get("/reseller/payments").html
    assert f'action="{PATH}"' in sam.get("/reseller/payments").html
    seen = sam.post(PATH)
    assert seen.status == 200
    assert f"Secret key {paying.SECRET_KEY}" in seen.text
    assert f"Signing secret of the webhook {paying.SIGNING_SECRET}" in seen.text
    assert looked(database) == 1
    assert "looked at the keys of an account for payments" in sam.get("/reseller/activity").text


def test_keys_that_were_sealed_with_another_secret_are_to_be_entered_again(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = at_the_page(visit, cast)
    sam.post("/reseller/payments/stripe", **KEYS)
    with database.session(SUNNY) as session, session.begin():
        account = session.scalars(select(PaymentAccount)).one()
        account.secrets = dict.fromkeys(account.secrets, "x" * 40)
    seen = sam.follow(sam.post(PATH))
    assert "The keys cannot be read any more." in seen.text
    assert looked(database) == 0
