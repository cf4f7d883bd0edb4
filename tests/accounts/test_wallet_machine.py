"""Anything that can happen to a client's money and parts, in any order, against a plain model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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

from portal.accounts import cover, dues, quotas, wallet
from portal.accounts.errors import CurrenciesDiffer, InsufficientFunds, LimitBelowDebt
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode, QuotaTooSmall
from portal.accounts.statuses import BalanceManagement, Standing
from portal.billing import assignments, vouchers
from portal.billing.vouchers import VoucherUsedBefore
from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.messaging import refunding, sending
from portal.messaging.errors import CannotAfford, ClientSuspended, QuotaUsedUp
from portal.messaging.models import Message
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.pricing import bundles, packages, price_lists
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.rating import FreeZone, Rate
from tests.builders.money import balance, client_of, disagreements, manage
from tests.cast import LONG_AGO, SUNNY, UNIT, Cast

PRICE = 13_800
FREE_PARTS = 6
HOME, FREE_ZONE = "+12025550123", "+48500123456"
CURRENCIES = ("USD", "EUR")
AMOUNTS = st.integers(min_value=1, max_value=4 * PRICE)
HARD, SOFT = BalanceManagement.HARD, BalanceManagement.SOFT
TERMS = Amounts(markup_fixed=2_500, free_zones=(FreeZone(country="PL"),))
SAID = Conditions(
    amounts=dict.fromkeys(CURRENCIES, TERMS),
    markup_percent_millionths=200_000,
    bundles=(Offer(parts=FREE_PARTS),),
)


@dataclass(frozen=True)
class ByHand:
    """A payment, or a charge if the amount is below zero, that can be taken back."""

    transfer_id: int
    amount: int
    currency: str


@dataclass(frozen=True)
class Sent:
    """A message, and what it took."""

    message_id: int
    price: int
    currency: str
    free: int
    quota: int
    unlimited: bool


class Money(RuleBasedStateMachine):
    """One client; the model is what its wallets hold and owe, its limits, free parts and quota."""

    database: Database
    cast: Cast
    by_hand: Bundle[ByHand] = Bundle("by_hand")
    sent: Bundle[Sent] = Bundle("sent")

    @initialize()
    def begin(self) -> None:
        self.firm, self.other, self.staff = self.cast.alice, self.cast.henry, self.cast.sam
        self.session: ResellerSession = self.database.session(SUNNY)
        self.today = clock.now().date() - timedelta(days=1)
        self.sell()
        wallet.charge(
            self.session,
            client_id=self.firm.client_id,
            amount=balance(self.session, self.firm),
            description="To begin with nothing",
            by=self.staff,
        )
        self.held = dict.fromkeys(CURRENCIES, 0)
        self.owed = dict.fromkeys(CURRENCIES, 0)
        self.floors: dict[str, int | None] = dict.fromkeys(CURRENCIES)
        self.active = "USD"
        self.others = 100 * UNIT
        self.hard, self.limit = False, None
        self.free, self.quota, self.mode = FREE_PARTS, 0, Mode.MONEY

    def sell(self) -> None:
        """A package in two currencies, with wholesale rates and a cover in both."""
        package = packages.create(self.session, name="Machine", conditions=SAID)
        rates = [Rate("1", 9_000, LONG_AGO), Rate("48500", 20_000, LONG_AGO)]
        price_lists.set_rates(self.session, rates, currency="EUR")
        cover.pay_in(
            self.session, amount=1000 * UNIT, description="", by=self.staff, currency="EUR"
        )
        assignments.assign(
            self.session,
            sub_account_id=self.firm.sub_account_id,
            package_id=package.id,
            by=self.staff,
            on=self.today,
        )

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            self.session.close()

    @property
    def floor(self) -> int | None:
        return 0 if self.hard else self.limit

    @property
    def suspended(self) -> bool:
        return self.hard and self.held[self.active] <= 0 and self.mode is Mode.MONEY

    def spares(self, amount: int, currency: str) -> bool:
        floor = self.floors[currency]
        return floor is None or self.held[currency] - amount >= -floor

    def credit(self, amount: int, currency: str) -> None:
        paid = min(self.owed[currency], amount)
        self.owed[currency] -= paid
        self.held[currency] += amount - paid

    def use(self, currency: str) -> None:
        """A credit makes its wallet the active one, bound by the client's management."""
        if currency == self.active:
            return
        self.active = currency
        if self.floor is not None and self.held[currency] < -self.floor:
            self.owed[currency] -= self.held[currency]
            self.held[currency] = 0
        self.floors[currency] = self.floor

    @rule(target=by_hand, amount=AMOUNTS, currency=st.sampled_from(CURRENCIES))
    def pay(self, amount: int, currency: str) -> ByHand:
        made = wallet.payment(
            self.session,
            client_id=self.firm.client_id,
            amount=amount,
            description="",
            by=self.staff,
            currency=currency,
            priced=CURRENCIES,
        )
        self.use(currency)
        self.credit(amount, currency)
        return ByHand(made, amount, currency)

    @rule(target=by_hand, amount=AMOUNTS)
    def charge(self, amount: int) -> ByHand:
        asked = {"client_id": self.firm.client_id, "amount": amount, "description": ""}
        if not self.spares(amount, self.active):
            with pytest.raises(InsufficientFunds) as refused:
                wallet.charge(self.session, **asked, by=self.staff)
            assert (refused.value.needs, refused.value.has) == (amount, self.held[self.active])
            return self.pay(amount, self.active)
        made = wallet.charge(self.session, **asked, by=self.staff)
        self.held[self.active] -= amount
        return ByHand(made, -amount, self.active)

    @rule(act=consumes(by_hand))
    def reverse(self, act: ByHand) -> None:
        asked = {"client_id": self.firm.client_id, "transfer_id": act.transfer_id, "reason": ""}
        if act.amount > 0 and not self.spares(act.amount, act.currency):
            with pytest.raises(InsufficientFunds):
                wallet.reverse(self.session, **asked, by=self.staff)
            return
        wallet.reverse(self.session, **asked, by=self.staff)
        if act.amount > 0:
            self.held[act.currency] -= act.amount
        else:
            self.credit(-act.amount, act.currency)

    @rule(limit=st.none() | AMOUNTS)
    def soft(self, limit: int | None) -> None:
        held = self.held[self.active]
        if limit is not None and held < -limit:
            with pytest.raises(LimitBelowDebt) as refused:
                manage(self.session, self.firm, SOFT, limit=limit, by=self.staff)
            assert refused.value.debt == -held
            return
        manage(self.session, self.firm, SOFT, limit=limit, by=self.staff)
        self.hard, self.limit = False, limit
        self.floors[self.active] = limit

    @rule()
    def make_hard(self) -> None:
        manage(self.session, self.firm, HARD, by=self.staff)
        self.hard, self.limit = True, None
        self.floors[self.active] = 0
        if self.held[self.active] < 0:
            self.owed[self.active] -= self.held[self.active]
            self.held[self.active] = 0

    @rule(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES), times=st.integers(1, 2))
    def fee(self, amount: int, currency: str, times: int) -> None:
        cause = ids.new()
        for _ in range(times):
            dues.charge_fee(
                self.session,
                client_id=self.firm.client_id,
                cause=cause,
                n=3,
                amount=amount,
                currency=currency,
                description="Machine",
            )
        given = 0
        if currency == self.active:
            floor = self.floors[currency]
            room = amount if floor is None else max(0, self.held[currency] + floor)
            given = min(amount, room)
        self.held[currency] -= given
        self.owed[currency] += amount - given

    @rule(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES))
    def voucher(self, amount: int, currency: str) -> None:
        made = vouchers.create(
            self.session, amount=amount, currency=currency, uses=5, expires_on=None, by=self.staff
        )
        asked = {"client_id": self.firm.client_id, "code": made.code, "today": self.today}
        vouchers.redeem(self.session, **asked, by=self.firm.owner)
        with pytest.raises(VoucherUsedBefore):
            vouchers.redeem(self.session, **asked, by=self.firm.owner)
        self.use(currency)
        self.credit(amount, currency)

    @rule(amount=AMOUNTS)
    def give(self, amount: int) -> None:
        refused = None
        if self.active != "USD":
            refused = CurrenciesDiffer
        elif not self.spares(amount, "USD"):
            refused = InsufficientFunds
        self.move(self.firm.client_id, self.other.client_id, amount, refused)
        if refused is None:
            self.held["USD"] -= amount
            self.others += amount

    @rule(amount=AMOUNTS)
    def take(self, amount: int) -> None:
        refused = CurrenciesDiffer if self.active != "USD" else None
        self.move(self.other.client_id, self.firm.client_id, amount, refused)
        if refused is None:
            self.others -= amount
            self.credit(amount, "USD")

    def move(self, giver: int, taker: int, amount: int, refused: type[Exception] | None) -> None:
        asked = {"from_client_id": giver, "to_client_id": taker, "amount": amount, "reason": ""}
        if refused is None:
            wallet.move(self.session, **asked, by=self.staff)
            return
        with pytest.raises(refused):
            wallet.move(self.session, **asked, by=self.staff)

    @rule(mode=st.sampled_from(Mode))
    def pay_with(self, mode: Mode) -> None:
        quotas.set_mode(
            self.session, sub_account_id=self.firm.sub_account_id, mode=mode, by=self.staff
        )
        self.mode = mode

    @precondition(lambda self: self.mode is Mode.PREPAID)
    @rule(parts=st.integers(-4, 6).filter(bool))
    def top_up(self, parts: int) -> None:
        asked = {"sub_account_ids": [self.firm.sub_account_id], "parts": parts, "description": ""}
        if self.quota + parts < 0:
            with pytest.raises(QuotaTooSmall):
                quotas.top_up(self.session, **asked, by=self.staff)
            return
        (made,) = quotas.top_up(self.session, **asked, by=self.staff)
        assert (made.before, made.parts) == (self.quota, self.quota + parts)
        self.quota += parts

    @rule(
        target=sent,
        parts=st.integers(min_value=1, max_value=5),
        to=st.sampled_from([HOME, HOME, FREE_ZONE]),
    )
    def send(self, parts: int, to: str) -> Sent:
        costs = to == HOME
        in_parts = parts if costs and self.mode is not Mode.MONEY else 0
        free = min(self.free, parts) if costs and self.mode is Mode.MONEY else 0
        price = (parts - free) * PRICE if costs and self.mode is Mode.MONEY else 0
        answer = self.accepted(Order(to=to, text="a" * (153 * parts if parts > 1 else 1)))
        held = self.held[self.active]
        if self.suspended:
            assert isinstance(answer, ClientSuspended)
        elif self.mode is Mode.PREPAID and in_parts > self.quota:
            assert isinstance(answer, QuotaUsedUp)
            assert (answer.needs, answer.has) == (in_parts, self.quota)
        elif not self.spares(price, self.active):
            assert isinstance(answer, CannotAfford)
            assert (answer.needs, answer.has) == (price, held)
        else:
            assert isinstance(answer, Accepted)
            found = answer.quote
            assert (answer.price, found.bundle_parts, found.quota_parts) == (price, free, in_parts)
            self.held[self.active] -= price
            self.free -= free
            if self.mode is Mode.PREPAID:
                self.quota -= in_parts
            unlimited = self.mode is Mode.UNLIMITED
            return Sent(answer.id, price, self.active, free, in_parts, unlimited)
        return Sent(0, 0, "", 0, 0, unlimited=False)

    def accepted(self, order: Order) -> object:
        try:
            return sending.accept_one(
                self.session, actor=self.firm.owner, sub_account_id=None, order=order
            )
        except (ClientSuspended, CannotAfford, QuotaUsedUp) as refused:
            return refused

    @rule(message=consumes(sent), cost_too=st.booleans(), times=st.integers(1, 2))
    def fail(self, message: Sent, cost_too: bool, times: int) -> None:
        if not message.message_id:
            return
        if message.quota:  # so that its parts go where they came from
            self.pay_with(Mode.UNLIMITED if message.unlimited else Mode.PREPAID)
        found = self.session.get_one(Message, (SUNNY, message.message_id))
        found.status = Status.REJECTED if cost_too else Status.UNDELIVERED
        for _ in range(times):
            refunding.refund(self.session, found, cost_too=cost_too)
        self.free += message.free
        self.quota += 0 if message.unlimited else message.quota
        if message.price:
            self.credit(message.price, message.currency)

    @precondition(lambda self: self.owed[self.active] > 0)
    @rule()
    def clear_the_debt(self) -> None:
        self.pay(self.owed[self.active], self.active)

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        client = client_of(self.session, self.firm)
        found = {each.currency: each.balance for each in wallet.wallets(self.session, client)}
        assert {**dict.fromkeys(CURRENCIES, 0), **found} == self.held
        assert (client.currency, balance(self.session, self.firm)) == (
            self.active, self.held[self.active],
        )  # fmt: skip
        assert wallet.owed(self.session, client) == -self.owed[self.active]
        assert balance(self.session, self.other) == self.others

    @invariant()
    def parts_are_those_of_the_model(self) -> None:
        (left,) = bundles.current(
            self.session, sub_account_id=self.firm.sub_account_id, on=clock.now().date()
        )
        assert left.left == self.free
        own = self.session.get_one(SubAccount, (SUNNY, self.firm.sub_account_id))
        expected = self.quota if self.mode is Mode.PREPAID else None
        assert (quotas.mode_of(own), quotas.left(self.session, own)) == (self.mode, expected)

    @invariant()
    def the_client_stands_as_it_should(self) -> None:
        client = client_of(self.session, self.firm)
        standing = Standing.SUSPENDED_BY_BALANCE if self.suspended else Standing.ACTIVE
        assert client.standing is standing
        assert self.spares(0, self.active)
        if any(self.owed.values()) or min(self.held.values()) < 0:
            assert client.debt_since is not None

    def books_agree(self) -> None:
        assert disagreements(self.session) == []
        # Every movement has two sides: what came in is in wallets, or spent; parts likewise.
        money = (AccountCode.RECEIVED, AccountCode.SALES, AccountCode.GIVEN)
        parts = (AccountCode.PARTS_GRANTED, AccountCode.PARTS_USED)
        owners = (AccountCode.WALLET, AccountCode.RECEIVABLE)
        for unit, summed, limited in (
            *((unit, money, owners) for unit in CURRENCIES),
            ("parts", parts, (AccountCode.BUNDLE, AccountCode.QUOTA)),
        ):
            moved = sum(statements.total(self.session, code, unit=unit) for code in summed)
            kept = [statements.held(self.session, code).get((SUNNY, unit), 0) for code in limited]
            assert moved + sum(kept) == 0


class Proven(Money):
    """The same, with the whole book added up at the end of each run."""

    def teardown(self) -> None:
        if hasattr(self, "held"):
            self.books_agree()
        super().teardown()


@pytest.fixture
def machine(shared_database: Database, cast: Cast) -> Iterator[type[Money]]:
    """The machine, on the shared database; each run rolls back."""
    Proven.database, Proven.cast = shared_database, cast
    yield Proven
    del Proven.database, Proven.cast


def test_money_and_parts_are_what_the_model_says(machine: type[Money]) -> None:
    run_state_machine_as_test(
        machine, settings=settings(max_examples=12, stateful_step_count=25, deadline=None)
    )
