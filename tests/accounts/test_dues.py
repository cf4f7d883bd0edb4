"""Fees that are due whatever the wallet holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.accounts import dues, receivables, wallet
from portal.accounts.dues import Charged
from portal.accounts.errors import AmountNotPositive
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import opening
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from tests.builders.money import (
    balance,
    bring_to,
    client_of,
    disagreements,
    manage,
    notices,
    owe,
)
from tests.cast import UNIT, Cast

HARD, SOFT = BalanceManagement.HARD, BalanceManagement.SOFT


def fee(session: ResellerSession, cast: Cast, amount: int, **said: int | str) -> Charged:
    asked = {"cause": ids.new(), "n": 0, "currency": "USD", **said}
    return dues.charge_fee(
        session,
        client_id=cast.alice.client_id,
        cause=int(asked["cause"]),
        n=int(asked["n"]),
        amount=amount,
        currency=str(asked["currency"]),
        description="Starter",
    )


@pytest.mark.parametrize("amount", [0, -1])
def test_is_above_zero(session: ResellerSession, cast: Cast, amount: int) -> None:
    with pytest.raises(AmountNotPositive):
        fee(session, cast, amount)


@pytest.mark.parametrize(
    ("managed", "held", "met", "left"),
    [
        ((HARD, None), 5, Charged(5, 5), 0),
        ((HARD, None), 0, Charged(0, 10), 0),
        ((HARD, None), 10, Charged(10, 0), 0),
        ((HARD, None), 11, Charged(10, 0), 1),
        ((SOFT, None), 5, Charged(10, 0), -5),
        ((SOFT, 3), 5, Charged(8, 2), -3),
        ((SOFT, 3), -3, Charged(0, 10), -3),
        ((SOFT, 0), 0, Charged(0, 10), 0),
    ],
)
def test_takes_what_the_wallet_may_give_and_the_rest_is_owed(
    session: ResellerSession,
    cast: Cast,
    *,
    managed: tuple[BalanceManagement, int | None],
    held: int,
    met: Charged,
    left: int,
) -> None:
    alice = cast.alice
    management, limit = managed
    bring_to(session, alice, held, by=cast.sam)
    manage(session, alice, management, limit=limit, by=cast.sam)
    cause = ids.new()
    assert fee(session, cast, 10, cause=cause) == met
    assert fee(session, cast, 10, cause=cause) == Charged(0, 0)
    client = client_of(session, alice)
    assert (balance(session, alice), wallet.owed(session, client)) == (left, -met.owed)
    assert (client.debt_since is not None) is (left < 0 or met.owed > 0)
    suspended = management is HARD and left <= 0
    assert (client.standing is Standing.SUSPENDED_BY_BALANCE) is suspended
    assert disagreements(session) == []


def test_is_one_act_of_two_transfers_with_the_same_name_and_words(
    session: ResellerSession, cast: Cast
) -> None:
    bring_to(session, cast.alice, 4, by=cast.sam)
    manage(session, cast.alice, HARD, by=cast.sam)
    cause = ids.new()
    fee(session, cast, 10, cause=cause, n=3)
    rows = session.execute(
        text(
            "SELECT t.code, d.code, c.code, t.unit, t.amount, t.n, t.actor_id, n.description"
            "  FROM transfers t"
            "  JOIN ledger_accounts d ON d.id = t.debit_id"
            "  JOIN ledger_accounts c ON c.id = t.credit_id"
            "  JOIN transfer_notes n ON n.transfer_id = t.id"
            " WHERE t.cause_id = :cause ORDER BY t.id"
        ),
        {"cause": cause},
    )
    assert [tuple(row) for row in rows] == [
        ("fee", "wallet", "sales", "USD", 4, 3, None, "Starter"),
        ("fee_owed", "receivable", "sales", "USD", 6, 3, None, "Starter"),
    ]
    # The same reason under another number is another act.
    assert fee(session, cast, 10, cause=cause, n=4) == Charged(0, 10)


def test_tells_that_little_is_left(session: ResellerSession, cast: Cast) -> None:
    fee(session, cast, 90 * UNIT)
    assert notices(session, cast.alice) == ["low_balance"]


def test_of_a_client_of_another_reseller_is_not_there(
    harbour_session: ResellerSession, cast: Cast
) -> None:
    with pytest.raises(NotFound):
        fee(harbour_session, cast, 10)


def test_the_next_credit_pays_what_is_owed_first(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    bring_to(session, alice, 5 * UNIT, by=cast.sam)
    manage(session, alice, HARD, by=cast.sam)
    fee(session, cast, 10 * UNIT)
    fee(session, cast, 10 * UNIT)
    seen = []
    for _ in range(2):
        wallet.payment(
            session, client_id=alice.client_id, amount=12 * UNIT, description="", by=cast.sam
        )
        client = client_of(session, alice)
        seen.append((balance(session, alice) // UNIT, client.standing, client.debt_since is None))
    assert seen == [(0, Standing.SUSPENDED_BY_BALANCE, False), (9, Standing.ACTIVE, True)]


def test_in_another_currency_it_is_owed_whole(session: ResellerSession, cast: Cast) -> None:
    assert fee(session, cast, 10, currency="EUR") == Charged(0, 10)
    client = client_of(session, cast.alice)
    assert [(w.currency, w.balance) for w in wallet.wallets(session, client)] == [
        ("USD", 100 * UNIT)
    ]
    assert client.debt_since is not None


def test_what_is_owed_beside_the_wallet_is_told_by_currency_and_by_what_it_is_for(
    session: ResellerSession, cast: Cast
) -> None:
    alice, now = cast.alice.client_id, clock.now()
    period = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    manage(session, cast.alice, HARD, by=cast.sam)
    bring_to(session, cast.alice, 5 * UNIT, by=cast.sam)
    assert receivables.owed(session, alice) == {}
    assert receivables.movements(session, alice, unit="JPY", **period) == []

    fee(session, cast, 8 * UNIT)

    assert receivables.owed(session, alice) == {"USD": 3 * UNIT}
    (made,) = receivables.movements(session, alice, unit="USD", **period)
    assert (made.amount, made.balance, made.description) == (-3 * UNIT, -3 * UNIT, "Starter")
    assert receivables.movements(session, alice, unit="JPY", **period) == []


def test_all_that_a_month_brought_is_told_of_what_is_owed(
    session: ResellerSession, cast: Cast
) -> None:
    """A client of a hundred sub-accounts owes a hundred fees on one day."""
    now = clock.now()
    manage(session, cast.alice, HARD, by=cast.sam)
    bring_to(session, cast.alice, 0, by=cast.sam)
    for _ in range(101):
        fee(session, cast, UNIT)
    made = receivables.movements(
        session,
        cast.alice.client_id,
        unit="USD",
        since=now - timedelta(hours=1),
        until=now + timedelta(hours=1),
    )
    assert [each.balance for each in made] == [-n * UNIT for n in range(101, 0, -1)]


def test_what_came_to_be_owed_in_another_time_is_left_out(
    session: ResellerSession, cast: Cast
) -> None:
    now = clock.now()
    manage(session, cast.alice, HARD, by=cast.sam)
    bring_to(session, cast.alice, 0, by=cast.sam)
    for days in (1, 2, 3):
        with clock.pretending(now + timedelta(days=days)):
            fee(session, cast, days * UNIT)
    made = receivables.movements(
        session,
        cast.alice.client_id,
        unit="USD",
        since=now + timedelta(days=2),
        until=now + timedelta(days=3),
    )
    assert [(each.amount, each.balance) for each in made] == [(-2 * UNIT, -3 * UNIT)]


def test_several_credits_at_once_pay_a_debt_once_down_to_its_last_millionth(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    owe(session, alice, 7, by=cast.sam)
    wallet_id = client_of(session, alice).wallet_id
    assert wallet_id is not None
    sales = opening.account(session, AccountCode.SALES, unit="USD")
    received = [
        Transfer(
            debit=sales,
            credit=wallet_id,
            unit="USD",
            amount=amount,
            code=TransferCode.PRICE_REFUND,
            cause=ids.new(),
        )
        for amount in (4, 2, 5, 9)
    ]
    paid = receivables.paid_by(session, alice.client_id, received)
    assert [(each.amount, each.cause) for each in paid] == [
        (4, received[0].cause),
        (2, received[1].cause),
        (1, received[2].cause),
    ]
