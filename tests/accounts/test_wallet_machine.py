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
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.accounts import clients, cover, dues, quotas, wallet
from portal.accounts.errors import CurrenciesDiffer, InsufficientFunds, LimitBelowDebt
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode, QuotaTooSmall
from portal.accounts.statuses import BalanceManagement, Standing
from portal.billing import assignments, vouchers
from portal.billing.vouchers import VoucherUsedBefore
from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.ledger import owned, statements
from portal.ledger.codes import AccountCode
from portal.ledger.errors import AlreadyReversed
from portal.messaging import refunding, sending
from portal.messaging.errors import (
    CannotAfford,
    ClientSuspended,
    QuotaUsedUp,
    TemporarilyUnavailable,
)
from portal.messaging.models import Message
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.pricing import packages, price_lists
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.rating import FreeZone, Rate
from tests.builders.money import balance, client_of, disagreements, manage, notices
from tests.builders.selling import bundles_of
from tests.cast import LONG_AGO, SUNNY, UNIT, Cast

PRICE = 13_800
FREE_PARTS = 6
HOME, FREE_ZONE = "+12025550123", "+48500123456"
COSTS = {HOME: 9_000, FREE_ZONE: 20_000}
COVER = 20 * COSTS[HOME]
LOW = 2 * PRICE
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
    cost: int
    currency: str
    free: int
    quota: int
    unlimited: bool


