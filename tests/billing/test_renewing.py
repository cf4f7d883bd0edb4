"""What every billing day brings: free parts of one period after the other, and the fees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts import clients, wallet
from portal.billing import assignments, connections, periods, renewing
from portal.billing.models import Assignment, BilledPeriod
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.ledger import posting, proof
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.opening import account
from portal.ledger.posting import Transfer
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.numbers import connecting, stock
from portal.pricing import packages
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.models import Bundle
from tests.builders.conditions import in_one_currency
from tests.builders.money import balance, client_of, disagreements
from tests.builders.selling import another, give, left, package
from tests.cast import SUNNY, UNIT, Cast

JAN_31, FEB_28, MAR_31 = date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)


def offering(*offers: Offer, fee: int = 0) -> Conditions:
    return Conditions(amounts={"USD": Amounts(monthly_fee=fee)}, bundles=offers)


def use(session: ResellerSession, sub_account_id: int | None, parts: int, *, on: date) -> None:
    """Take parts from the only bundle of this sub-account, or of the pool."""
    bundle = session.scalars(
        select(Bundle).where(
            Bundle.sub_account_id.is_not_distinct_from(sub_account_id),
            Bundle.begins_on <= on,
            Bundle.ends_on > on,
        )
    ).one()
    used = Transfer(
        debit=bundle.account_id,
        credit=account(session, AccountCode.PARTS_USED, unit="parts"),
        unit="parts",
        amount=parts,
        code=TransferCode.BUNDLE_PARTS,
        cause=bundle.id,
    )
    posting.post(session, [used])


def charged(session: ResellerSession, owner_id: int) -> list[tuple[int, str, int]]:
    session.flush()
    rows = session.scalars(
        select(BilledPeriod).where(BilledPeriod.owner_id == owner_id).order_by(BilledPeriod.period)
    )
    return [(row.period, str(row.begins_on), row.amount) for row in rows]


def periods_of(session: ResellerSession, cast: Cast) -> list[tuple[str, str, int]]:
    found = session.scalars(
        select(Bundle)
        .where(Bundle.client_id == cast.alice.client_id)
        .order_by(Bundle.begins_on, Bundle.id)
    )
    return [(str(each.begins_on), str(each.ends_on), each.size) for each in found]


class TestBundles:
    """Free parts from one billing day to the next."""

    def test_are_filled_once_a_period_and_do_not_drift(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        give(session, alice, package(session, "Five", offering(Offer(parts=5))), by=cast.sam,
             on=JAN_31)  # fmt: skip
        use(session, alice.sub_account_id, 4, on=JAN_31)
        begun = [
            renewing.renew(session, client_id=alice.client_id, on=date.fromisoformat(day))
            for day in ("2027-02-27", "2027-02-28", "2027-02-28", "2027-03-30", "2027-03-31")
        ]
        assert begun == [0, 1, 0, 0, 1]
        assert periods_of(session, cast) == [
            ("2027-01-31", "2027-02-28", 5),
            ("2027-02-28", "2027-03-31", 5),
            ("2027-03-31", "2027-04-30", 5),
        ]
        # What was left before has lapsed.
        assert left(session, alice.sub_account_id, MAR_31) == [(5, 5, "2027-04-30")]
        assert disagreements(session) == []

    def test_after_a_standstill_only_the_present_period_is_filled(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        five = package(session, "Five", offering(Offer(parts=5)))
        give(session, alice, five, by=cast.sam, on=JAN_31)
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 7, 15)) == 5
        assert periods_of(session, cast) == [
            ("2027-01-31", "2027-02-28", 5),
            ("2027-06-30", "2027-07-31", 5),
        ]
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 7, 15)) == 0

    def test_after_a_standstill_that_ends_on_a_billing_day_what_was_left_is_carried_into_that_one(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        carry = package(session, "Carry", offering(Offer(parts=10, rollover_max=50)))
        give(session, alice, carry, by=cast.sam, on=JAN_31)
        assert renewing.renew(session, client_id=alice.client_id, on=MAR_31) == 2
        assert periods_of(session, cast) == [
            ("2027-01-31", "2027-02-28", 10),
            ("2027-03-31", "2027-04-30", 20),
        ]

    @pytest.mark.parametrize(("most", "size"), [(0, 10), (2, 12), (50, 17)])
    def test_carry_what_is_left_as_far_as_the_package_says(
        self, session: ResellerSession, cast: Cast, most: int, size: int
    ) -> None:
        alice = cast.alice
        said = offering(Offer(parts=10, rollover_max=most))
        give(session, alice, package(session, "Carry", said), by=cast.sam, on=JAN_31)
        use(session, alice.sub_account_id, 3, on=JAN_31)
        renewing.renew(session, client_id=alice.client_id, on=FEB_28)
        assert left(session, alice.sub_account_id, FEB_28) == [(size, size, "2027-03-31")]
        assert disagreements(session) == []

    def test_carry_what_was_good_for_the_same_wherever_it_stood(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        german = Offer(parts=10, countries=("DE",), rollover_max=50)
        french = Offer(parts=20, countries=("FR",), rollover_max=50)
        polish = Offer(parts=30, countries=("PL",), rollover_max=50)
        chosen = package(session, "Carry", offering(german, french))
        give(session, alice, chosen, by=cast.sam, on=JAN_31)
        turned = offering(french, polish, german)
        packages.change(session, chosen, turned, valid_from=FEB_28, today=JAN_31)
        renewing.renew(session, client_id=alice.client_id, on=FEB_28)
        assert left(session, alice.sub_account_id, FEB_28) == [
            (40, 40, "2027-03-31"),
            (30, 30, "2027-03-31"),
            (20, 20, "2027-03-31"),
        ]
        assert disagreements(session) == []

    def test_carry_on_in_their_place_when_they_become_good_for_something_else(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        german = Offer(parts=10, countries=("DE",), rollover_max=50)
        wider = Offer(parts=10, countries=("DE", "AT"), rollover_max=50)
        chosen = package(session, "Carry", offering(german, Offer(parts=5)))
        give(session, alice, chosen, by=cast.sam, on=JAN_31)
        packages.change(session, chosen, offering(wider), valid_from=FEB_28, today=JAN_31)
        renewing.renew(session, client_id=alice.client_id, on=FEB_28)
        assert left(session, alice.sub_account_id, FEB_28) == [(20, 20, "2027-03-31")]
        assert disagreements(session) == []

    def test_are_those_of_the_version_that_holds_on_the_periods_first_day(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        chosen = package(session, "Changing", offering(Offer(parts=5)))
        give(session, alice, chosen, by=cast.sam, on=JAN_31)
        later = offering(
            Offer(parts=7, counts=Counts.SENT, countries=("DE",)), Offer(parts=9, prefixes=("1",))
        )
        packages.change(session, chosen, later, valid_from=FEB_28, today=JAN_31)
        packages.change(session, chosen, offering(), valid_from=date(2027, 3, 1), today=JAN_31)
        renewing.renew(session, client_id=alice.client_id, on=date(2027, 3, 5))
        assert left(session, alice.sub_account_id, date(2027, 3, 5)) == [
            (7, 7, "2027-03-31"),
            (9, 9, "2027-03-31"),
        ]
        renewing.renew(session, client_id=alice.client_id, on=MAR_31)
        assert left(session, alice.sub_account_id, MAR_31) == []

    def test_of_an_assignment_from_before_there_were_fees_wait_for_their_day(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        made = give(session, alice, package(session, "Five", offering(Offer(parts=5), fee=UNIT)),
                    by=cast.sam, on=JAN_31)  # fmt: skip
        made.billed_until = date(2027, 2, 10)  # as the migration leaves it
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 2, 10)) == 0
        assert made.billed_until == FEB_28
        assert renewing.renew(session, client_id=alice.client_id, on=FEB_28) == 1
        assert left(session, alice.sub_account_id, FEB_28) == [(5, 5, "2027-03-31")]


class TestPool:
    """Bundles that all sub-accounts of a client share."""

    POOLED = Offer(parts=100, pooled=True, rollover_max=10)

    def test_is_one_for_all_that_have_the_package(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice, henry = cast.alice, cast.henry
        shared = package(session, "Shared", offering(self.POOLED, Offer(parts=5)))
        second = another(session, alice, "Shop", by=cast.sam)
        give(session, alice, shared, by=cast.sam, on=JAN_31)
        give(session, alice, shared, by=cast.sam, on=date(2027, 2, 10), sub_account_id=second)
        give(session, henry, shared, by=cast.sam, on=date(2027, 2, 10))
        on = date(2027, 2, 11)
        use(session, second, 1, on=on)
        pool = session.scalars(
            select(Bundle).where(
                Bundle.client_id == alice.client_id, Bundle.sub_account_id.is_(None)
            )
        ).one()
        assert (str(pool.begins_on), str(pool.ends_on)) == ("2027-01-31", "2027-02-28")
        assert left(session, alice.sub_account_id, on) == [
            (100, 100, "2027-02-28"), (5, 5, "2027-02-28"),
        ]  # fmt: skip
        assert left(session, second, on) == [(100, 100, "2027-02-28"), (4, 5, "2027-03-10")]
        assert left(session, henry.sub_account_id, on)[0] == (100, 100, "2027-03-10")

        for day in (FEB_28, date(2027, 3, 10)):
            renewing.renew(session, client_id=alice.client_id, on=day)
        assert left(session, second, date(2027, 3, 10)) == [
            (110, 110, "2027-03-31"), (5, 5, "2027-04-10"),
        ]  # fmt: skip
        assert disagreements(session) == []

    def test_lasts_until_the_last_one_goes_and_follows_who_stays(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        shared = package(session, "Shared", offering(self.POOLED))
        second = another(session, alice, "Shop", by=cast.sam)
        give(session, alice, shared, by=cast.sam, on=JAN_31)
        give(session, alice, shared, by=cast.sam, on=date(2027, 2, 10), sub_account_id=second)
        on = date(2027, 2, 15)
        assignments.end(session, sub_account_id=alice.sub_account_id, by=cast.sam, on=on)
        assert left(session, alice.sub_account_id, on) == []
        assert left(session, second, on) == [(100, 100, "2027-03-10")]
        renewing.renew(session, client_id=alice.client_id, on=date(2027, 3, 10))
        assert left(session, second, date(2027, 3, 10)) == [(110, 110, "2027-04-10")]
        assignments.end(session, sub_account_id=second, by=cast.sam, on=date(2027, 3, 11))
        assignments.end(session, sub_account_id=second, by=cast.sam, on=date(2027, 3, 11))
        assert {bundle.ends_on <= date(2027, 3, 11) for bundle in session.scalars(
            select(Bundle).where(Bundle.client_id == alice.client_id))} == {True}  # fmt: skip

    def test_there_and_back_on_one_day_fills_nothing_and_costs_nothing(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        shared = package(session, "Shared", offering(self.POOLED, Offer(parts=5), fee=UNIT))
        made = give(session, alice, shared, by=cast.sam, on=JAN_31)
        use(session, alice.sub_account_id, 2, on=JAN_31)
        on = date(2027, 2, 15)
        assignments.end(session, sub_account_id=alice.sub_account_id, by=cast.sam, on=on)
        assert give(session, alice, shared, by=cast.sam, on=on) is made
        assert left(session, alice.sub_account_id, on) == [
            (100, 100, "2027-02-28"), (3, 5, "2027-02-28"),
        ]  # fmt: skip
        assert balance(session, alice) == 99 * UNIT

        second = another(session, alice, "Shop", by=cast.sam)
        give(session, alice, shared, by=cast.sam, on=on, sub_account_id=second)
        assignments.end(session, sub_account_id=second, by=cast.sam, on=on)
        give(session, alice, shared, by=cast.sam, on=on, sub_account_id=second)
        assert left(session, second, on) == [(100, 100, "2027-02-28"), (5, 5, "2027-03-15")]
        assert balance(session, alice) == 98 * UNIT

    def test_keeps_the_end_that_the_oldest_gave_it_when_a_younger_one_comes_back(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        shared = package(session, "Shared", offering(self.POOLED))
        second = another(session, alice, "Shop", by=cast.sam)
        give(session, alice, shared, by=cast.sam, on=JAN_31, billing_day=15)
        late = {"sub_account_id": second, "billing_day": 28}
        give(session, alice, shared, by=cast.sam, on=JAN_31, **late)
        assignments.end(session, sub_account_id=second, by=cast.sam, on=JAN_31)
        give(session, alice, shared, by=cast.sam, on=JAN_31, **late)
        for sub_account_id in (alice.sub_account_id, second):
            assert left(session, sub_account_id, JAN_31) == [(100, 100, "2027-02-15")]


class TestFees:
    """Monthly and set-up fees, each once."""

    def test_are_charged_on_the_billing_day_with_the_name_and_the_period(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        said = in_one_currency("USD", monthly_fee=9 * UNIT, setup_fee=20 * UNIT)
        made = give(
            session, alice, package(session, "Fees", said), by=cast.sam, on=JAN_31, setup_fee=True
        )
        assert balance(session, alice) == 71 * UNIT
        for _ in range(2):
            renewing.renew(session, client_id=alice.client_id, on=FEB_28)
        assert balance(session, alice) == 62 * UNIT
        assert charged(session, made.id) == [
            (-1, "2027-01-31", 20 * UNIT),
            (0, "2027-01-31", 9 * UNIT),
            (1, "2027-02-28", 9 * UNIT),
        ]
        words = [
            m.description for m in wallet.movements(session, client_of(session, alice), limit=3)
        ]
        assert words == [
            "Fees, 2027-02-28 – 2027-03-30", "Fees", "Fees, 2027-01-31 – 2027-02-27",
        ]  # fmt: skip
        assert disagreements(session) == []

    def test_say_whose_they_are_and_when_they_were_charged(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        said = in_one_currency("USD", monthly_fee=9 * UNIT, setup_fee=20 * UNIT)
        moment = datetime(2027, 1, 31, 12, tzinfo=UTC)
        with clock.pretending(moment):
            made = give(
                session, alice, package(session, "Fees", said), by=cast.sam, on=JAN_31,
                setup_fee=True,
            )  # fmt: skip
        rows = session.scalars(select(BilledPeriod).order_by(BilledPeriod.period)).all()
        assert [
            (row.reseller_id, row.owner_id, row.client_id, row.currency, row.charged_at)
            for row in rows
        ] == [(SUNNY, made.id, alice.client_id, "USD", moment)] * 2
        moved = wallet.movements(session, client_of(session, alice), limit=2)
        assert [(each.code, each.cause_id, each.amount) for each in moved] == [
            (TransferCode.FEE, made.id, -20 * UNIT),
            (TransferCode.FEE, made.id, -9 * UNIT),
        ]

    def test_are_in_the_currency_that_the_client_pays_in(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        said = Conditions(
            amounts={
                "USD": Amounts(monthly_fee=9 * UNIT, setup_fee=20 * UNIT),
                "EUR": Amounts(monthly_fee=8 * UNIT, setup_fee=15 * UNIT),
            }
        )
        wallet.payment(
            session, client_id=alice.client_id, amount=50 * UNIT, description="", by=cast.sam,
            currency="EUR", priced=["EUR"],
        )  # fmt: skip
        give(session, alice, package(session, "Fees", said), by=cast.sam, on=JAN_31, setup_fee=True)
        held = wallet.wallets(session, client_of(session, alice))
        assert [(each.currency, each.balance) for each in held] == [
            ("EUR", 27 * UNIT), ("USD", 100 * UNIT),
        ]  # fmt: skip

    def test_without_the_tick_there_is_no_set_up_fee(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        said = in_one_currency("USD", setup_fee=20 * UNIT)
        give(session, cast.alice, package(session, "Fees", said), by=cast.sam, on=JAN_31)
        assert balance(session, cast.alice) == 100 * UNIT

    def test_follow_the_clients_own_billing_day(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        client_of(session, alice).next_billing_on = date(2027, 2, 10)
        said = in_one_currency("USD", monthly_fee=9 * UNIT, bundle_parts=5)
        made = give(session, alice, package(session, "Fees", said), by=cast.sam, on=JAN_31)
        assert (made.billing_day, balance(session, alice)) == (10, 100 * UNIT)
        assert left(session, alice.sub_account_id, JAN_31) == [(5, 5, "2027-02-10")]
        renewing.renew(session, client_id=alice.client_id, on=date(2027, 2, 10))
        assert charged(session, made.id) == [(0, "2027-02-10", 9 * UNIT)]

    def test_may_have_a_day_of_their_own(self, session: ResellerSession, cast: Cast) -> None:
        said = in_one_currency("USD", monthly_fee=9 * UNIT)
        made = give(
            session, cast.alice, package(session, "Fees", said), by=cast.sam, on=JAN_31,
            billing_day=15,
        )  # fmt: skip
        assert (made.billing_day, str(made.billed_until)) == (15, "2027-02-15")

    def test_each_missed_period_is_charged_as_the_package_was_then(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        chosen = package(session, "Fees", offering(fee=1 * UNIT))
        made = give(session, alice, chosen, by=cast.sam, on=JAN_31)
        for fee, day in ((2, date(2027, 3, 1)), (3, date(2027, 4, 1))):
            packages.change(session, chosen, offering(fee=fee * UNIT), valid_from=day, today=JAN_31)
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 5, 5)) == 3
        assert charged(session, made.id) == [
            (0, "2027-01-31", 1 * UNIT),
            (1, "2027-02-28", 1 * UNIT),
            (2, "2027-03-31", 2 * UNIT),
            (3, "2027-04-30", 3 * UNIT),
        ]
        assert balance(session, alice) == 93 * UNIT

    def test_a_period_that_is_written_down_is_not_charged_again(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        made = give(session, alice, package(session, "Fees", offering(fee=UNIT)), by=cast.sam,
                    on=JAN_31)  # fmt: skip
        made.billed_until, made.periods_billed = JAN_31, 0
        renewing.renew(session, client_id=alice.client_id, on=JAN_31)
        assert balance(session, alice) == 99 * UNIT

    def test_a_package_without_the_clients_currency_has_no_fee(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        chosen = package(session, "Fees", offering(fee=UNIT))
        give(session, alice, chosen, by=cast.sam, on=JAN_31, setup_fee=True)
        euros = Conditions(amounts={"EUR": Amounts(monthly_fee=5)})
        packages.change(session, chosen, euros, valid_from=FEB_28, today=JAN_31)
        assert renewing.renew(session, client_id=alice.client_id, on=FEB_28) == 1
        assert balance(session, alice) == 99 * UNIT

    def test_nothing_begins_while_suspended_by_staff(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        made = give(
            session, alice, package(session, "Fees", offering(Offer(parts=5), fee=UNIT)),
            by=cast.sam, on=JAN_31,
        )  # fmt: skip
        with clock.pretending(datetime(2027, 3, 10, 12, tzinfo=UTC)):
            clients.suspend(session, client_id=alice.client_id, by=cast.sam, reason="")
        # February's began before that, and is owed; March's did not.
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 4, 2)) == 1
        assert left(session, alice.sub_account_id, date(2027, 4, 2)) == []
        clients.lift(session, client_id=alice.client_id, by=cast.sam)
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 4, 3)) == 0
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 4, 30)) == 1
        assert left(session, alice.sub_account_id, date(2027, 4, 30)) == [(5, 5, "2027-05-31")]
        assert charged(session, made.id) == [
            (0, "2027-01-31", UNIT), (1, "2027-02-28", UNIT), (3, "2027-04-30", UNIT),
        ]  # fmt: skip
        assert balance(session, alice) == 97 * UNIT

    @pytest.mark.parametrize(
        ("hour", "begun"),
        [
            # 28 February in New York, the billing day itself: nothing begins any more.
            (datetime(2027, 2, 28, 5, tzinfo=UTC), 0),
            (datetime(2027, 3, 1, 4, 59, tzinfo=UTC), 0),
            # The day after it there, and before it: the period had begun.
            (datetime(2027, 3, 1, 5, tzinfo=UTC), 1),
            (datetime(2027, 2, 28, 4, 59, tzinfo=UTC), 0),
        ],
    )
    def test_the_day_of_a_suspension_is_the_resellers_and_begins_nothing(
        self, session: ResellerSession, cast: Cast, hour: datetime, begun: int
    ) -> None:
        alice = cast.alice
        give(session, alice, package(session, "Fees", offering(fee=UNIT)), by=cast.sam, on=JAN_31)
        number = stock.add(session, number="+12025550177", by=cast.sam, monthly_fee=UNIT)
        connecting.connect(
            session, number_id=number.id, sub_account_id=alice.sub_account_id, by=cast.sam,
            on=FEB_28,
        )  # fmt: skip
        with clock.pretending(hour):
            clients.suspend(session, client_id=alice.client_id, by=cast.sam, reason="")
        session.flush()
        assert renewing.renew(session, client_id=alice.client_id, on=FEB_28) == 2 * begun

    def test_every_period_that_a_suspension_left_out_is_over(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        chosen = package(session, "Fees", offering(fee=UNIT))
        made = give(session, alice, chosen, by=cast.sam, on=JAN_31)
        with clock.pretending(datetime(2027, 2, 10, 12, tzinfo=UTC)):
            clients.suspend(session, client_id=alice.client_id, by=cast.sam, reason="")
        assert renewing.renew(session, client_id=alice.client_id, on=date(2027, 5, 5)) == 0
        assert (str(made.billed_until), made.periods_billed) == ("2027-05-31", 4)

    def test_of_two_sub_accounts_both_are_counted_in_the_order_they_were_given(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        second = another(session, alice, "Shop", by=cast.sam)
        for name, sub_account_id in (("First", second), ("Second", alice.sub_account_id)):
            give(session, alice, package(session, name, offering(fee=UNIT)), by=cast.sam,
                 on=JAN_31, sub_account_id=sub_account_id)  # fmt: skip
        assert renewing.renew(session, client_id=alice.client_id, on=FEB_28) == 2
        rows = session.execute(
            text(
                "SELECT n.description FROM transfers t"
                "  JOIN transfer_notes n ON n.transfer_id = t.id"
                " WHERE t.code = 'fee' ORDER BY t.id DESC LIMIT 2"
            )
        )
        assert [row[0].split()[0].strip(",") for row in rows] == ["Second", "First"]


class TestNumbers:
    """Monthly fees of inbound numbers."""

    def test_are_charged_like_those_of_packages(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        number = stock.add(session, number="+12025550177", by=cast.sam, monthly_fee=2 * UNIT)
        connecting.connect(
            session, number_id=number.id, sub_account_id=alice.sub_account_id, by=cast.sam,
            on=JAN_31,
        )  # fmt: skip
        session.flush()
        assert number.connection_id is not None
        assert number.client_id == alice.client_id
        assert alice.client_id not in renewing.due(session, on=date(2026, 11, 30))
        assert alice.client_id in renewing.due(session, on=JAN_31)
        assert renewing.renew(session, client_id=alice.client_id, on=FEB_28) == 5
        assert charged(session, number.connection_id) == [
            (0, "2027-01-31", 2 * UNIT), (1, "2027-02-28", 2 * UNIT),
        ]  # fmt: skip
        assert (str(number.billed_until), number.periods_billed) == ("2027-03-31", 2)
        with clock.pretending(datetime(2027, 3, 1, 12, tzinfo=UTC)):
            clients.suspend(session, client_id=alice.client_id, by=cast.sam, reason="")
        renewing.renew(session, client_id=alice.client_id, on=MAR_31)
        assert len(charged(session, number.connection_id)) == 2
        assert number.periods_billed == 3

    def test_stay_in_their_own_currency_and_say_which_number(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        give(session, alice, package(session, "None", offering()), by=cast.sam, on=JAN_31)
        number = stock.add(
            session, number="+12025550177", by=cast.sam, setup_fee=5 * UNIT, monthly_fee=2 * UNIT
        )
        connections.connect(
            session, number_id=number.id, sub_account_id=alice.sub_account_id, by=cast.sam,
            on=JAN_31, setup_fee=True,
        )  # fmt: skip
        wallet.payment(
            session, client_id=alice.client_id, amount=50 * UNIT, description="", by=cast.sam,
            currency="EUR", priced=["EUR"],
        )  # fmt: skip
        renewing.renew(session, client_id=alice.client_id, on=FEB_28)
        rows = session.execute(
            text(
                "SELECT t.code, t.unit, t.amount, t.cause_id, t.n, n.description FROM transfers t"
                "  JOIN transfer_notes n ON n.transfer_id = t.id"
                " WHERE t.code IN ('fee', 'fee_owed') ORDER BY t.id"
            )
        )
        connection = number.connection_id
        assert [tuple(row) for row in rows] == [
            ("fee", "USD", 5 * UNIT, connection, -1, "+12025550177"),
            ("fee", "USD", 2 * UNIT, connection, 0, "+12025550177, 2027-01-31 – 2027-02-27"),
            ("fee_owed", "USD", 2 * UNIT, connection, 1, "+12025550177, 2027-02-28 – 2027-03-30"),
        ]
        assert connection is not None
        assert charged(session, connection) == [
            (-1, "2027-01-31", 5 * UNIT),
            (0, "2027-01-31", 2 * UNIT),
            (1, "2027-02-28", 2 * UNIT),
        ]

    def test_set_up_and_the_first_month_are_charged_at_once(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        give(session, alice, package(session, "None", offering()), by=cast.sam, on=JAN_31)
        held = []
        for digits, setup_fee in (("+12025550177", True), ("+12025550178", False)):
            number = stock.add(
                session, number=digits, by=cast.sam, setup_fee=5 * UNIT, monthly_fee=2 * UNIT
            )
            for _ in range(2):
                connections.connect(
                    session,
                    number_id=number.id,
                    sub_account_id=alice.sub_account_id,
                    by=cast.sam,
                    on=JAN_31,
                    setup_fee=setup_fee,
                )
            held.append(balance(session, alice) // UNIT)
        assert held == [93, 91]
        assert disagreements(session) == []


def test_a_closed_client_is_left_alone(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    give(session, alice, package(session, "Fees", offering(fee=UNIT)), by=cast.sam, on=JAN_31)
    client_of(session, alice).closed_at = clock.now()
    session.flush()
    assert renewing.renew(session, client_id=alice.client_id, on=FEB_28) == 0
    assert alice.client_id not in renewing.due(session, on=FEB_28)


def test_due_is_who_has_something_that_goes_on_and_ends_by_that_day(
    session: ResellerSession, cast: Cast
) -> None:
    alice, henry = cast.alice, cast.henry
    renewing.renew_all(session, on=JAN_31)
    fees = package(session, "Fees", offering(fee=UNIT))
    give(session, alice, fees, by=cast.sam, on=JAN_31)
    give(session, henry, fees, by=cast.sam, on=JAN_31 + timedelta(days=3), billing_day=3)
    assert renewing.due(session, on=FEB_28) == [alice.client_id]
    assert renewing.due(session, on=date(2027, 3, 3)) == sorted([alice.client_id, henry.client_id])
    # What was ended is over, whatever day it had been billed until.
    give(session, alice, package(session, "Later", offering()), by=cast.sam,
         on=FEB_28 - timedelta(days=1), billing_day=27)  # fmt: skip
    assert renewing.due(session, on=FEB_28) == []


def test_held_are_the_bundles_that_may_be_carried_and_no_others(
    session: ResellerSession, cast: Cast
) -> None:
    alice, henry = cast.alice, cast.henry
    said = offering(Offer(parts=5, rollover_max=5))
    second = another(session, alice, "Shop", by=cast.sam)
    for firm, sub_account_id, name, day in (
        (alice, alice.sub_account_id, "Five", JAN_31),
        (alice, second, "Later", JAN_31 + timedelta(days=5)),
        (henry, henry.sub_account_id, "His", JAN_31),
    ):
        give(session, firm, package(session, name, said), by=cast.sam, on=day,
             sub_account_id=sub_account_id, billing_day=day.day)  # fmt: skip
    (ending,) = session.scalars(
        select(Bundle.account_id).where(
            Bundle.client_id == alice.client_id, Bundle.ends_on == FEB_28
        )
    )

    def held(on: date) -> list[int]:
        return list(renewing.ending_accounts(session, client_id=alice.client_id, on=on))

    assert held(FEB_28 - timedelta(days=1)) == []
    assert held(FEB_28) == [ending]


def test_all_that_is_due(session: ResellerSession, cast: Cast) -> None:
    both = sorted([cast.alice.client_id, cast.henry.client_id])
    day = date(2026, 12, 1)
    assert renewing.due(session, on=date(2026, 11, 30)) == []
    assert renewing.due(session, on=day) == both
    assert renewing.renew_all(session, on=day) == 2
    assert renewing.due(session, on=day) == []
    pointers = session.scalars(select(Assignment.billed_until).distinct()).all()
    assert pointers == [date(2027, 1, 1)]


def test_twenty_at_once_beside_messages_charge_and_fill_once(
    database: Database, cast: Cast
) -> None:
    alice = cast.alice
    yesterday = clock.now().date() - timedelta(days=1)
    begun = periods.next_billing_day(yesterday - timedelta(days=32), day=yesterday.day)
    with database.session(SUNNY) as session, session.begin():
        said = offering(Offer(parts=5, rollover_max=5), fee=UNIT)
        give(session, alice, package(session, "Fees", said), by=cast.sam, on=begun)

    def act(number: int) -> int:
        with database.session(SUNNY) as session, session.begin():
            if number % 2:
                order = Order(to="+12025550123", text="Hello")
                sending.accept_one(session, actor=alice.owner, sub_account_id=None, order=order)
                return 0
            return renewing.renew(session, client_id=alice.client_id, on=clock.now().date())

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(act, range(40))) == 1
    with database.session(SUNNY) as session:
        assert len(session.scalars(select(BilledPeriod)).all()) == 2
        assert len(periods_of(session, cast)) == 2
    with database.across_resellers() as session:
        assert proof.prove(session).agrees
