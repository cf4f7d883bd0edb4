"""Money that staff move from one client to another: looked at first, refused early, moved once."""

from __future__ import annotations

import pytest

from portal.accounts.statuses import BalanceManagement
from tests.builders.money import balance, bring_to, manage
from tests.cast import SUNNY, UNIT

KEY = "k" * 24


@pytest.fixture
def move(visit, cast, database):
    """Ask for a move from Henry, who is HARD and has 5, to Alice; `confirmed` does it."""
    with database.session(SUNNY) as session, session.begin():
        manage(session, cast.henry, BalanceManagement.HARD, by=cast.sam)
        bring_to(session, cast.henry, 5 * UNIT, by=cast.sam)
    browser = visit(cast.sam)
    path = f"/reseller/clients/{cast.henry.client_id}/move"
    browser.get(path)

    def ask(amount, **more):
        asked = {"to": "100001", "amount": amount, "reason": "Same owner", "key": KEY, **more}
        return browser.post(path, **asked)

    return ask


def held(database, *firms):
    with database.session(SUNNY) as session:
        return [balance(session, firm) for firm in firms]


def test_nothing_moves_before_it_was_looked_at(move, database, cast):
    before = held(database, cast.henry, cast.alice)
    seen = move("5")
    assert (seen.status, "nothing has moved yet" in seen.text) == (200, True)
    assert "-$5.00 $0.00" in seen.text
    assert held(database, cast.henry, cast.alice) == before


def test_more_than_the_giver_may_give_is_refused_before_anybody_looks_at_it(move, database, cast):
    seen = move("5.000001")
    assert seen.status == 422
    assert "The balance is $5.00, and may not fall by $5.000001." in seen.text
    assert "nothing has moved yet" not in seen.text


def test_what_was_confirmed_moves_once(move, database, cast):
    before = held(database, cast.henry, cast.alice)
    assert move("2", confirmed="y").status == 303
    assert move("2", confirmed="y").status == 303
    assert held(database, cast.henry, cast.alice) == [before[0] - 2 * UNIT, before[1] + 2 * UNIT]