class Money(RuleBasedStateMachine):
    """One client; the model is plain numbers, and the mails that they bring.

    It knows what the client's wallets hold and owe and how far they may fall, its free parts and
    its quota, and what its reseller's covers hold.
    """

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
        clients.set_low_balance(
            self.session,
            client_id=self.firm.client_id,
            threshold=LOW,
            email="money@acme.test",
            by=self.staff,
        )
        self.mails = notices(self.session, self.firm)
        self.armed, self.was_suspended = False, False
        self.covers = dict.fromkeys(CURRENCIES, COVER)
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
        cover.pay_in(self.session, amount=COVER, description="", by=self.staff, currency="EUR")
        cover.charge_for_name(
            self.session, amount=1000 * UNIT - COVER, name="sms.sunny.test", by=self.staff
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

    def moved(self, amount: int, currency: str) -> None:
        """The wallet changes; if it is the active one, that may suspend, lift or bring a mail."""
        before = self.held[currency]
        self.held[currency] += amount
        self.looked_at(before if currency == self.active else self.held[self.active])

    def looked_at(self, before: int, *, by_staff: bool = False) -> None:
        low = self.held[self.active] <= LOW
        fires = self.armed and low and before > LOW
        if self.suspended and not self.was_suspended:
            self.mails.append("suspended")
        elif fires:
            self.mails.append("low_balance")
        if self.was_suspended and not self.suspended and not by_staff:
            self.mails.append("reactivated")
        self.armed = (self.armed and not fires) or not low
        self.was_suspended = self.suspended

    def credit(self, amount: int, currency: str) -> None:
        paid = min(self.owed[currency], amount)
        self.owed[currency] -= paid
        self.moved(amount - paid, currency)

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

    @rule(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES))
    def pay_the_cover(self, amount: int, currency: str) -> None:
        cover.pay_in(self.session, amount=amount, description="", by=self.staff, currency=currency)
        self.covers[currency] += amount

    @rule(target=by_hand, amount=AMOUNTS)
    def charge(self, amount: int) -> ByHand:
        asked = {"client_id": self.firm.client_id, "amount": amount, "description": ""}
        if not self.spares(amount, self.active):
            with pytest.raises(InsufficientFunds) as refused:
                wallet.charge(self.session, **asked, by=self.staff)
            assert (refused.value.needs, refused.value.has) == (amount, self.held[self.active])
            return self.pay(amount, self.active)
        made = wallet.charge(self.session, **asked, by=self.staff)
        self.moved(-amount, self.active)
        return ByHand(made, -amount, self.active)

    @rule(target=by_hand, act=consumes(by_hand))
    def reverse(self, act: ByHand) -> object:
        asked = {"client_id": self.firm.client_id, "transfer_id": act.transfer_id, "reason": ""}
        if act.amount > 0 and not self.spares(act.amount, act.currency):
            with pytest.raises(InsufficientFunds):
                wallet.reverse(self.session, **asked, by=self.staff)
            return act
        back = wallet.reverse(self.session, **asked, by=self.staff)
        if act.amount > 0:
            self.moved(-act.amount, act.currency)
        else:
            self.credit(-act.amount, act.currency)
        for done in (act.transfer_id, back):
            with pytest.raises(AlreadyReversed):
                wallet.reverse(self.session, **{**asked, "transfer_id": done}, by=self.staff)
        return multiple()

    @rule(limit=st.none() | AMOUNTS)
    def soft(self, limit: int | None) -> None:
        held = self.held[self.active]
        debt = max(0, -held) + self.owed[self.active]
        if limit is not None and debt > limit:
            with pytest.raises(LimitBelowDebt) as refused:
                manage(self.session, self.firm, SOFT, limit=limit, by=self.staff)
            assert refused.value.debt == debt
            return
        manage(self.session, self.firm, SOFT, limit=limit, by=self.staff)
        self.hard, self.limit = False, limit
        self.bind()
        self.looked_at(held)

    def bind(self) -> None:
        """What the active wallet may not do, no other may; a debt in another does not grow."""
        for currency, held in self.held.items():
            others = self.floor if currency == self.active else max(self.floor or 0, -held)
            self.floors[currency] = None if self.floor is None else others

    @rule()
    def make_hard(self) -> None:
        manage(self.session, self.firm, HARD, by=self.staff)
        self.hard, self.limit = True, None
        if self.held[self.active] < 0:
            self.owed[self.active] -= self.held[self.active]
            self.held[self.active] = 0
        self.bind()
        self.looked_at(self.held[self.active])

    @rule(target=by_hand, amount=AMOUNTS, limit=st.none() | AMOUNTS)
    def take_back_what_was_spent_before_another_currency(
        self, amount: int, limit: int | None
    ) -> object:
        """A wallet that is not used any more is bound by what was chosen since."""
        paid = self.pay(amount, self.active)
        self.charge(amount)
        self.pay(1, next(each for each in CURRENCIES if each != self.active))
        if limit is None:
            self.make_hard()
        else:
            self.soft(limit)
        return self.reverse(paid)

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
        self.owed[currency] += amount - given
        self.moved(-given, currency)

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
            self.moved(-amount, "USD")
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
        self.looked_at(self.held[self.active])

    @rule(amount=AMOUNTS)
    def stopped_by_staff_for_a_while(self, amount: int) -> None:
        """Money that comes meanwhile lifts what the balance has done, and nothing else."""
        clients.suspend(
            self.session, client_id=self.firm.client_id, by=self.staff, reason="Complaints"
        )
        assert isinstance(self.accepted(Order(to=FREE_ZONE, text="a")), ClientSuspended)
        wallet.payment(
            self.session,
            client_id=self.firm.client_id,
            amount=amount,
            description="",
            by=self.staff,
        )
        paid = min(self.owed[self.active], amount)
        self.owed[self.active] -= paid
        before = self.held[self.active]
        self.held[self.active] += amount - paid
        self.looked_at(before, by_staff=True)
        assert client_of(self.session, self.firm).standing is Standing.SUSPENDED_BY_STAFF
        clients.lift(self.session, client_id=self.firm.client_id, by=self.staff)

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
    def send(self, parts: int, to: str) -> object:
        costs = to == HOME
        in_parts = parts if costs and self.mode is not Mode.MONEY else 0
        free = min(self.free, parts) if costs and self.mode is Mode.MONEY else 0
        price = (parts - free) * PRICE if costs and self.mode is Mode.MONEY else 0
        cost = parts * COSTS[to]
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
        elif cost > self.covers[self.active]:
            assert isinstance(answer, TemporarilyUnavailable)
        else:
            assert isinstance(answer, Accepted)
            found = answer.quote
            assert (answer.price, found.bundle_parts, found.quota_parts) == (price, free, in_parts)
            self.moved(-price, self.active)
            self.covers[self.active] -= cost
            self.free -= free
            if self.mode is Mode.PREPAID:
                self.quota -= in_parts
            unlimited = self.mode is Mode.UNLIMITED
            return Sent(answer.id, price, cost, self.active, free, in_parts, unlimited)
        return multiple()

    def accepted(self, order: Order) -> object:
        try:
            with self.session.begin_nested():  # as a door does, which undoes what was refused
                return sending.accept_one(
                    self.session, actor=self.firm.owner, sub_account_id=None, order=order
                )
        except (ClientSuspended, CannotAfford, QuotaUsedUp, TemporarilyUnavailable) as refused:
            return refused

    @rule(message=consumes(sent), cost_too=st.booleans(), times=st.integers(1, 2))
    def fail(self, message: Sent, cost_too: bool, times: int) -> None:
        if message.quota:  # so that its parts go where they came from
            self.pay_with(Mode.UNLIMITED if message.unlimited else Mode.PREPAID)
        found = self.session.get_one(Message, (SUNNY, message.message_id))
        found.status = Status.REJECTED if cost_too else Status.UNDELIVERED
        for _ in range(times):
            refunding.refund(self.session, found, cost_too=cost_too)
        self.free += message.free
        self.quota += 0 if message.unlimited else message.quota
        self.covers[message.currency] += message.cost if cost_too else 0
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
        owed = {
            each.unit: -each.balance
            for each in owned.accounts(
                self.session, [AccountCode.RECEIVABLE], owner_id=self.firm.client_id
            )
        }
        assert {**dict.fromkeys(CURRENCIES, 0), **owed} == self.owed
        assert wallet.owed(self.session, client) == -self.owed[self.active]
        assert balance(self.session, self.other) == self.others
        assert {each.currency: each.balance for each in cover.listed(self.session)} == self.covers

    @invariant()
    def parts_are_those_of_the_model(self) -> None:
        (left,) = bundles_of(self.session, self.firm.sub_account_id, clock.now().date())
        assert left.left == self.free
        own = self.session.get_one(SubAccount, (SUNNY, self.firm.sub_account_id))
        expected = self.quota if self.mode is Mode.PREPAID else None
        assert (quotas.mode_of(own), quotas.left(self.session, own)) == (self.mode, expected)

    @invariant()
    def the_client_stands_as_it_should(self) -> None:
        client = client_of(self.session, self.firm)
        standing = Standing.SUSPENDED_BY_BALANCE if self.suspended else Standing.ACTIVE
        assert client.standing is standing
        assert (client.suspended_by_balance_at is not None) == self.suspended
        assert self.spares(0, self.active)
        owes = any(self.owed.values()) or min(self.held.values()) < 0
        assert (client.debt_since is not None) == owes
        assert client.low_balance_armed == self.armed
        assert notices(self.session, self.firm) == self.mails

    def books_agree(self) -> None:
        assert disagreements(self.session) == []
        # Every movement has two sides: what came in is in wallets, or spent; parts likewise.
        money = (AccountCode.RECEIVED, AccountCode.SALES, AccountCode.GIVEN)
        above = (AccountCode.OPERATOR_RECEIVED, AccountCode.OPERATOR_SALES)
        parts = (AccountCode.PARTS_GRANTED, AccountCode.PARTS_USED)
        owners = (AccountCode.WALLET, AccountCode.RECEIVABLE)
        for unit, summed, limited in (
            *((unit, money, owners) for unit in CURRENCIES),
            *((unit, above, (AccountCode.COVER, AccountCode.COVER_OWED)) for unit in CURRENCIES),
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
        machine,
        settings=settings(max_examples=settings().max_examples // 5, stateful_step_count=30),
    )
