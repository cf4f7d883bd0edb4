"""Deposits on wallets and off them: an act that is told twice moves money once."""

from __future__ import annotations

import pytest

from portal.accounts import deposited, receivables
from portal.accounts.deposited import Taken
from portal.accounts.errors import AmountNotPositive
from portal.accounts.statuses import BalanceManagement
from portal.infra import ids
from portal.infra.db import ResellerSession
from tests.builders.money import balance, bring_to, disagreements, manage
from tests.cast import UNIT, Cast


@pytest.fixture
def said(session: ResellerSession, cast: Cast) -> dict[str, object]:
    """What is told of a deposit of six to Alice, who is HARD and has four."""
    manage(session, cast.alice, BalanceManagement.HARD, by=cast.sam)
    bring_to(session, cast.alice, 4 * UNIT, by=cast.sam)
    return {
        "client_id": cast.alice.client_id,
        "cause": ids.new(),
        "amount": 6 * UNIT,
        "currency": "USD",
        "description": "Visa 4242",
    }


def test_nothing_is_no_amount(session: ResellerSession, said: dict[str, object]) -> None:
    nothing = said | {"amount": 0}
    with pytest.raises(AmountNotPositive):
        deposited.credit(session, **nothing)
    with pytest.raises(AmountNotPositive):
        deposited.take_back(session, **nothing, disputed=False)


def test_it_is_credited_once(session: ResellerSession, cast: Cast, said: dict[str, object]) -> None:
    assert deposited.credit(session, **said) is not None
    assert deposited.credit(session, **said) is None
    assert balance(session, cast.alice) == 10 * UNIT
    assert disagreements(session) == []


@pytest.mark.parametrize("disputed", [False, True])
def test_it_is_taken_back_once_and_given_again_once(
    session: ResellerSession, cast: Cast, said: dict[str, object], *, disputed: bool
) -> None:
    alice = cast.alice.client_id
    assert deposited.take_back(session, **said, disputed=disputed) == Taken(4 * UNIT, 2 * UNIT)
    assert deposited.take_back(session, **said, disputed=disputed) == Taken(0, 0)
    assert (balance(session, cast.alice), receivables.owed(session, alice)) == (
        0,
        {"USD": 2 * UNIT},
    )
    for _ in range(2):
        deposited.give_again(session, **said)
        assert (balance(session, cast.alice), receivables.owed(session, alice)) == (4 * UNIT, {})
    assert disagreements(session) == []
