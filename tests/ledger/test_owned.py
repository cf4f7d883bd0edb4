"""What belongs to whom in the books, and whether an act was posted before."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, owned
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.models import Account
from portal.ledger.owned import Owned
from tests.builders.yen import opened, pay

WALLET, RECEIVABLE, SALES = AccountCode.WALLET, AccountCode.RECEIVABLE, AccountCode.SALES
PAYMENT, CHARGE = TransferCode.PAYMENT, TransferCode.CHARGE


def test_the_limited_accounts_of_one_the_oldest_first(session: ResellerSession) -> None:
    owner = ids.new()
    yen = opened(session, owner_id=owner)
    for amount in (12, -2):
        pay(session, yen, amount)
    francs, owing = (
        opening.account(session, code, unit="CHF", owner_id=owner) for code in (WALLET, RECEIVABLE)
    )
    opening.account(session, SALES, unit="CHF", owner_id=owner)
    opened(session)
    found = owned.accounts(session, (WALLET, SALES), owner_id=owner)
    assert found == [Owned(yen, WALLET, "JPY", owner, 10), Owned(francs, WALLET, "CHF", owner, 0)]
    assert [each.account_id for each in owned.accounts(session, [RECEIVABLE], owner_id=owner)] == [
        owing
    ]


def test_below_zero_are_those_of_the_kinds_that_were_asked_for(session: ResellerSession) -> None:
    """A summed account that gave more than it took owes nobody anything."""
    in_debt, empty = opened(session), opened(session)
    pay(session, in_debt, -1)
    pay(session, empty, 5)  # from what was received, which is below zero since
    found = owned.below_zero(session, (WALLET, AccountCode.RECEIVED))
    assert [each.account_id for each in found if each.unit == "JPY"] == [in_debt]
    assert owned.below_zero(session, [RECEIVABLE]) == []


def test_holding_less_are_those_of_one_kind_one_by_one_or_as_a_query(
    session: ResellerSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [opened(session) for _ in range(3)]
    for amount, wallet in zip((-1, 4, 5), held, strict=True):
        pay(session, wallet, 100)
        pay(session, wallet, amount - 100)
    opening.account(session, RECEIVABLE, unit="JPY", owner_id=ids.new())

    few = owned.holding_less(session, WALLET, 5)
    assert isinstance(few, list)
    assert {*held} & {*few} == {*held[:2]}
    of_wallets = session.scalars(select(Account.id).where(Account.code == WALLET)).all()
    assert {*few} <= {*of_wallets}

    for most, given_one_by_one in ((len(few), True), (len(few) - 1, False)):
        monkeypatch.setattr(owned, "_FEW", most)
        found = owned.holding_less(session, WALLET, 5)
        assert isinstance(found, list) is given_one_by_one
        ids_found = found if isinstance(found, list) else session.scalars(found).all()
        assert {*ids_found} == {*few}


def test_an_act_is_known_by_its_reason_its_number_and_its_code(session: ResellerSession) -> None:
    made = pay(session, opened(session), 10)
    assert owned.moved(session, cause=made.cause, n=made.n, codes=(CHARGE, PAYMENT))
    assert not owned.moved(session, cause=made.cause, n=made.n, codes=(CHARGE,))
    assert not owned.moved(session, cause=made.cause, n=made.n + 1, codes=(PAYMENT,))
    assert not owned.moved(session, cause=ids.new(), n=made.n, codes=(PAYMENT,))
