"""A client's money: payment, charge, reversal, SOFT and HARD, and what is owed beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.accounts import activity, wallet
from portal.accounts.errors import (
    AmountNotPositive,
    CurrenciesDiffer,
    CurrencyNotPriced,
    InsufficientFunds,
    LimitBelowDebt,
    MovedToItself,
)
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import AlreadyReversed
from portal.ledger.posting import Transfer
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.pricing import currencies, packages
from portal.pricing.conditions import Amounts, Conditions
from tests.builders.conditions import in_one_currency
from tests.builders.money import (
    balance,
    bring_to,
    client_of,
    disagreements,
    manage,
    notices,
    owe,
)
from tests.builders.selling import another
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


def test_every_movement_by_hand_says_who_made_it_and_why(
    session: ResellerSession, cast: Cast
) -> None:
    alice, henry, sam = cast.alice, cast.henry, cast.sam
    asked = {"client_id": henry.client_id, "amount": 5, "by": sam}
    paid = wallet.payment(session, **asked, description="Cash")
    charged = wallet.charge(session, **asked, description="Letter")
    back = wallet.reverse(
        session, client_id=henry.client_id, transfer_id=charged, by=sam, reason="Mistake"
    )
    moved = wallet.move(
        session,
        from_client_id=henry.client_id,
        to_client_id=alice.client_id,
        amount=5,
        reason="Share",
        by=sam,
    )
    bring_to(session, henry, 0, by=sam)
    manage(session, henry, SOFT, by=sam)
    bring_to(session, henry, -5, by=sam)
    manage(session, henry, HARD, by=sam)

    rows = session.execute(
        text(
            "SELECT t.id, t.code, d.code, c.code, t.amount, t.actor_id, n.description"
            "  FROM transfers t"
            "  JOIN ledger_accounts d ON d.id = t.debit_id"
            "  JOIN ledger_accounts c ON c.id = t.credit_id"
            "  LEFT JOIN transfer_notes n ON n.transfer_id = t.id"
            " WHERE t.id >= :first ORDER BY t.id"
        ),
        {"first": paid},
    ).all()
    who = sam.person_id
    assert [tuple(row) for row in rows[:4]] == [
        (paid, "payment", "received", "wallet", 5, who, "Cash"),
        (charged, "charge", "wallet", "sales", 5, who, "Letter"),
        (back, "reversal", "sales", "wallet", 5, who, "Mistake"),
        (moved, "money_moved", "wallet", "wallet", 5, who, "Share"),
    ]
    assert tuple(rows[-1])[1:] == ("debt_moved", "receivable", "wallet", 5, who, None)


def test_movements_are_those_asked_for(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    client = client_of(session, alice)
    first, second, third = (clock.now() + timedelta(days=days) for days in (400, 401, 402))
    made = []
    for moment in (first, second, third):
        with clock.pretending(moment):
            made.append(
                wallet.payment(session, client_id=client.id, amount=1, description="", by=cast.sam)
            )

    def found(**asked: Any) -> list[int]:
        return [each.transfer_id for each in wallet.movements(session, client, **asked)]

    assert found(since=second) == [made[2], made[1]]
    assert found(since=first, until=third) == [made[1], made[0]]
    assert found(since=first, below_id=made[1]) == [made[0]]
    assert found(limit=1) == [made[2]]


def test_a_page_of_movements_is_a_hundred(session: ResellerSession, cast: Cast) -> None:
    client = client_of(session, cast.alice)
    assert client.wallet_id is not None
    received = opening.account(session, AccountCode.RECEIVED, unit="USD")
    posting.post(
        session,
        [
            Transfer(
                debit=received,
                credit=client.wallet_id,
                unit="USD",
                amount=1,
                code=TransferCode.PAYMENT,
                cause=ids.new(),
            )
            for _ in range(101)
        ],
    )
    assert len(wallet.movements(session, client)) == 100


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
            with pytest.raises(NotFound) as missing:
                wallet.reverse(
                    session,
                    client_id=alice.client_id,
                    transfer_id=transfer_id,
                    by=cast.sam,
                    reason="Mistake",
                )
            assert (missing.value.kind, missing.value.key) == ("transfer", transfer_id)
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

    def test_what_is_owed_beside_the_wallet_counts_against_a_limit(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        bring_to(session, alice, -30 * UNIT, by=cast.sam)
        manage(session, alice, HARD, by=cast.sam)
        with pytest.raises(LimitBelowDebt) as refused:
            manage(session, alice, SOFT, limit=30 * UNIT - 1, by=cast.sam)
        assert (refused.value.debt, refused.value.currency) == (30 * UNIT, "USD")
        session.flush()
        assert client_of(session, alice).balance_management is HARD

        manage(session, alice, SOFT, limit=30 * UNIT, by=cast.sam)
        assert client_of(session, alice).credit_limit == 30 * UNIT

    def test_a_debt_in_the_wallet_and_one_beside_it_are_one_debt(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        owe(session, alice, 3 * UNIT, by=cast.sam)
        manage(session, alice, SOFT, by=cast.sam)
        bring_to(session, alice, -5 * UNIT, by=cast.sam)
        with pytest.raises(LimitBelowDebt) as refused:
            manage(session, alice, SOFT, limit=7 * UNIT, by=cast.sam)
        assert refused.value.debt == 8 * UNIT

    def test_hard_has_no_credit_limit(self, session: ResellerSession, cast: Cast) -> None:
        manage(session, cast.alice, SOFT, limit=50 * UNIT, by=cast.sam)
        manage(session, cast.alice, HARD, limit=50 * UNIT, by=cast.sam)
        client = client_of(session, cast.alice)
        assert (client.balance_management, client.credit_limit) == (HARD, None)
        assert wallet.overdraft_of(client) == 0

    def test_the_limit_is_written_down(self, session: ResellerSession, cast: Cast) -> None:
        manage(session, cast.alice, SOFT, limit=50 * UNIT, by=cast.sam)
        (noted,) = activity.latest(session, client_id=cast.alice.client_id, limit=1)
        assert (noted.what, noted.person_id, noted.details) == (
            "client.balance_management",
            cast.sam.person_id,
            {"management": "SOFT", "credit_limit": 50 * UNIT},
        )

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


BOTH = Conditions(amounts={"USD": Amounts(), "EUR": Amounts()})


def pay(
    session: ResellerSession,
    cast: Cast,
    amount: int,
    currency: str,
    *,
    by_packages: str = "USD EUR",
) -> None:
    wallet.payment(
        session,
        client_id=cast.alice.client_id,
        amount=amount * UNIT,
        description="Deposit",
        by=cast.sam,
        currency=currency,
        priced=by_packages.split(),
    )


def held(session: ResellerSession, cast: Cast) -> list[tuple[str, int, bool]]:
    found = wallet.wallets(session, client_of(session, cast.alice))
    return [(each.currency, each.balance // UNIT, each.active) for each in found]


class TestCurrencies:
    """One wallet for each; the latest deposit says which is used."""

    def test_only_those_that_packages_price(self, session: ResellerSession, cast: Cast) -> None:
        with pytest.raises(CurrencyNotPriced) as refused:
            pay(session, cast, 200, "EUR", by_packages="PLN")
        assert (refused.value.currency, refused.value.priced) == ("EUR", ("PLN", "USD"))
        assert held(session, cast) == [("USD", 100, True)]
        pay(session, cast, 1, "USD", by_packages="")  # its own needs no package
        assert held(session, cast) == [("USD", 101, True)]

    def test_seed_001(self, session: ResellerSession, cast: Cast) -> None:
        """400 USD, 125 of them left; then 200 EUR, which is used until USD is paid again."""
        bring_to(session, cast.alice, 125 * UNIT, by=cast.sam)
        pay(session, cast, 200, "EUR")
        assert held(session, cast) == [("EUR", 200, True), ("USD", 125, False)]
        client = client_of(session, cast.alice)
        assert (client.currency, wallet.balance(session, client)) == ("EUR", 200 * UNIT)
        wallet.charge(session, client_id=client.id, amount=50 * UNIT, description="", by=cast.sam)
        assert held(session, cast) == [("EUR", 150, True), ("USD", 125, False)]
        pay(session, cast, 10, "USD")
        assert held(session, cast) == [("USD", 135, True), ("EUR", 150, False)]
        assert disagreements(session) == []

    def test_standing_is_that_of_the_active_one(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        bring_to(session, alice, 0, by=cast.sam)
        manage(session, alice, HARD, by=cast.sam)
        assert client_of(session, alice).standing is Standing.SUSPENDED_BY_BALANCE
        pay(session, cast, 5, "EUR")
        assert client_of(session, alice).standing is Standing.ACTIVE

    @pytest.mark.parametrize(("limit", "moved"), [(None, 30), (50, 0), (20, 30)])
    def test_a_debt_that_the_management_no_longer_allows_is_owed_beside_it(
        self, session: ResellerSession, cast: Cast, limit: int | None, moved: int
    ) -> None:
        alice = cast.alice
        bring_to(session, alice, -30 * UNIT, by=cast.sam)
        pay(session, cast, 5, "EUR")
        if limit is None:
            manage(session, alice, HARD, by=cast.sam)
        else:
            manage(session, alice, SOFT, limit=limit * UNIT, by=cast.sam)
        assert held(session, cast) == [("EUR", 5, True), ("USD", -30, False)]
        assert client_of(session, alice).debt_since is not None
        pay(session, cast, 40, "USD")
        assert held(session, cast) == [("USD", 10, True), ("EUR", 5, False)]
        paid = [m for m in wallet.movements(session, client_of(session, alice))
                if m.code is TransferCode.DEBT_PAID]  # fmt: skip
        assert sum(each.amount for each in paid) == -moved * UNIT
        assert client_of(session, alice).debt_since is None
        assert disagreements(session) == []

    @pytest.mark.parametrize(
        ("management", "limit", "lowest"),
        [(HARD, None, 0), (SOFT, 5 * UNIT, -5 * UNIT), (SOFT, 0, 0)],
    )
    def test_what_the_active_one_may_not_do_no_other_may(
        self,
        session: ResellerSession,
        cast: Cast,
        *,
        management: BalanceManagement,
        limit: int | None,
        lowest: int,
    ) -> None:
        alice = cast.alice
        asked = {"client_id": alice.client_id, "by": cast.sam}
        paid = [
            wallet.payment(session, **asked, amount=each, description="") for each in (6 * UNIT, 1)
        ]
        bring_to(session, alice, 6 * UNIT + lowest, by=cast.sam)
        pay(session, cast, 1, "EUR")
        manage(session, alice, management, limit=limit, by=cast.sam)

        wallet.reverse(session, **asked, transfer_id=paid[0], reason="Bounced")
        with pytest.raises(InsufficientFunds) as refused:
            wallet.reverse(session, **asked, transfer_id=paid[1], reason="Bounced")
        assert (refused.value.needs, refused.value.has) == (1, lowest)

        manage(session, alice, SOFT, by=cast.sam)
        wallet.reverse(session, **asked, transfer_id=paid[1], reason="Bounced")
        assert [each.balance for each in wallet.wallets(session, client_of(session, alice))] == [
            1 * UNIT, lowest - 1,
        ]  # fmt: skip

    def test_a_debt_in_another_than_the_active_one_does_not_grow(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        asked = {"client_id": alice.client_id, "by": cast.sam}
        paid = wallet.payment(session, **asked, amount=1, description="")
        bring_to(session, alice, -3, by=cast.sam)
        pay(session, cast, 1, "EUR")
        for management, limit in ((HARD, None), (SOFT, 2), (SOFT, 3)):
            manage(session, alice, management, limit=limit, by=cast.sam)
            with pytest.raises(InsufficientFunds) as refused:
                wallet.reverse(session, **asked, transfer_id=paid, reason="Bounced")
            assert (refused.value.needs, refused.value.has) == (1, -3)
        manage(session, alice, SOFT, limit=4, by=cast.sam)
        wallet.reverse(session, **asked, transfer_id=paid, reason="Bounced")
        assert [each.balance for each in wallet.wallets(session, client_of(session, alice))] == [
            1 * UNIT, -4,
        ]  # fmt: skip

    def test_what_was_done_by_hand_is_taken_back_from_its_own_wallet(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        paid = wallet.payment(
            session, client_id=alice.client_id, amount=7 * UNIT, description="", by=cast.sam
        )
        charged = wallet.charge(
            session, client_id=alice.client_id, amount=2 * UNIT, description="", by=cast.sam
        )
        pay(session, cast, 3, "EUR")
        for transfer_id in (paid, charged):
            wallet.reverse(
                session,
                client_id=alice.client_id,
                transfer_id=transfer_id,
                by=cast.sam,
                reason="Bounced",
            )
        assert held(session, cast) == [("EUR", 3, True), ("USD", 100, False)]

    def test_packages_say_which(self, session: ResellerSession, cast: Cast) -> None:
        alice, day = cast.alice, date(2027, 1, 1)
        assert currencies.priced(session, client_id=alice.client_id, on=day) == {"USD"}
        (starter,) = packages.listed(session)
        packages.change(session, starter, BOTH, valid_from=day, today=day)
        assert currencies.priced(session, client_id=alice.client_id, on=day) == {"USD", "EUR"}
        # One without a package pays what the defaults say; without defaults it cannot send.
        another(session, alice, "Shop", by=cast.sam)
        assert currencies.priced(session, client_id=alice.client_id, on=day) == {"USD", "EUR"}
        packages.create(
            session, name="Defaults", conditions=in_one_currency("EUR"), is_default=True
        )
        assert currencies.priced(session, client_id=alice.client_id, on=day) == {"EUR"}
        assert currencies.priced(session, client_id=cast.walter.client_id, on=day) == frozenset()


class TestMove:
    """Money between two clients of one reseller."""

    def move(self, session: ResellerSession, cast: Cast, amount: int, **other: int) -> int:
        asked = {"from_client_id": cast.henry.client_id, "to_client_id": cast.alice.client_id}
        return wallet.move(
            session, **{**asked, **other}, amount=amount, reason="Share", by=cast.sam
        )

    @pytest.mark.parametrize("amount", [0, -1])
    def test_is_of_more_than_nothing(
        self, session: ResellerSession, cast: Cast, amount: int
    ) -> None:
        with pytest.raises(AmountNotPositive):
            self.move(session, cast, amount)

    def test_goes_to_somebody_else(self, session: ResellerSession, cast: Cast) -> None:
        with pytest.raises(MovedToItself):
            self.move(session, cast, 1, to_client_id=cast.henry.client_id)
        with pytest.raises(NotFound):
            self.move(session, cast, 1, to_client_id=cast.berta.client_id)

    def test_stays_in_one_currency(self, session: ResellerSession, cast: Cast) -> None:
        pay(session, cast, 1, "EUR")
        with pytest.raises(CurrenciesDiffer) as refused:
            self.move(session, cast, 1)
        assert (refused.value.giver, refused.value.taker) == ("USD", "EUR")

    def test_is_of_both_at_once_with_all_that_follows(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice, henry = cast.alice, cast.henry
        bring_to(session, alice, -30 * UNIT, by=cast.sam)
        manage(session, alice, HARD, by=cast.sam)
        with pytest.raises(InsufficientFunds) as refused:
            self.move(session, cast, 100 * UNIT + 1)
        assert (refused.value.has, refused.value.currency) == (100 * UNIT, "USD")

        moved = self.move(session, cast, 100 * UNIT)

        assert (balance(session, henry), balance(session, alice)) == (0, 70 * UNIT)
        assert wallet.owed(session, client_of(session, alice)) == 0
        assert client_of(session, henry).standing is Standing.SUSPENDED_BY_BALANCE
        assert client_of(session, alice).standing is Standing.ACTIVE
        noted = [activity.latest(session, client_id=each.client_id, limit=3)
                 for each in (henry, alice)]  # fmt: skip
        assert [[row.what for row in rows if row.about_id == moved] for rows in noted] == [
            ["client.money_given"],
            ["client.money_received"],
        ]
        assert disagreements(session) == []

    def test_tells_the_giver_that_little_is_left(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        self.move(session, cast, 90 * UNIT)
        assert notices(session, cast.henry) == ["low_balance"]

    def test_to_who_has_no_wallet_yet_opens_one(self, session: ResellerSession, cast: Cast) -> None:
        self.move(session, cast, 5 * UNIT, to_client_id=cast.walter.client_id)
        assert balance(session, cast.walter) == 5 * UNIT


def test_a_credit_pays_for_messages_that_wait(session: ResellerSession, cast: Cast) -> None:
    def queued() -> int:
        session.flush()
        return (
            session.scalar(
                text(
                    "SELECT count(*) FROM procrastinate_jobs"
                    " WHERE task_name = 'inbound.pay_waiting'"
                    " AND (args ->> 'client_id')::bigint = :client"
                ),
                {"client": cast.alice.client_id},
            )
            or 0
        )

    before = queued()
    wallet.charge(session, client_id=cast.alice.client_id, amount=1, description="", by=cast.sam)
    assert queued() == before
    pay(session, cast, 1, "USD")
    assert queued() == before + 1
