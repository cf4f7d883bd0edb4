"""Anything that can happen to a wallet, in any order, against a model of a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.accounts import wallet
from portal.accounts.errors import InsufficientFunds, LimitBelowDebt
from portal.accounts.statuses import BalanceManagement, Standing
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.messaging import refunding, sending
from portal.messaging.errors import CannotAfford, ClientSuspended
from portal.messaging.models import Message
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.pricing import bundles, packages
from tests.builders.money import balance, client_of, disagreements, manage
from tests.cast import SUNNY, Cast

PRICE = 13_800
FREE_PARTS = 6
AMOUNTS = st.integers(min_value=1, max_value=4 * PRICE)
HARD, SOFT = BalanceManagement.HARD, BalanceManagement.SOFT


class Wallet(RuleBasedStateMachine):
    """One client; the model is a balance, a debt, a limit, free parts, and what was done."""

    database: Database
    cast: Cast
    by_hand: Bundle[tuple[int, int]] = Bundle("by_hand")
    sent: Bundle[tuple[int, int, int]] = Bundle("sent")

    @initialize()
    def begin(self) -> None:
        self.firm, self.staff = self.cast.alice, self.cast.sam
        self.session: ResellerSession = self.database.session(SUNNY)
        package = packages.create(
            self.session,
            name="Machine",
            currency="USD",
            markup_fixed=2_500,
            markup_percent_millionths=200_000,
            bundle_parts=FREE_PARTS,
        )
        self.session.flush()
        self.day = clock.now().date() - timedelta(days=1)
        assignments.assign(
            self.session,
            sub_account_id=self.firm.sub_account_id,
            package_id=package.id,
            by=self.staff,
            on=self.day,
        )
        wallet.charge(
            self.session,
            client_id=self.firm.client_id,
            amount=balance(self.session, self.firm),
            description="To begin with nothing",
            by=self.staff,
        )
        self.balance, self.debt, self.free = 0, 0, FREE_PARTS
        self.limit: int | None = None
        self.hard = False

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            self.session.close()

    @property
    def suspended(self) -> bool:
        return self.hard and self.balance <= 0

    def spares(self, amount: int) -> bool:
        floor = 0 if self.hard else self.limit
        return floor is None or self.balance - amount >= -floor

    def credit(self, amount: int) -> None:
        paid = min(self.debt, amount)
        self.debt -= paid
        self.balance += amount - paid

    @rule(target=by_hand, amount=AMOUNTS)
    def pay(self, amount: int) -> tuple[int, int]:
        made = wallet.payment(
            self.session,
            client_id=self.firm.client_id,
            amount=amount,
            description="",
            by=self.staff,
        )
        self.credit(amount)
        return made, amount

    @rule(target=by_hand, amount=AMOUNTS)
    def charge(self, amount: int) -> tuple[int, int]:
        asked = {"client_id": self.firm.client_id, "amount": amount, "description": ""}
        if not self.spares(amount):
            with pytest.raises(InsufficientFunds) as refused:
                wallet.charge(self.session, **asked, by=self.staff)
            assert (refused.value.needs, refused.value.has) == (amount, self.balance)
            return self.pay(amount)
        made = wallet.charge(self.session, **asked, by=self.staff)
        self.balance -= amount
        return made, -amount

    @rule(act=consumes(by_hand))
    def reverse(self, act: tuple[int, int]) -> None:
        transfer_id, amount = act
        asked = {"client_id": self.firm.client_id, "transfer_id": transfer_id, "reason": ""}
        if amount > 0 and not self.spares(amount):
            with pytest.raises(InsufficientFunds):
                wallet.reverse(self.session, **asked, by=self.staff)
            return
        wallet.reverse(self.session, **asked, by=self.staff)
        if amount > 0:
            self.balance -= amount
        else:
            self.credit(-amount)

    @rule(limit=st.none() | AMOUNTS)
    def soft(self, limit: int | None) -> None:
        if limit is not None and self.balance < -limit:
            with pytest.raises(LimitBelowDebt) as refused:
                manage(self.session, self.firm, SOFT, limit=limit, by=self.staff)
            assert refused.value.debt == -self.balance
            return
        manage(self.session, self.firm, SOFT, limit=limit, by=self.staff)
        self.hard, self.limit = False, limit

    @rule()
    def make_hard(self) -> None:
        manage(self.session, self.firm, HARD, by=self.staff)
        self.hard, self.limit = True, None
        if self.balance < 0:
            self.debt += -self.balance
            self.balance = 0

    @rule(target=sent, parts=st.integers(min_value=1, max_value=5))
    def send(self, parts: int) -> tuple[int, int, int]:
        free = min(self.free, parts)
        price = (parts - free) * PRICE
        order = Order(to="+12025550123", text="a" * (153 * parts if parts > 1 else 1))
        answer = self.accepted(order)
        if self.suspended:
            assert isinstance(answer, ClientSuspended)
        elif not self.spares(price):
            assert isinstance(answer, CannotAfford)
            assert (answer.needs, answer.has) == (price, self.balance)
        else:
            assert isinstance(answer, Accepted)
            assert (answer.price, answer.quote.bundle_parts) == (price, free)
            self.balance -= price
            self.free -= free
            return answer.id, price, free
        return 0, 0, 0

    def accepted(self, order: Order) -> object:
        try:
            return sending.accept_one(
                self.session, actor=self.firm.owner, sub_account_id=None, order=order
            )
        except (ClientSuspended, CannotAfford) as refused:
            return refused

    @rule(message=consumes(sent), cost_too=st.booleans(), times=st.integers(1, 2))
    def fail(self, message: tuple[int, int, int], cost_too: bool, times: int) -> None:
        message_id, price, free = message
        if not message_id:
            return
        found = self.session.get_one(Message, (SUNNY, message_id))
        found.status = Status.REJECTED if cost_too else Status.UNDELIVERED
        for _ in range(times):
            refunding.refund(self.session, found, cost_too=cost_too)
        self.free += free
        self.credit(price)

    @precondition(lambda self: self.debt > 0)
    @rule()
    def clear_the_debt(self) -> None:
        self.pay(self.debt)

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        client = client_of(self.session, self.firm)
        assert balance(self.session, self.firm) == self.balance
        assert wallet.owed(self.session, client) == -self.debt
        left = bundles.current(
            self.session, sub_account_id=self.firm.sub_account_id, on=clock.now().date()
        )
        assert left is not None
        assert left.left == self.free

    @invariant()
    def nobody_is_below_what_they_may_fall_to(self) -> None:
        floor = 0 if self.hard else self.limit
        assert floor is None or balance(self.session, self.firm) >= -floor
        standing = client_of(self.session, self.firm).standing
        assert standing is (Standing.SUSPENDED_BY_BALANCE if self.suspended else Standing.ACTIVE)

    def books_agree(self) -> None:
        assert disagreements(self.session) == []
        # Every movement has two sides: what clients paid is in their wallets, or spent.
        kept = {
            code: statements.total(self.session, code, unit="USD")
            for code in (AccountCode.RECEIVED, AccountCode.SALES)
        }
        limited = sum(
            statements.held(self.session, code).get((SUNNY, "USD"), 0)
            for code in (AccountCode.WALLET, AccountCode.RECEIVABLE)
        )
        assert sum(kept.values()) + limited == 0


class Proven(Wallet):
    """The same, with the whole book added up at the end of each run."""

    def teardown(self) -> None:
        if hasattr(self, "balance"):
            self.books_agree()
        super().teardown()


@pytest.fixture
def machine(shared_database: Database, cast: Cast) -> Iterator[type[Wallet]]:
    """The machine, on the shared database; each run rolls back."""
    Proven.database, Proven.cast = shared_database, cast
    yield Proven
    del Proven.database, Proven.cast


def test_a_wallet_is_what_the_model_says(machine: type[Wallet]) -> None:
    run_state_machine_as_test(
        machine, settings=settings(max_examples=12, stateful_step_count=20, deadline=None)
    )
