"""A client's money: payment, charge, reversal, SOFT and HARD, and what is owed beside it."""

from __future__ import annotations

import pytest

from portal.accounts import activity, wallet
from portal.accounts.errors import AmountNotPositive, InsufficientFunds, LimitBelowDebt
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger.errors import AlreadyReversed
from portal.messaging import sending
from portal.messaging.sending import Order
from tests.builders.money import (
    balance,
    bring_to,
    client_of,
    disagreements,
    manage,
    notices,
)
from tests.cast import UNIT, Cast

HARD, SOFT = BalanceManagement.HARD, BalanceManagement.SOFT


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_is_above_zero(session: ResellerSession, cast: Cast, amount: int) -> None:
    for act in (wallet.payment, wallet.charge):
        with pytest.raises(AmountNotPositive):
            act(
                session,
                client_id=cast.alice.client_id,
                amount=amount,
                description="",
                by=cast.sam,
            )
    assert balance(session, cast.alice) == 100 * UNIT


def test_a_client_of_another_reseller_is_not_there(
    harbour_session: ResellerSession, cast: Cast
) -> None:
    for act in (wallet.payment, wallet.charge):
        with pytest.raises(NotFound):
            act(
                harbour_session,
                client_id=cast.alice.client_id,
                amount=1,
                description="",
                by=cast.hanna,
            )


def test_hard_gives_what_it_has_and_no_more(session: ResellerSession, cast: Cast) -> None:
    henry = cast.henry
    with pytest.raises(InsufficientFunds) as refused:
        wallet.charge(
            session,
            client_id=henry.client_id,
            amount=100 * UNIT + 1,
            description="Setup",
            by=cast.sam,
        )
    assert (refused.value.needs, refused.value.has, refused.value.currency) == (
        100 * UNIT + 1, 100 * UNIT, "USD",
    )  # fmt: skip
    assert balance(session, henry) == 100 * UNIT
    assert disagreements(session) == []

    wallet.charge(
        session, client_id=henry.client_id, amount=100 * UNIT, description="Setup", by=cast.sam
    )
    assert balance(session, henry) == 0


