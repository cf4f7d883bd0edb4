"""The operator sees what the last proof found, and a warning on every page while books disagree."""

import pytest
from sqlalchemy import text

from portal.accounts import cover
from tests.cast import SUNNY

WARNING = "The books did not agree when they were last proved."


@pytest.fixture
def wrong(database):
    """The account whose balance is not what its transfers add up to."""
    with database.session(SUNNY) as session, session.begin():
        account_id = cover.account(session, currency="USD")
        session.execute(
            text("UPDATE ledger_accounts SET credits = credits + 1 WHERE id = :id"),
            {"id": account_id},
        )
    return account_id


def test_books_that_disagree_warn_on_every_page_until_they_agree(visit, cast, database, wrong):
    olga = visit(cast.olga)
    assert WARNING not in olga.get("/operator/ledger").text
    assert WARNING in olga.post("/operator/ledger/prove").text

    for path in ("/operator/resellers", "/operator/gateways", "/operator/ledger"):
        seen = olga.get(path)
        assert WARNING in seen.text
        assert "See which rows" in seen.text
    assert f"account {wrong} (cover, USD) credits" in olga.get("/operator/ledger").text

    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text("UPDATE ledger_accounts SET credits = credits - 1 WHERE id = :id"), {"id": wrong}
        )
    seen = olga.post("/operator/ledger/prove")
    assert "The books agree" in seen.text
    assert WARNING not in seen.text
    assert WARNING not in olga.get("/operator/resellers").text


def test_nobody_else_is_warned(visit, cast, wrong):
    visit(cast.olga).get("/operator/ledger")
    olga = visit(cast.olga)
    olga.get("/operator/ledger")
    olga.post("/operator/ledger/prove")
    assert WARNING not in visit(cast.sam).get("/reseller/").text


def test_what_the_last_proof_counted_stays_to_be_seen(visit, cast):
    olga = visit(cast.olga)
    olga.get("/operator/ledger")
    olga.post("/operator/ledger/prove")
    seen = olga.get("/operator/ledger").text
    assert "accounts were computed anew from" in seen
    assert "The sums of 0 closed days were added up, and 0 transfers and acts compared" in seen
    assert "It took 0." in seen
