"""What was sent in a period, on a page and as a file."""

from __future__ import annotations

import pytest

from portal.accounts.models import Person
from portal.accounts.roles import Role

US, DE = "+12025550101", "+4915112345678"


def test_nothing_was_sent_yet(visit, cast):
    seen = visit(cast.alice.owner).get("/usage")
    assert "This month 0 messages 0 parts" in seen.text
    assert "Nothing was sent" in seen.text


def test_messages_are_told_apart_three_ways(visit, cast, sent):
    sent(cast.alice.owner, US, "a" * 161)
    sent(cast.alice.owner, DE)
    sent(cast.henry.owner, US)
    seen = visit(cast.alice.owner).get("/usage")
    assert "This month 2 messages 3 parts · $0.0576" in seen.text
    assert "Last month 0 messages" in seen.text
    assert "2 messages , 3 parts, $0.0576" in seen.text
    assert "Main 2 3 $0.0576" in seen.text
    assert "Germany 1 1 $0.03" in seen.text
    assert "United States 1 2 $0.0276" in seen.text
    assert "Accepted 2 3 $0.0576" in seen.text


def test_whoever_may_not_see_money_sees_none(visit, cast, sent, database):
    sent(cast.alice.owner, US)
    owner = cast.alice.owner
    with database.session(owner.reseller_id) as session, session.begin():
        session.get(Person, (owner.reseller_id, owner.person_id)).role = Role.READER.value
    browser = visit(owner)
    assert "$" not in browser.get("/usage").text
    assert "price" not in browser.get("/usage.csv").html


def test_days_are_chosen_in_the_address(visit, cast, sent):
    sent(cast.alice.owner, US)
    browser = visit(cast.alice.owner)
    assert browser.get("/usage?from=2026-01-01&to=2026-01-31").rows() == 0
    assert browser.get("/usage?from=2026-01-01").rows() == 3
    assert browser.get("/usage?to=9999-12-31").status == 200
    assert browser.get("/usage?from=9999-12-31").status == 200


@pytest.mark.parametrize(
    "days",
    ["from=yesterday", "from=2026-02-01&to=2026-01-01", "from=2020-01-01&to=2026-01-01"],
)
def test_a_period_that_is_none_is_refused(visit, cast, days):
    browser = visit(cast.alice.owner)
    assert browser.get(f"/usage?{days}").status == 422
    assert browser.get(f"/usage.csv?{days}").status == 422


def test_a_file_has_the_smallest_parts(visit, cast, sent):
    sent(cast.alice.owner, US)
    sent(cast.alice.owner, DE)
    lines = visit(cast.alice.owner).get("/usage.csv").html.removeprefix("\ufeff").splitlines()
    heads = "sub_account country status messages parts free_parts prepaid_parts price currency"
    assert lines == [
        ",".join(f'"{each}"' for each in heads.split()),
        '"Main","DE","accepted","1","1","0","0","0.03","USD"',
        '"Main","US","accepted","1","1","0","0","0.0138","USD"',
    ]
