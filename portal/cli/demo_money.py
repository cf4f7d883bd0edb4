"""What happens with money in the demonstration beside sending: each act once, on its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from portal.accounts import access, debts, quotas, staff, wallet
from portal.accounts.actor import Actor
from portal.billing import vouchers
from portal.cli import demo_payments
from portal.cli.demo_shapes import UNIT, DemoDealings, DemoVoucher
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import country_requests
from portal.pricing import price_lists
from portal.pricing.conditions import Route
from portal.tenancy import links

_PREMIUM_PERCENT = 130
"""What the premium route costs the reseller, in percent of the plain one."""

_PARTS = (120, 100)
"""What a quota is given at first, and later."""

_PARTS_LOW = 80
"""What a quota must have at least in the morning: more than its busiest day takes."""


def sell_premium(session: ResellerSession, *, currency: str) -> None:
    """The operator's prices of the better way, beside those of the plain one."""
    price_lists.set_rates(
        session,
        [
            replace(rate, price=rate.price * _PREMIUM_PERCENT // 100)
            for rate in price_lists.wholesale_rates(session, currency=currency)
            if rate.price is not None
        ],
        currency=currency,
        route=Route.PREMIUM,
    )


@dataclass(kw_only=True)
class Dealings:
    """The deals of one reseller with its clients, done by the verbs that staff and clients use."""

    session: ResellerSession
    said: DemoDealings
    staff: Actor
    origin: str
    currency: str
    prepaid: Sequence[int]
    """The sub-accounts that have a quota."""

    _refilled: int = 0
    _charged: int = 0
    _paid: int = 0

    def by_day(self) -> Mapping[int, Callable[[], None]]:
        """What is done so many days ago; the present day has nothing."""
        return {
            55: self._give_vouchers_out,
            47: lambda: self._pay_in(self.said.moved[0], keeps=True),
            44: self._top_up,
            41: self._use_vouchers,
            33: lambda: self._pay_in(self.said.moved[1]),
            26: self._charge_twice,
            25: self._take_back,
            19: self._move_money,
            14: self._debit,
            13: self._charge_by_hand,
            12: self._debit_comes_back,
            9: self._top_up,
            3: self._ask_for_a_country,
        }

    def refill(self) -> None:
        """What a shop does in the morning about quotas that run low."""
        low = [each for each in self.prepaid if self._left(each) < _PARTS_LOW]
        if low:
            quotas.top_up(
                self.session,
                sub_account_ids=low,
                parts=_PARTS[self._refilled],
                by=self.staff,
                description=self.said.topped_up[self._refilled],
            )
            self._refilled = 1

    def remind(self) -> None:
        """What every morning brings to those who owe."""
        now = clock.now()
        for client_id in debts.to_remind(self.session, now=now):
            debts.remind(
                self.session, client_id=client_id, now=now, url=links.dashboard(self.origin)
            )

    def _pay_in(self, email: str, *, keeps: bool = False) -> None:
        client_id, owner = self._client(email)
        deposit_id = demo_payments.pay_in(
            self.session,
            client_id=client_id,
            amount=10 * UNIT,
            back=9 * UNIT,
            currency=self.currency,
            by=owner,
            keeps=keeps,
        )
        if keeps:
            demo_payments.keep_card(
                self.session,
                deposit_id=deposit_id,
                currency=self.currency,
                owner=owner,
                by=self.staff,
            )

    def _top_up(self) -> None:
        demo_payments.top_up(self.session, by=self.staff)

    def _give_vouchers_out(self) -> None:
        for each in self.said.vouchers:
            vouchers.create(
                self.session,
                amount=each.amount,
                currency=self.currency,
                uses=50,
                expires_on=(clock.now() + timedelta(days=180)).date(),
                by=self.staff,
                code=each.code,
                description=each.description,
            )

    def _use_vouchers(self) -> None:
        for each in self.said.vouchers:
            if each.used_by:
                self._use(each)

    def _use(self, voucher: DemoVoucher) -> None:
        client_id, owner = self._client(voucher.used_by)
        vouchers.redeem(
            self.session,
            client_id=client_id,
            code=voucher.code,
            by=owner,
            today=clock.now().date(),
        )

    def _left(self, sub_account_id: int) -> int:
        found = access.sub_account_by_id(
            self.session, actor=self.staff, sub_account_id=sub_account_id
        )
        return quotas.left(self.session, found) or 0

    def _charge_twice(self) -> None:
        email, description, _ = self.said.charged_twice
        for _ in range(2):
            self._charged = self._charge(email, 3 * UNIT, description)

    def _take_back(self) -> None:
        email, _, reason = self.said.charged_twice
        self._reverse(email, self._charged, reason)

    def _move_money(self) -> None:
        giver, taker, reason = self.said.moved
        wallet.move(
            self.session,
            from_client_id=self._client(giver)[0],
            to_client_id=self._client(taker)[0],
            amount=4 * UNIT,
            reason=reason,
            by=self.staff,
        )

    def _debit(self) -> None:
        if self.said.in_debt:
            email, _, payment, _ = self.said.in_debt
            self._paid = wallet.payment(
                self.session,
                client_id=self._client(email)[0],
                amount=90 * UNIT,
                description=payment,
                by=self.staff,
            )

    def _charge_by_hand(self) -> None:
        if self.said.in_debt:
            email, work, _, _ = self.said.in_debt
            self._charge(email, 65 * UNIT, work)

    def _debit_comes_back(self) -> None:
        if self.said.in_debt:
            email, _, _, reason = self.said.in_debt
            self._reverse(email, self._paid, reason)

    def _ask_for_a_country(self) -> None:
        if self.said.asks_for:
            email, country = self.said.asks_for
            client_id, owner = self._client(email)
            country_requests.ask(
                self.session, client_id=client_id, country=country, by=owner, origin=self.origin
            )

    def _charge(self, email: str, amount: int, description: str) -> int:
        return wallet.charge(
            self.session,
            client_id=self._client(email)[0],
            amount=amount,
            description=description,
            by=self.staff,
        )

    def _reverse(self, email: str, transfer_id: int, reason: str) -> None:
        wallet.reverse(
            self.session,
            client_id=self._client(email)[0],
            transfer_id=transfer_id,
            by=self.staff,
            reason=reason,
        )

    def _client(self, email: str) -> tuple[int, Actor]:
        """A client by the address of its owner, and the owner."""
        owner = staff.actor_of(self.session, email=email)
        assert owner.client_id is not None
        return owner.client_id, owner
