"""A kept card is charged when it is due, within its limits, once at a time, and never else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts import clients, wallet
from portal.accounts.models import Activity, Client
from portal.accounts.standing import TOP_UP
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.payments import (
    accounts,
    asking,
    charge_failures,
    settling,
    top_up_rules,
    topping_up,
)
from portal.payments.errors import (
    AmountNotOffered,
    LimitTooLow,
    NotToppedUp,
    ThresholdNotOffered,
)
from portal.payments.models import Deposit
from portal.payments.statuses import Outcome, State, Trouble
from portal.payments.topping_up import Obstacle
from portal.tenancy import resellers
from portal.tenancy import settings as settled
from tests.builders import keeping, paying
from tests.builders.money import balance, bring_to, client_of
from tests.cast import UNIT, Cast

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def ready(session: ResellerSession, cast: Cast) -> Cast:
    """Alice below her threshold, with a card that may be charged."""
    paying.account(session, by=cast.sam)
    keeping.switched_on(session, cast.alice)
    bring_to(session, cast.alice, 19 * UNIT, by=cast.sam)
    return cast


def queued(session: ResellerSession, name: str = TOP_UP) -> int:
    session.flush()
    count = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
    return int(session.execute(count, {"name": name}).scalar_one())


def acts(session: ResellerSession) -> list[str]:
    session.flush()
    return list(session.scalars(select(Activity.what).order_by(Activity.id)))


def why_not(session: ResellerSession, cast: Cast) -> Obstacle | None:
    return topping_up.obstacle(session, client_of(session, cast.alice))


def begin(session: ResellerSession, cast: Cast) -> Deposit | None:
    return topping_up.begin(session, client_id=cast.alice.client_id)


def alter(session: ResellerSession, **rules: object) -> None:
    found = settled.read(session).deposits.model_copy(update=rules)
    settled.change(session, deposits=found.model_dump(mode="json"))


def _rule(session: ResellerSession, cast: Cast, **values: object) -> None:
    rule = top_up_rules.own(session, cast.alice.client_id)
    for name, value in values.items():
        setattr(rule, name, value)


def _client(session: ResellerSession, cast: Cast, **values: object) -> None:
    client = client_of(session, cast.alice)
    for name, value in values.items():
        setattr(client, name, value)


def _suspend_reseller(session: ResellerSession, _: Cast) -> None:
    resellers.own(session).suspended_at = clock.now()


OBSTACLES: dict[str, tuple[Obstacle, Callable[[ResellerSession, Cast], object]]] = {
    "the reseller has it no longer": (
        Obstacle.NOT_OFFERED,
        lambda session, _: keeping.offer(session, automatic=False),
    ),
    "switched off": (
        Obstacle.OFF,
        lambda session, cast: top_up_rules.switch_off(
            session, client_id=cast.alice.client_id, by=cast.alice.owner
        ),
    ),
    "paused": (
        Obstacle.PAUSED,
        lambda session, cast: top_up_rules.pause(
            session, client_id=cast.alice.client_id, why=Trouble.DECLINED
        ),
    ),
    "no card": (
        Obstacle.NO_CARD,
        lambda session, cast: topping_up.saved_methods.remove(
            session, client_id=cast.alice.client_id, by=cast.alice.owner
        ),
    ),
    "suspended by staff": (
        Obstacle.STANDING,
        lambda session, cast: clients.suspend(
            session, client_id=cast.alice.client_id, by=cast.sam, reason="Spam"
        ),
    ),
    "closed": (
        Obstacle.STANDING,
        lambda session, cast: _client(session, cast, closed_at=clock.now()),
    ),
    "waiting": (
        Obstacle.STANDING,
        lambda session, cast: _client(session, cast, activated_at=None),
    ),
    "the reseller is suspended": (Obstacle.STANDING, _suspend_reseller),
    "the account is kept from clients": (
        Obstacle.ACCOUNT,
        lambda session, cast: accounts.offer(session, kind="stripe", offered=False, by=cast.sam),
    ),
    "the account is removed": (
        Obstacle.ACCOUNT,
        lambda session, cast: accounts.remove(session, kind="stripe", by=cast.sam),
    ),
    "another merchant's account": (
        Obstacle.ACCOUNT,
        lambda session, cast: paying.account(session, by=cast.sam, key="sk_test_somebodyelse"),
    ),
    "another currency": (
        Obstacle.CURRENCY,
        lambda session, cast: wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=UNIT,
            description="Bank",
            by=cast.sam,
            currency="EUR",
            priced={"EUR"},
        ),
    ),
    "a currency that is not taken": (
        Obstacle.CURRENCY,
        lambda session, _: alter(session, currencies=("EUR",)),
    ),
    "an amount that is not taken": (
        Obstacle.AMOUNT,
        lambda session, _: alter(session, amounts=(10 * UNIT,)),
    ),
    "one on its way": (Obstacle.OPEN, begin),
    "no more of them": (
        Obstacle.COUNT,
        lambda session, cast: (_paid(session, cast), _rule(session, cast, count_max=1)),
    ),
    "no more money": (
        Obstacle.SUM,
        lambda session, cast: (_paid(session, cast), _rule(session, cast, sum_max=99 * UNIT)),
    ),
    "just enough": (
        Obstacle.ENOUGH,
        lambda session, cast: bring_to(session, cast.alice, 20 * UNIT, by=cast.sam),
    ),
}


def _paid(session: ResellerSession, cast: Cast) -> None:
    """A top-up that has arrived, and was spent."""
    deposit = begin(session, cast)
    assert deposit is not None
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    bring_to(session, cast.alice, 19 * UNIT, by=cast.sam)


@pytest.mark.parametrize(("obstacle", "make"), OBSTACLES.values(), ids=OBSTACLES)
def test_nothing_is_begun_where_something_stands_in_the_way(
    session: ResellerSession,
    ready: Cast,
    obstacle: Obstacle,
    make: Callable[[ResellerSession, Cast], object],
) -> None:
    make(session, ready)
    before = len(keeping.automatic(session, ready.alice))
    assert why_not(session, ready) is obstacle
    assert begin(session, ready) is None
    assert len(keeping.automatic(session, ready.alice)) == before


def test_an_amount_without_coins_begins_nothing(session: ResellerSession, ready: Cast) -> None:
    alter(session, other_amounts=True)
    _rule(session, ready, amount=10 * UNIT + 1)
    assert begin(session, ready) is None


def test_a_client_of_nobody_is_not_there(session: ResellerSession) -> None:
    with pytest.raises(NotFound):
        topping_up.begin(session, client_id=7)


def test_a_top_up_is_a_deposit(session: ResellerSession, ready: Cast) -> None:
    before = balance(session, ready.alice)
    deposit = begin(session, ready)
    assert deposit is not None
    assert (deposit.amount, deposit.currency, deposit.state) == (50 * UNIT, "USD", State.PENDING)
    assert (deposit.is_automatic, deposit.person_id, deposit.reference) == (True, None, None)
    assert (queued(session, asking.CHARGE), balance(session, ready.alice)) == (1, before)
    seen = paying.seen(deposit)
    assert settling.apply(session, deposit_id=deposit.id, seen=seen) is True
    assert settling.apply(session, deposit_id=deposit.id, seen=seen) is False
    assert balance(session, ready.alice) == before + 50 * UNIT
    assert why_not(session, ready) is Obstacle.ENOUGH


def test_a_new_key_of_the_same_merchant_charges_the_same_cards(
    session: ResellerSession, ready: Cast
) -> None:
    made = paying.account(session, by=ready.sam, key="sk_test_another_sunnysunny")
    made.merchant = "acct_nysunny"
    old = accounts.all_of(session, "stripe")[1]
    old.merchant = made.merchant
    deposit = begin(session, ready)
    assert deposit is not None
    assert deposit.account_id == made.id
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    bring_to(session, ready.alice, UNIT, by=ready.sam)
    # The cards of its key for tests are none.
    made.is_live = True
    assert why_not(session, ready) is Obstacle.ACCOUNT


def test_the_database_has_one_at_a_time_too(session: ResellerSession, ready: Cast) -> None:
    first = begin(session, ready)
    assert first is not None
    with pytest.raises(IntegrityError, match="uq_deposits_automatic"):
        _insert_copy(session, first)


def test_a_card_of_another_client_cannot_be_charged(session: ResellerSession, ready: Cast) -> None:
    first = begin(session, ready)
    assert first is not None
    with pytest.raises(IntegrityError, match="method_id"):
        _insert_copy(session, first, client_id=ready.henry.client_id)


def _insert_copy(session: ResellerSession, deposit: Deposit, **values: int) -> None:
    columns = [each.name for each in Deposit.__table__.columns]
    copied = {name: getattr(deposit, name) for name in columns}
    with session.begin_nested():
        session.execute(insert(Deposit).values({**copied, "id": ids.new(), **values}))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.OPEN, State.PENDING),
        (Outcome.PROCESSING, State.PENDING),
        (Outcome.GONE, State.PENDING),
    ],
)
def test_the_answer_to_the_charge_decides_and_no_notification(
    session: ResellerSession, ready: Cast, outcome: Outcome, state: State
) -> None:
    deposit = begin(session, ready)
    assert deposit is not None
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit, outcome))
    assert deposit.state is state


@pytest.mark.parametrize("outcome", [Outcome.OPEN, Outcome.GONE])
def test_a_charge_that_stops_after_it_was_taken_up_has_failed(
    session: ResellerSession, ready: Cast, outcome: Outcome
) -> None:
    deposit = begin(session, ready)
    assert deposit is not None
    deposit.reference = f"pi_{deposit.id}"
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit, Outcome.PROCESSING))
    assert (deposit.state, deposit.is_processing) == (State.PENDING, True)
    for _ in range(2):
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit, outcome))
    assert (deposit.state, deposit.trouble) == (State.ABANDONED, Trouble.DECLINED)
    assert (deposit.is_processing, queued(session, charge_failures.TELL)) == (False, 1)
    assert why_not(session, ready) is Obstacle.PAUSED


def test_a_failure_pauses_until_the_client_goes_on(session: ResellerSession, ready: Cast) -> None:
    deposit = begin(session, ready)
    assert deposit is not None
    for _ in range(2):
        charge_failures.fail(session, deposit, why=Trouble.CONFIRM)
    assert (deposit.state, deposit.trouble, deposit.look_at) == (
        State.ABANDONED,
        Trouble.CONFIRM,
        None,
    )
    assert acts(session).count("top_up.paused") == 1
    assert queued(session, charge_failures.TELL) == 1
    assert client_of(session, ready.alice).top_up_below is None
    assert topping_up.sweep(session) == 0
    keeping.switched_on(session, ready.alice)
    assert why_not(session, ready) is None
    # What was never charged counts for nothing.
    month = topping_up.this_month(session, client_id=ready.alice.client_id, currency="USD")
    assert (month.count, month.total) == (0, 0)


def test_money_that_comes_after_all_is_credited(session: ResellerSession, ready: Cast) -> None:
    before, deposit = balance(session, ready.alice), begin(session, ready)
    assert deposit is not None
    charge_failures.fail(session, deposit, why=Trouble.UNANSWERED)
    month = topping_up.this_month(session, client_id=ready.alice.client_id, currency="USD")
    assert (month.count, month.total) == (1, 50 * UNIT)  # it may have been charged
    for _ in range(2):
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    charge_failures.fail(session, deposit, why=Trouble.DECLINED)
    assert (deposit.state, balance(session, ready.alice)) == (State.PAID, before + 50 * UNIT)


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"threshold": 0}, ThresholdNotOffered),
        ({"threshold": UNIT - 1}, ThresholdNotOffered),
        ({"threshold": 100_000 * UNIT + 1}, ThresholdNotOffered),
        ({"amount": 49 * UNIT}, AmountNotOffered),
        ({"amount": 0}, AmountNotOffered),
        ({"count_max": 0}, LimitTooLow),
        ({"count_max": 32}, LimitTooLow),
        ({"sum_max": 50 * UNIT - 1}, LimitTooLow),
        ({"sum_max": 2**62}, LimitTooLow),
    ],
)
def test_what_is_out_of_bounds_is_refused(
    session: ResellerSession, ready: Cast, wish: dict[str, int], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        keeping.switched_on(session, ready.alice, **wish)
    rule = top_up_rules.own(session, ready.alice.client_id)
    assert rule is not None
    assert (rule.threshold, rule.amount, rule.count_max) == (20 * UNIT, 50 * UNIT, 3)


def test_without_a_card_or_an_offer_it_cannot_be_on(session: ResellerSession, cast: Cast) -> None:
    paying.account(session, by=cast.sam)
    wish, alice = keeping.WISH, cast.alice
    keeping.offer(session)
    with pytest.raises(NotToppedUp):
        top_up_rules.switch_on(session, client_id=alice.client_id, wish=wish, by=alice.owner)
    keeping.kept(session, alice)
    keeping.offer(session, automatic=False)
    with pytest.raises(NotToppedUp):
        top_up_rules.switch_on(session, client_id=alice.client_id, wish=wish, by=alice.owner)
    assert top_up_rules.own(session, alice.client_id) is None
    assert not top_up_rules.switch_off(session, client_id=alice.client_id, by=alice.owner)
    top_up_rules.pause(session, client_id=alice.client_id, why=Trouble.DECLINED)
    assert "top_up.paused" not in acts(session)


def test_it_is_off_by_default(session: ResellerSession, cast: Cast) -> None:
    assert settled.read(session).deposits.automatic is False
    assert session.scalars(select(Client.top_up_below)).all() == [None] * 3
    assert why_not(session, cast) is Obstacle.NOT_OFFERED


def test_every_change_is_written_down(session: ResellerSession, ready: Cast) -> None:
    before = len(acts(session))
    keeping.switched_on(session, ready.alice, count_max=2)
    for _ in range(2):
        top_up_rules.switch_off(session, client_id=ready.alice.client_id, by=ready.alice.owner)
    keeping.switched_on(session, ready.alice)
    assert acts(session)[before:] == ["top_up.changed", "top_up.off", "top_up.on"]


def test_a_crossing_is_noticed_and_so_is_a_threshold_above_the_balance(
    session: ResellerSession, cast: Cast
) -> None:
    paying.account(session, by=cast.sam)
    keeping.offer(session)
    keeping.kept(session, cast.alice)
    bring_to(session, cast.alice, 30 * UNIT, by=cast.sam)
    keeping.switched_on(session, cast.alice)
    assert queued(session) == 0
    bring_to(session, cast.alice, 20 * UNIT, by=cast.sam)
    assert queued(session) == 0
    bring_to(session, cast.alice, 20 * UNIT - 1, by=cast.sam)
    assert queued(session) == 1
    bring_to(session, cast.alice, 10 * UNIT, by=cast.sam)
    assert queued(session) == 1
    keeping.switched_on(session, cast.alice, threshold=40 * UNIT)
    assert queued(session) == 2


def test_the_sweep_finds_what_no_crossing_tells_of(session: ResellerSession, ready: Cast) -> None:
    before = queued(session)
    assert (topping_up.sweep(session), queued(session)) == (1, before + 1)
    keeping.offer(session, automatic=False)
    assert topping_up.sweep(session) == 0
    keeping.offer(session)
    bring_to(session, ready.alice, 20 * UNIT, by=ready.sam)
    assert topping_up.sweep(session) == 0


def test_a_month_begins_by_the_resellers_clocks(session: ResellerSession, ready: Cast) -> None:
    """At New York, where it is still October when November has begun at Greenwich."""
    keeping.switched_on(session, ready.alice, count_max=1)
    edge = datetime(2026, 11, 1, 4, tzinfo=UTC)  # midnight there, in summer time
    with clock.pretending(edge - timedelta(minutes=1)):
        _paid(session, ready)
        assert why_not(session, ready) is Obstacle.COUNT
    with clock.pretending(edge):
        assert why_not(session, ready) is None
        _paid(session, ready)
    # The month of November ends in winter time.
    with clock.pretending(datetime(2026, 12, 1, 4, 59, tzinfo=UTC)):
        assert why_not(session, ready) is Obstacle.COUNT
    with clock.pretending(datetime(2026, 12, 1, 5, tzinfo=UTC)):
        assert why_not(session, ready) is None


@given(hours=st.integers(0, 24 * 365 * 15))
def test_a_month_holds_its_moments(hours: int) -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    begun = topping_up.month_of(moment, NEW_YORK)
    assert begun <= moment
    assert (begun.day, begun.hour, begun.minute) == (1, 0, 0)
    assert (begun.year, begun.month) == (
        moment.astimezone(NEW_YORK).year,
        moment.astimezone(NEW_YORK).month,
    )


@settings(max_examples=15)
@given(
    days=st.lists(st.integers(0, 75), min_size=1, max_size=12),
    count_max=st.integers(1, 4),
    sum_max=st.sampled_from([50, 99, 100, 149, 500]),
)
def test_no_month_has_more_than_was_allowed(
    session: ResellerSession, ready: Cast, days: list[int], count_max: int, sum_max: int
) -> None:
    begins = datetime(2030, 1, 1, 12, tzinfo=UTC)
    charged: dict[tuple[int, int], int] = {}
    with session.begin_nested() as each:
        keeping.switched_on(session, ready.alice, count_max=count_max, sum_max=sum_max * UNIT)
        for day in sorted(days):
            moment = begins + timedelta(days=day)
            with clock.pretending(moment):
                bring_to(session, ready.alice, UNIT, by=ready.sam)
                deposit = begin(session, ready)
                month = moment.astimezone(NEW_YORK)
                number = charged.get((month.year, month.month), 0)
                fits = number < count_max and (number + 1) * 50 <= sum_max
                assert (deposit is not None) is fits
                if deposit is not None:
                    charged[month.year, month.month] = number + 1
                    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
        each.rollback()
    session.expire_all()
