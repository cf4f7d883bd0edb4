"""A code that is worth money."""

from __future__ import annotations

import pytest

from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.billing import vouchers
from portal.web.client.vouchers import TRIES
from tests.cast import UNIT

CODE = "BCDF2345GHJK"


@pytest.fixture
def voucher(database, cast):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        vouchers.create(
            session, amount=5 * UNIT, currency="USD", uses=2, expires_on=None, by=cast.sam,
            code=CODE, description="Spring",
        )  # fmt: skip


def test_whoever_sends_only_redeems_nothing(visit, cast, database):
    owner = cast.alice.owner
    with database.session(owner.reseller_id) as session, session.begin():
        session.get(Person, (owner.reseller_id, owner.person_id)).role = Role.USER.value
    assert visit(owner).get("/voucher").status == 403


@pytest.mark.parametrize("code", ["", "x" * 61])
def test_a_code_that_cannot_be_one_is_a_message_at_the_field(visit, cast, code):
    assert _visited(visit, cast.alice.owner).post("/voucher", code=code).status == 422


def test_a_wrong_code_says_no_more_than_that(visit, cast):
    seen = _visited(visit, cast.alice.owner).post("/voucher", code="NOTACODE")
    assert seen.status == 422
    assert "This code is not valid." in seen.text


@pytest.mark.usefixtures("voucher")
def test_a_code_is_credited_once(visit, cast):
    browser = _visited(visit, cast.alice.owner)
    seen = browser.follow(browser.post("/voucher", code=" bcdf-2345-ghjk "))
    assert "$5.00 is credited." in seen.text
    assert "Voucher: Spring $5.00 $105.00" in seen.text
    again = browser.post("/voucher", code=CODE)
    assert again.status == 422
    assert "You have redeemed this voucher before." in again.text
    assert "$105.00" in browser.get("/dashboard").text


@pytest.mark.usefixtures("voucher")
def test_codes_cannot_be_guessed(visit, cast):
    browser = _visited(visit, cast.alice.owner)
    for _ in range(TRIES.count_max):
        assert browser.post("/voucher", code="NOTACODE").status == 422
    seen = browser.post("/voucher", code=CODE)
    assert seen.status == 429
    assert "Too many codes were tried." in seen.text
    assert _visited(visit, cast.henry.owner).post("/voucher", code=CODE).status == 303


def _visited(visit, owner):
    browser = visit(owner)
    assert browser.get("/voucher").status == 200
    return browser
