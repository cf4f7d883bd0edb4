"""A deposit is credited once and for what was paid, in whichever order its provider tells it."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from portal.accounts import receivables, wallet
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import statements
from portal.payments import refunds, settling
from portal.payments.models import Deposit
from portal.payments.port import Seen
from portal.payments.statuses import Outcome, Stage, State, Trouble
from portal.reports import proof
from portal.tenancy import settings as settled
from tests.builders import paying
from tests.builders.money import balance, bring_to, client_of, manage
from tests.cast import SUNNY, UNIT, Cast, Firm


def owed(session: ResellerSession, firm: Firm, currency: str = "USD") -> int:
    return -statements.balance(session, receivables.account(session, firm.client_id, unit=currency))


def moved(session: ResellerSession, deposit: Deposit) -> dict[str, int]:
    """What moved for a deposit and what went back of it, by why, whatever it was taken from."""
    session.flush()
    rows = session.execute(
        text(
            "SELECT replace(code, '_owed', '') AS why, sum(amount)::bigint AS amount"
            "  FROM transfers WHERE reseller_id = :r AND code LIKE 'deposit%'"
            "   AND (cause_id = :d OR cause_id IN (SELECT id FROM refunds WHERE deposit_id = :d))"
            " GROUP BY 1"
        ),
        {"r": session.reseller_id, "d": deposit.id},
    )
    return {row.why: row.amount for row in rows}


def agrees(session: ResellerSession) -> None:
    session.flush()
    assert list(proof.prove(session).disagreements) == []


@pytest.fixture
def deposit(session: ResellerSession, cast: Cast) -> Deposit:
    paying.account(session, by=cast.sam)
    return paying.begun(session, cast.alice)


def test_a_deposit_of_nobody_is_not_there(session: ResellerSession, deposit: Deposit) -> None:
    with pytest.raises(NotFound):
        settling.apply(session, deposit_id=7, seen=paying.seen(deposit))


@pytest.mark.parametrize(
    "outcome", [Outcome.OPEN, Outcome.APPROVED, Outcome.PROCESSING, Outcome.GONE]
)
def test_what_is_not_paid_is_not_credited(
    session: ResellerSession, cast: Cast, deposit: Deposit, outcome: Outcome
) -> None:
    before = balance(session, cast.alice)
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit, outcome))
    assert (balance(session, cast.alice), deposit.paid_at) == (before, None)
    gone = outcome is Outcome.GONE
    assert deposit.state is (State.ABANDONED if gone else State.PENDING)
    assert deposit.is_processing is (outcome in {Outcome.APPROVED, Outcome.PROCESSING})


def test_what_is_paid_is_credited_once(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(session, cast.alice)
    seen = paying.seen(deposit)
    assert settling.apply(session, deposit_id=deposit.id, seen=seen) is True
    assert settling.apply(session, deposit_id=deposit.id, seen=seen) is False
    assert balance(session, cast.alice) == before + 10 * UNIT
    assert (deposit.state, deposit.payment_id) == (State.PAID, f"pi_{deposit.id}")
    assert (deposit.method, deposit.url, deposit.look_at) == ("Visa 4242", "", None)
    agrees(session)


def test_money_that_comes_after_all_is_credited(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(session, cast.alice)
    for outcome in (Outcome.GONE, Outcome.PAID, Outcome.GONE, Outcome.OPEN):
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit, outcome))
    assert (deposit.state, balance(session, cast.alice)) == (State.PAID, before + 10 * UNIT)


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"amount": 9 * UNIT}, Trouble.AMOUNT),
        ({"amount": 10 * UNIT + 1}, Trouble.AMOUNT),
        ({"currency": "EUR"}, Trouble.CURRENCY),
        ({"reference": "cs_test_other"}, Trouble.OTHER_PAYMENT),
    ],
)
def test_what_was_not_asked_for_is_noted_and_not_credited(
    session: ResellerSession,
    cast: Cast,
    deposit: Deposit,
    change: dict[str, object],
    trouble: Trouble,
) -> None:
    before = balance(session, cast.alice)
    seen = replace(paying.seen(deposit), **change)
    assert settling.apply(session, deposit_id=deposit.id, seen=seen) is True
    assert settling.apply(session, deposit_id=deposit.id, seen=seen) is False
    assert (deposit.state, deposit.trouble) == (State.DIFFERS, trouble)
    assert (deposit.seen_amount, deposit.seen_currency) == (seen.amount, seen.currency)
    assert balance(session, cast.alice) == before


def test_one_payment_pays_one_deposit(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    other = paying.begun(session, cast.henry)
    before = balance(session, cast.henry)
    stolen = replace(paying.seen(deposit), reference=other.reference or "")
    settling.apply(session, deposit_id=other.id, seen=stolen)
    assert (other.trouble, balance(session, cast.henry)) == (Trouble.OTHER_PAYMENT, before)


def test_a_second_payment_for_one_deposit_is_noted(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    held = balance(session, cast.alice)
    again = replace(paying.seen(deposit), payment_id="pi_again")
    settling.apply(session, deposit_id=deposit.id, seen=again)
    assert (deposit.state, deposit.trouble) == (State.PAID, Trouble.OTHER_PAYMENT)
    assert balance(session, cast.alice) == held


def test_a_refund_before_the_payment_waits_for_it(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(session, cast.alice)
    early = paying.seen(deposit, Outcome.OPEN, paying.refunded("re_1", 4 * UNIT))
    settling.apply(session, deposit_id=deposit.id, seen=early)
    [parked] = refunds.of_deposit(session, deposit.id)
    assert (parked.stage, balance(session, cast.alice)) == (Stage.PARKED, before)
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    assert (parked.stage, deposit.state) == (Stage.TAKEN, State.PARTLY_REFUNDED)
    assert balance(session, cast.alice) == before + 6 * UNIT
    assert refunds.left(session, deposit) == 6 * UNIT
    agrees(session)


def test_a_hard_wallet_never_falls_below_zero_and_the_rest_is_owed(
    session: ResellerSession, cast: Cast
) -> None:
    paying.account(session, by=cast.sam)
    bring_to(session, cast.henry, 0, by=cast.sam)
    deposit = paying.begun(session, cast.henry)
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    assert client_of(session, cast.henry).standing is Standing.ACTIVE
    bring_to(session, cast.henry, 3 * UNIT, by=cast.sam)
    lost = paying.seen(deposit, Outcome.PAID, paying.disputed("dp_1", 10 * UNIT))
    settling.apply(session, deposit_id=deposit.id, seen=lost)
    assert (balance(session, cast.henry), owed(session, cast.henry)) == (0, 7 * UNIT)
    assert client_of(session, cast.henry).standing is Standing.SUSPENDED_BY_BALANCE
    assert deposit.state is State.DISPUTED
    [taken] = refunds.of_deposit(session, deposit.id)
    assert taken.owed == 7 * UNIT
    agrees(session)
    won = paying.seen(deposit, Outcome.PAID, paying.disputed("dp_1", 10 * UNIT, won=True))
    settling.apply(session, deposit_id=deposit.id, seen=won)
    assert (balance(session, cast.henry), owed(session, cast.henry)) == (3 * UNIT, 0)
    assert client_of(session, cast.henry).standing is Standing.ACTIVE
    assert (deposit.state, taken.stage) == (State.PAID, Stage.RETURNED)
    agrees(session)


def test_a_soft_wallet_goes_below_zero(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    bring_to(session, cast.alice, 0, by=cast.sam)
    back = paying.seen(deposit, Outcome.PAID, paying.refunded("re_1", 10 * UNIT))
    settling.apply(session, deposit_id=deposit.id, seen=back)
    assert (balance(session, cast.alice), owed(session, cast.alice)) == (-10 * UNIT, 0)
    assert client_of(session, cast.alice).debt_since is not None
    agrees(session)


FACTS = ("created", "paid", "partial refund", "refund", "dispute", "dispute won")


def fact(deposit: Deposit, name: str) -> Seen:
    """Each fact alone, as if nothing else were known yet."""
    tens = UNIT
    return {
        "created": paying.seen(deposit, Outcome.OPEN),
        "paid": paying.seen(deposit),
        "partial refund": paying.seen(deposit, Outcome.OPEN, paying.refunded("re_1", 3 * tens)),
        "refund": paying.seen(deposit, Outcome.OPEN, paying.refunded("re_2", 7 * tens)),
        "dispute": paying.seen(deposit, Outcome.OPEN, paying.disputed("dp_1", 10 * tens)),
        "dispute won": paying.seen(
            deposit, Outcome.OPEN, paying.disputed("dp_1", 10 * tens, won=True)
        ),
    }[name]


# Nothing is run here that other tests do not run; without being counted it takes half the time.
@pytest.mark.no_cover
def test_every_order_of_the_facts_ends_in_the_same_ledger(
    session: ResellerSession, cast: Cast
) -> None:
    """All 720, walked as a tree; some are told all once more in another order."""
    firm = cast.alice
    paying.account(session, by=cast.sam)
    bring_to(session, firm, 0, by=cast.sam)
    manage(session, firm, BalanceManagement.HARD, by=cast.sam)
    deposit = paying.begun(session, firm)
    ends, leaves = set(), 0
    shuffled = random.Random(7)  # noqa: S311 - no secret

    def walk(left: tuple[str, ...]) -> None:
        nonlocal leaves
        if not left:
            leaves += 1
            if leaves % 36 == 0:  # twice in another order, now and then
                again = shuffled.sample(FACTS, k=len(FACTS))
                for name in again:
                    settling.apply(session, deposit_id=deposit.id, seen=fact(deposit, name))
            session.flush()
            session.refresh(deposit)
            ends.add(
                (
                    balance(session, firm),
                    owed(session, firm),
                    deposit.state,
                    tuple(sorted(moved(session, deposit).items())),
                )
            )
            return
        for name in left:
            step = session.begin_nested()
            settling.apply(session, deposit_id=deposit.id, seen=fact(deposit, name))
            walk(tuple(each for each in left if each != name))
            session.flush()
            step.rollback()

    walk(FACTS)
    assert leaves == 720
    everything = {
        "deposit": 10 * UNIT,
        "deposit_refund": 10 * UNIT,
        "deposit_dispute": 10 * UNIT,
        "deposit_returned": 10 * UNIT,
    }
    assert ends == {(0, 0, State.REFUNDED, tuple(sorted(everything.items())))}


@settings(max_examples=25)
@given(told=st.lists(st.sampled_from(FACTS), max_size=14), hard=st.booleans())
def test_any_facts_however_often_end_where_their_set_ends(
    session: ResellerSession, cast: Cast, told: list[str], hard: bool
) -> None:
    firm = cast.henry if hard else cast.alice
    with session.begin_nested() as step:
        paying.account(session, by=cast.sam)
        bring_to(session, firm, 0, by=cast.sam)
        deposit = paying.begun(session, firm)
        for name in told:
            settling.apply(session, deposit_id=deposit.id, seen=fact(deposit, name))
            assert balance(session, firm) >= 0 or not hard
        known = set(told)
        taken = 3 * ("partial refund" in known) + 7 * ("refund" in known)
        taken += 10 * ("dispute" in known and "dispute won" not in known)
        net = (10 - taken) * UNIT if "paid" in known else 0
        assert balance(session, firm) - owed(session, firm) == net
        agrees(session)
        step.rollback()
    session.expire_all()


def test_fifty_at_once_credit_once(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
        deposit = paying.begun(session, cast.alice)
        before = balance(session, cast.alice)
    seen, together = paying.seen(deposit), threading.Barrier(10)

    def tell(_: int) -> int:
        together.wait()
        news = 0
        for _ in range(5):
            with database.session(SUNNY) as session, session.begin():
                news += settling.apply(session, deposit_id=deposit.id, seen=seen)
        return news

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(tell, range(10))) == 1
    with database.session(SUNNY) as session:
        assert balance(session, cast.alice) == before + 10 * UNIT
        agrees(session)


def test_the_example_of_the_seed(session: ResellerSession, cast: Cast) -> None:
    """400 USD, of which 125 are left; 200 EUR make that wallet the active one; and back again."""
    paying.account(session, by=cast.sam)
    firm = cast.alice
    bring_to(session, firm, 0, by=cast.sam)

    def pays(amount: int, currency: str) -> None:
        deposit = paying.begun(
            session, firm, amount=amount, currency=currency, priced=("USD", "EUR")
        )
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))

    def held() -> list[tuple[str, int, bool]]:
        found = wallet.wallets(session, client_of(session, firm))
        return [(each.currency, each.balance // UNIT, each.active) for each in found]

    settled.change(session, deposits={"amounts": (400 * UNIT, 200 * UNIT, 50 * UNIT)})
    pays(400 * UNIT, "USD")
    bring_to(session, firm, 125 * UNIT, by=cast.sam)
    pays(200 * UNIT, "EUR")
    assert held() == [("EUR", 200, True), ("USD", 125, False)]
    pays(50 * UNIT, "USD")
    assert held() == [("USD", 175, True), ("EUR", 200, False)]
    agrees(session)