def test_soft_falls_to_its_limit(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    manage(session, alice, SOFT, limit=5 * UNIT, by=cast.sam)
    bring_to(session, alice, -5 * UNIT, by=cast.sam)
    with pytest.raises(InsufficientFunds) as refused:
        wallet.charge(session, client_id=alice.client_id, amount=1, description="More", by=cast.sam)
    assert (refused.value.needs, refused.value.has) == (1, -5 * UNIT)
    assert client_of(session, alice).standing is Standing.ACTIVE


def test_soft_without_a_limit_falls_as_far_as_it_is_charged(
    session: ResellerSession, cast: Cast
) -> None:
    bring_to(session, cast.alice, -1_000_000 * UNIT, by=cast.sam)
    assert balance(session, cast.alice) == -1_000_000 * UNIT
    assert disagreements(session) == []


def test_payment_and_charge_are_written_down(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    paid = wallet.payment(
        session, client_id=alice.client_id, amount=5, description="Cash", by=cast.sam
    )
    charged = wallet.charge(
        session, client_id=alice.client_id, amount=3, description="Letter", by=cast.sam
    )

    noted = activity.latest(session, client_id=alice.client_id, limit=2)
    assert [(n.what, n.about_id, n.person_id, n.person_name) for n in noted] == [
        ("client.charge", charged, cast.sam.person_id, "Sam Tester"),
        ("client.payment", paid, cast.sam.person_id, "Sam Tester"),
    ]
    assert noted[0].details == {"amount": 3, "currency": "USD", "description": "Letter"}
    latest = wallet.movements(session, client_of(session, alice), limit=2)
    assert [(m.transfer_id, m.amount, m.description) for m in latest] == [
        (charged, -3, "Letter"),
        (paid, 5, "Cash"),
    ]


def test_who_waits_has_no_wallet_yet(session: ResellerSession, cast: Cast) -> None:
    walter = client_of(session, cast.walter)
    assert wallet.balance(session, walter) == 0
    assert wallet.movements(session, walter) == []


class TestReversal:
    """Taking back what was done by hand."""

    def test_only_what_was_done_by_hand_on_this_wallet(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice, henry = cast.alice, cast.henry
        sent = sending.accept_one(
            session,
            actor=alice.owner,
            sub_account_id=None,
            order=Order(to="+12025550123", text="Hello"),
        )
        (price,) = wallet.movements(session, client_of(session, alice), limit=1)
        assert (price.cause_id, price.amount) == (sent.id, -13_800)
        paid = wallet.payment(
            session, client_id=henry.client_id, amount=7, description="", by=cast.sam
        )
        for transfer_id in (price.transfer_id, paid, 1):
            with pytest.raises(NotFound):
                wallet.reverse(
                    session,
                    client_id=alice.client_id,
                    transfer_id=transfer_id,
                    by=cast.sam,
                    reason="Mistake",
                )
        wallet.reverse(
            session, client_id=henry.client_id, transfer_id=paid, by=cast.sam, reason="Mistake"
        )
        # That it was taken back is henry's affair alone.
        with pytest.raises(NotFound):
            wallet.reverse(
                session, client_id=alice.client_id, transfer_id=paid, by=cast.sam, reason="No"
            )

    def test_once(self, session: ResellerSession, cast: Cast) -> None:
        henry = cast.henry
        charged = wallet.charge(
            session, client_id=henry.client_id, amount=40 * UNIT, description="", by=cast.sam
        )
        back = wallet.reverse(
            session, client_id=henry.client_id, transfer_id=charged, by=cast.sam, reason="Mistake"
        )
        assert balance(session, henry) == 100 * UNIT
        for transfer_id in (charged, back):
            with pytest.raises((AlreadyReversed, NotFound)):
                wallet.reverse(
                    session,
                    client_id=henry.client_id,
                    transfer_id=transfer_id,
                    by=cast.sam,
                    reason="Again",
                )
        assert balance(session, henry) == 100 * UNIT
        (noted,) = activity.latest(session, client_id=henry.client_id, limit=1)
        assert (noted.what, noted.details["description"]) == ("client.reversal", "Mistake")

    def test_not_of_money_that_is_spent(self, session: ResellerSession, cast: Cast) -> None:
        henry = cast.henry
        paid = wallet.payment(
            session, client_id=henry.client_id, amount=50 * UNIT, description="", by=cast.sam
        )
        bring_to(session, henry, 49 * UNIT, by=cast.sam)
        with pytest.raises(InsufficientFunds) as refused:
            wallet.reverse(
                session, client_id=henry.client_id, transfer_id=paid, by=cast.sam, reason="Bounced"
            )
        assert (refused.value.needs, refused.value.has) == (50 * UNIT, 49 * UNIT)

    def test_to_zero_suspends_hard(self, session: ResellerSession, cast: Cast) -> None:
        henry = cast.henry
        bring_to(session, henry, 1 * UNIT, by=cast.sam)
        paid = wallet.payment(
            session, client_id=henry.client_id, amount=50 * UNIT, description="", by=cast.sam
        )
        bring_to(session, henry, 50 * UNIT, by=cast.sam)
        wallet.reverse(
            session, client_id=henry.client_id, transfer_id=paid, by=cast.sam, reason="Bounced"
        )
        assert balance(session, henry) == 0
        assert client_of(session, henry).standing is Standing.SUSPENDED_BY_BALANCE


class TestDebt:
    """SOFT to HARD with a debt, and how it is paid."""

    def test_becomes_a_receivable(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        bring_to(session, alice, -30 * UNIT, by=cast.sam)

        manage(session, alice, HARD, by=cast.sam)

        client = client_of(session, alice)
        assert balance(session, alice) == 0
        assert wallet.owed(session, client) == -30 * UNIT
        assert client.standing is Standing.SUSPENDED_BY_BALANCE
        assert disagreements(session) == []

    def test_is_paid_before_the_wallet(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        bring_to(session, alice, -30 * UNIT, by=cast.sam)
        manage(session, alice, HARD, by=cast.sam)
        seen = []
        for amount in (10, 20, 5):
            wallet.payment(
                session,
                client_id=alice.client_id,
                amount=amount * UNIT,
                description="",
                by=cast.sam,
            )
            client = client_of(session, alice)
            seen.append(
                (
                    balance(session, alice) // UNIT,
                    wallet.owed(session, client) // UNIT,
                    client.standing,
                )
            )
        assert seen == [
            (0, -20, Standing.SUSPENDED_BY_BALANCE),
            (0, 0, Standing.SUSPENDED_BY_BALANCE),
            (5, 0, Standing.ACTIVE),
        ]
        assert notices(session, alice).count("reactivated") == 1
        assert disagreements(session) == []

    def test_is_paid_by_a_reversed_charge_too(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        charged = wallet.charge(
            session, client_id=alice.client_id, amount=130 * UNIT, description="", by=cast.sam
        )
        manage(session, alice, HARD, by=cast.sam)
        wallet.reverse(
            session, client_id=alice.client_id, transfer_id=charged, by=cast.sam, reason="Mistake"
        )
        assert balance(session, alice) == 100 * UNIT
        assert wallet.owed(session, client_of(session, alice)) == 0
        assert disagreements(session) == []

    def test_stays_owed_when_the_client_is_soft_again(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        bring_to(session, alice, -3 * UNIT, by=cast.sam)
        manage(session, alice, HARD, by=cast.sam)
        manage(session, alice, SOFT, by=cast.sam)
        assert client_of(session, alice).standing is Standing.ACTIVE
        wallet.payment(
            session, client_id=alice.client_id, amount=4 * UNIT, description="", by=cast.sam
        )
        assert balance(session, alice) == 1 * UNIT
        assert wallet.owed(session, client_of(session, alice)) == 0


class TestManagement:
    """Choosing SOFT or HARD."""

    def test_a_limit_below_the_debt_is_refused_and_nothing_changes(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        manage(session, alice, SOFT, limit=50 * UNIT, by=cast.sam)
        bring_to(session, alice, -30 * UNIT, by=cast.sam)
        with pytest.raises(LimitBelowDebt) as refused:
            manage(session, alice, SOFT, limit=30 * UNIT - 1, by=cast.sam)
        assert (refused.value.debt, refused.value.currency) == (30 * UNIT, "USD")
        # Whoever goes on with this session must not write what was refused.
        session.flush()
        assert client_of(session, alice).credit_limit == 50 * UNIT

        manage(session, alice, SOFT, limit=30 * UNIT, by=cast.sam)
        assert client_of(session, alice).credit_limit == 30 * UNIT

    def test_hard_has_no_credit_limit(self, session: ResellerSession, cast: Cast) -> None:
        manage(session, cast.alice, SOFT, limit=50 * UNIT, by=cast.sam)
        manage(session, cast.alice, HARD, limit=50 * UNIT, by=cast.sam)
        client = client_of(session, cast.alice)
        assert (client.balance_management, client.credit_limit) == (HARD, None)
        assert wallet.overdraft_of(client) == 0

    def test_hard_with_money_stays_active(self, session: ResellerSession, cast: Cast) -> None:
        manage(session, cast.alice, HARD, by=cast.sam)
        assert client_of(session, cast.alice).standing is Standing.ACTIVE
        assert notices(session, cast.alice) == []

    def test_hard_at_zero_is_suspended_and_soft_lifts_it(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        bring_to(session, alice, 0, by=cast.sam)
        assert client_of(session, alice).standing is Standing.ACTIVE
        manage(session, alice, HARD, by=cast.sam)
        assert client_of(session, alice).standing is Standing.SUSPENDED_BY_BALANCE
        manage(session, alice, SOFT, by=cast.sam)
        assert client_of(session, alice).standing is Standing.ACTIVE
        assert notices(session, alice) == ["low_balance", "suspended", "reactivated"]
        noted = activity.latest(session, client_id=alice.client_id, limit=1)
        assert noted[0].details == {"management": "SOFT", "credit_limit": None}
