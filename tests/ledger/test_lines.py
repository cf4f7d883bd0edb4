"""Everything that moved on an account, from its first transfer on."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import text

from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.ledger.codes import TransferCode
from portal.ledger.lines import lines
from tests.builders.yen import opened, pay


def test_each_says_what_it_moved_and_what_it_left_oldest_first(session: ResellerSession) -> None:
    wallet, other = opened(session), opened(session)
    made = [pay(session, wallet, 10, words="Cash"), pay(session, wallet, -4)]
    pay(session, other, 7, words="Not this one")

    found = list(lines(session, wallet))

    assert [(each.transfer_id, each.cause_id) for each in found] == [
        (each.id, each.cause) for each in made
    ]
    assert [(each.code, each.amount, each.balance, each.description) for each in found] == [
        (TransferCode.PAYMENT, 10, 10, "Cash"),
        (TransferCode.CHARGE, -4, 6, ""),
    ]
    asked = {"ids": [each.id for each in made]}
    rows = session.execute(text("SELECT at FROM transfers WHERE id = ANY(:ids) ORDER BY id"), asked)
    assert [each.at for each in found] == list(rows.scalars())
    assert found[-1].balance == statements.balance(session, wallet)


def test_whoever_stops_early_leaves_the_session_free(session: ResellerSession) -> None:
    wallet = opened(session)
    for amount in (10, 5):
        pay(session, wallet, amount)
    with closing(lines(session, wallet)) as found:
        assert next(found).amount == 10
    assert [each.amount for each in lines(session, wallet)] == [10, 5]


def test_an_account_on_which_nothing_moved_has_none(session: ResellerSession) -> None:
    assert list(lines(session, opened(session))) == []
