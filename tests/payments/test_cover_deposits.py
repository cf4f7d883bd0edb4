"""A reseller's payment to the operator is on its own cover once, whatever is told and how often."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, cover, cover_paying
from portal.accounts.errors import AmountNotPositive
from portal.infra import ids
from portal.infra.db import Database, ResellerSession, in_scope_of
from portal.infra.errors import NotFound
from portal.payments import cover_deposits, deposits, refunds, settling
from portal.payments.bank import accounts as bank
from portal.payments.bank import transfers
from portal.payments.bank.accounts import Details
from portal.payments.bank.errors import TooManyWaiting
from portal.payments.errors import AmountNotOffered, CurrencyNotOffered, NoProvider
from portal.payments.models import Deposit
from portal.payments.statuses import Outcome, Stage, State, Trouble
from portal.reports import proof
from portal.tenancy import settings as settled
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import paying
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.payments.test_settling import FACTS, fact

OPENING = 1000 * UNIT


@pytest.fixture
def operator(shared_database: Database) -> Iterator[ResellerSession]:
    """A session of the operator's that is rolled back."""
    with shared_database.session(OPERATOR_ID) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def deposit(operator: ResellerSession, cast: Cast) -> Deposit:
    paying.account(operator, by=cast.olga)
    return paying.begun_for_cover(operator, SUNNY, by=cast.sam)


def on_cover(operator: ResellerSession, reseller_id: int = SUNNY) -> tuple[int, int]:
    """What the cover holds, and what is owed beside it."""
    with in_scope_of(operator, reseller_id) as own:
        unit = {SUNNY: "USD", HARBOUR: "EUR"}[reseller_id]
        return cover.balance(own), cover_paying.owed(own, currency=unit)


def bring_to(operator: ResellerSession, amount: int) -> None:
    """Have Sunny's cover hold just this."""
    held, _ = on_cover(operator)
    with in_scope_of(operator, SUNNY) as own:
        if held > amount:
            cover_paying.take_back(
                own, cause=ids.new(), amount=held - amount, currency="USD", disputed=False,
                description="",
            )  # fmt: skip


def agrees(session: ResellerSession, database: Database) -> None:
    """All books agree, looked at from above, where payer and operator are seen together."""
    everywhere = database.across_resellers()
    with everywhere:
        assert list(proof.prove(everywhere).disagreements) == []


def test_only_the_operator_is_paid(session: ResellerSession, cast: Cast) -> None:
    paying.account(session, by=cast.sam)
    payer = paying.payer(session, HARBOUR)
    with pytest.raises(NotFound):
        cover_deposits.begin(
            session, payer, kind="stripe", amount=10 * UNIT, currency="EUR", by=cast.hanna
        )


def test_the_operator_does_not_pay_itself(operator: ResellerSession, cast: Cast) -> None:
    paying.account(operator, by=cast.olga)
    with pytest.raises(NotFound):
        paying.begun_for_cover(operator, OPERATOR_ID, by=cast.olga)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"amount": 11 * UNIT}, AmountNotOffered),
        ({"amount": 10 * UNIT + 1}, AmountNotOffered),
        ({"currency": "PLN"}, CurrencyNotOffered),
        ({"kind": "paypal"}, NoProvider),
        ({"kind": "bank"}, NoProvider),
    ],
)
def test_what_is_not_offered_is_refused(
    operator: ResellerSession, cast: Cast, change: dict[str, object], refusal: type[Exception]
) -> None:
    paying.account(operator, by=cast.olga)
    asked = {"kind": "stripe", "amount": 10 * UNIT, "currency": "USD", **change}
    with pytest.raises(refusal):
        cover_deposits.begin(operator, paying.payer(operator, SUNNY), by=cast.sam, **asked)


def test_the_operator_says_what_can_be_paid(operator: ResellerSession, cast: Cast) -> None:
    settled.change(operator, deposits={"amounts": (500 * UNIT,), "currencies": ("EUR",)})
    assert cover_deposits.usable(operator, paying.payer(operator, SUNNY)) == []
    assert cover_deposits.usable(operator, paying.payer(operator, HARBOUR)) == ["EUR"]


def test_another_reseller_has_no_such_payment(operator: ResellerSession, deposit: Deposit) -> None:
    assert cover_deposits.of_payer(operator, deposit.id, payer_id=SUNNY) is deposit
    with pytest.raises(NotFound):
        cover_deposits.of_payer(operator, deposit.id, payer_id=HARBOUR)


def test_no_client_is_shown_it(operator: ResellerSession, cast: Cast, deposit: Deposit) -> None:
    with pytest.raises(NotFound):
        deposits.of_actor(operator, deposit.id, actor=cast.olga)


def test_no_reseller_sees_it_in_its_own_rows(operator: ResellerSession, deposit: Deposit) -> None:
    with in_scope_of(operator, SUNNY) as own:
        assert own.scalar(select(Deposit.id).where(Deposit.id == deposit.id)) is None
        counted = text("SELECT count(*) FROM deposits WHERE id = :id")
        assert own.scalar(counted, {"id": deposit.id}) == 0
    assert operator.scalar(counted, {"id": deposit.id}) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "payer_id = NULL",
        "payer_id = 0",
        "client_id = 1, payer_id = 1",
    ],
)
def test_the_database_knows_who_may_pay(
    operator: ResellerSession, deposit: Deposit, broken: str
) -> None:
    operator.flush()
    with pytest.raises(IntegrityError, match=r"one_pays|resellers_pay_operator"):
        operator.execute(
            text(f"UPDATE deposits SET {broken} WHERE id = :id"),  # noqa: S608 - ours
            {"id": deposit.id},
        )


def test_a_reseller_is_no_payer_of_another(session: ResellerSession, cast: Cast) -> None:
    paying.account(session, by=cast.sam)
    made = paying.begun(session, cast.alice)
    session.flush()
    with pytest.raises(IntegrityError, match="resellers_pay_operator"):
        session.execute(
            text("UPDATE deposits SET client_id = NULL, payer_id = 2 WHERE id = :id"),
            {"id": made.id},
        )


@pytest.mark.parametrize(
    "outcome", [Outcome.OPEN, Outcome.APPROVED, Outcome.PROCESSING, Outcome.GONE]
)
def test_what_is_not_paid_is_not_credited(
    operator: ResellerSession, deposit: Deposit, outcome: Outcome
) -> None:
    settling.apply(operator, deposit_id=deposit.id, seen=paying.seen(deposit, outcome))
    assert (on_cover(operator), deposit.paid_at) == ((OPENING, 0), None)


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"amount": 9 * UNIT}, Trouble.AMOUNT),
        ({"currency": "EUR"}, Trouble.CURRENCY),
        ({"reference": "cs_test_other"}, Trouble.OTHER_PAYMENT),
        ({"deposit_id": 7}, Trouble.OTHER_PAYMENT),
    ],
)
def test_what_was_not_asked_for_is_not_credited(
    operator: ResellerSession, deposit: Deposit, change: dict[str, object], trouble: Trouble
) -> None:
    seen = replace(paying.seen(deposit), **change)
    settling.apply(operator, deposit_id=deposit.id, seen=seen)
    assert (deposit.state, deposit.trouble) == (State.DIFFERS, trouble)
    assert on_cover(operator) == (OPENING, 0)


def test_what_is_paid_is_on_this_cover_once(operator: ResellerSession, deposit: Deposit) -> None:
    seen = paying.seen(deposit)
    assert settling.apply(operator, deposit_id=deposit.id, seen=seen) is True
    assert settling.apply(operator, deposit_id=deposit.id, seen=seen) is False
    assert on_cover(operator) == (OPENING + 10 * UNIT, 0)
    assert on_cover(operator, HARBOUR) == (OPENING, 0)
    with in_scope_of(operator, SUNNY) as own:
        [latest, *_] = cover.movements(own, currency="USD")
        assert (latest.code, latest.cause_id, latest.amount) == (
            "cover_deposit", deposit.id, 10 * UNIT,
        )  # fmt: skip
        assert activity.latest(own)[0].what == "cover.deposited"
    assert activity.latest(operator)[0].what == "deposit.credited"


def test_the_same_act_posted_again_moves_nothing(session: ResellerSession) -> None:
    for _ in range(2):
        cover_paying.credit(session, cause=7, amount=UNIT, currency="USD", description="")
        cover_paying.take_back(
            session, cause=8, amount=UNIT, currency="USD", disputed=True, description=""
        )
        cover_paying.give_again(session, cause=8, amount=UNIT, currency="USD", description="")
    assert cover.balance(session) == OPENING + UNIT


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_payment(session: ResellerSession, amount: int) -> None:
    said = {"cause": 7, "amount": amount, "currency": "USD", "description": ""}
    with pytest.raises(AmountNotPositive):
        cover_paying.credit(session, **said)
    with pytest.raises(AmountNotPositive):
        cover_paying.take_back(session, **said, disputed=False)
    with pytest.raises(AmountNotPositive):
        cover_paying.give_again(session, **said)


def test_a_cover_never_falls_below_zero_and_the_rest_is_owed(
    operator: ResellerSession, deposit: Deposit
) -> None:
    settling.apply(operator, deposit_id=deposit.id, seen=paying.seen(deposit))
    bring_to(operator, 3 * UNIT)
    lost = paying.seen(deposit, Outcome.PAID, paying.disputed("dp_1", 10 * UNIT))
    settling.apply(operator, deposit_id=deposit.id, seen=lost)
    assert on_cover(operator) == (0, 7 * UNIT)
    with in_scope_of(operator, SUNNY) as own:
        [shown] = cover.listed(own)
        assert (shown.balance, shown.owed, shown.is_low) == (0, 7 * UNIT, True)
    [taken] = refunds.of_deposit(operator, deposit.id)
    assert (taken.owed, taken.stage) == (7 * UNIT, Stage.TAKEN)
    won = paying.seen(deposit, Outcome.PAID, paying.disputed("dp_1", 10 * UNIT, won=True))
    settling.apply(operator, deposit_id=deposit.id, seen=won)
    assert on_cover(operator) == (3 * UNIT, 0)
    assert (deposit.state, taken.stage) == (State.PAID, Stage.RETURNED)


def test_the_next_payment_pays_what_is_owed_first(
    operator: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    settling.apply(operator, deposit_id=deposit.id, seen=paying.seen(deposit))
    bring_to(operator, 0)
    lost = paying.seen(deposit, Outcome.PAID, paying.disputed("dp_1", 10 * UNIT))
    settling.apply(operator, deposit_id=deposit.id, seen=lost)
    assert on_cover(operator) == (0, 10 * UNIT)
    for held, debt in ((0, 0), (10 * UNIT, 0)):
        other = paying.begun_for_cover(operator, SUNNY, by=cast.sam)
        settling.apply(operator, deposit_id=other.id, seen=paying.seen(other))
        assert on_cover(operator) == (held, debt)


def test_a_payment_booked_by_hand_pays_it_too(
    operator: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    settling.apply(operator, deposit_id=deposit.id, seen=paying.seen(deposit))
    bring_to(operator, 0)
    lost = paying.seen(deposit, Outcome.PAID, paying.disputed("dp_1", 10 * UNIT))
    settling.apply(operator, deposit_id=deposit.id, seen=lost)
    with in_scope_of(operator, SUNNY) as own:
        cover.pay_in(own, amount=4 * UNIT, description="Cash", by=cast.olga)
    assert on_cover(operator) == (0, 6 * UNIT)
    with in_scope_of(operator, SUNNY) as own:
        cover.pay_in(own, amount=10 * UNIT, description="Cash", by=cast.olga)
    assert on_cover(operator) == (4 * UNIT, 0)


def moved(operator: ResellerSession, deposit: Deposit) -> dict[str, int]:
    """What moved for a payment and what went back of it, by why."""
    known = [deposit.id, *(each.id for each in refunds.of_deposit(operator, deposit.id))]
    with in_scope_of(operator, SUNNY) as own:
        rows = own.execute(
            text(
                "SELECT replace(code, '_owed', '') AS why, sum(amount)::bigint AS amount"
                "  FROM transfers WHERE cause_id = ANY(:known) AND code <> 'cover_debt_paid'"
                " GROUP BY 1"
            ),
            {"known": known},
        )
        return {row.why: row.amount for row in rows}


@settings(max_examples=25)
@given(told=st.lists(st.sampled_from(FACTS), max_size=14))
def test_any_facts_however_often_end_where_their_set_ends(
    operator: ResellerSession, cast: Cast, told: list[str]
) -> None:
    with operator.begin_nested() as step:
        paying.account(operator, by=cast.olga)
        bring_to(operator, 0)
        deposit = paying.begun_for_cover(operator, SUNNY, by=cast.sam)
        for name in told:
            settling.apply(operator, deposit_id=deposit.id, seen=fact(deposit, name))
            assert on_cover(operator)[0] >= 0
        known = set(told)
        taken = 3 * ("partial refund" in known) + 7 * ("refund" in known)
        taken += 10 * ("dispute" in known and "dispute won" not in known)
        net = (10 - taken) * UNIT if "paid" in known else 0
        held, owed = on_cover(operator)
        assert held - owed == net
        assert moved(operator, deposit).get("cover_deposit", 0) == 10 * UNIT * ("paid" in known)
        step.rollback()
    operator.expire_all()


# Nothing is run here that other tests do not run; without being counted it takes half the time.
@pytest.mark.no_cover
def test_every_order_of_the_facts_ends_in_the_same_ledger(
    operator: ResellerSession, cast: Cast
) -> None:
    """All 720, walked as a tree."""
    paying.account(operator, by=cast.olga)
    bring_to(operator, 0)
    deposit = paying.begun_for_cover(operator, SUNNY, by=cast.sam)
    ends: set[object] = set()
    leaves = 0

    def walk(left: tuple[str, ...]) -> None:
        nonlocal leaves
        if not left:
            leaves += 1
            operator.flush()
            operator.refresh(deposit)
            ends.add(
                (on_cover(operator), deposit.state, tuple(sorted(moved(operator, deposit).items())))
            )
            return
        for name in left:
            step = operator.begin_nested()
            settling.apply(operator, deposit_id=deposit.id, seen=fact(deposit, name))
            walk(tuple(each for each in left if each != name))
            operator.flush()
            step.rollback()

    walk(FACTS)
    assert leaves == 720
    everything = {f"cover_{why}": 10 * UNIT for why in ("deposit", "refund", "dispute", "returned")}
    assert ends == {((0, 0), State.REFUNDED, tuple(sorted(everything.items())))}


def test_twenty_at_once_credit_once_and_the_books_agree(database: Database, cast: Cast) -> None:
    with database.session(OPERATOR_ID) as session, session.begin():
        paying.account(session, by=cast.olga)
        deposit = paying.begun_for_cover(session, SUNNY, by=cast.sam)
    back = paying.refunded("re_1", 4 * UNIT)
    seen, together = paying.seen(deposit, Outcome.PAID, back), threading.Barrier(10)

    def tell(_: int) -> int:
        together.wait()
        news = 0
        for _ in range(2):
            with database.session(OPERATOR_ID) as session, session.begin():
                news += settling.apply(session, deposit_id=deposit.id, seen=seen)
        return news

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(tell, range(10))) == 1
    with database.session(OPERATOR_ID) as session:
        assert on_cover(session) == (OPENING + 6 * UNIT, 0)
        assert list(proof.prove(session).disagreements) == []
    with database.session(SUNNY) as session:
        assert list(proof.prove(session).disagreements) == []
    agrees(session, database)


@pytest.mark.parametrize(
    "change", ["amount = amount + 1", "payer_id = 2", "state = 'pending', paid_at = NULL"]
)
def test_the_proof_names_a_payment_that_was_changed(
    database: Database, cast: Cast, change: str
) -> None:
    with database.session(OPERATOR_ID) as session, session.begin():
        paying.account(session, by=cast.olga)
        deposit = paying.begun_for_cover(session, SUNNY, by=cast.sam)
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
        session.flush()
        session.execute(
            text(f"UPDATE deposits SET {change} WHERE id = :id"),  # noqa: S608 - ours
            {"id": deposit.id},
        )
    with database.across_resellers() as everywhere:
        found = list(proof.prove(everywhere).disagreements)
    assert any(f"deposit {deposit.id}:" in each for each in found)


def test_nothing_is_kept_of_either_if_the_other_fails(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.session(OPERATOR_ID) as session, session.begin():
        paying.account(session, by=cast.olga)
        deposit = paying.begun_for_cover(session, SUNNY, by=cast.sam)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(settling.invoiced, "credited", fails)
    with (
        pytest.raises(RuntimeError),
        database.session(OPERATOR_ID) as session,
        session.begin(),
    ):
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    with database.session(OPERATOR_ID) as session:
        assert on_cover(session) == (OPENING, 0)
        assert deposits.by_id(session, deposit.id).paid_at is None


@pytest.fixture
def in_dollars(operator: ResellerSession, cast: Cast) -> ResellerSession:
    """The operator has a bank account in dollars."""
    bank.change(
        operator,
        Details(holder="Wholesale", number="123456789", bank="First"),
        currency="USD",
        by=cast.olga,
    )
    return operator


def test_a_transfer_waits_for_its_own_reference(in_dollars: ResellerSession, cast: Cast) -> None:
    payer = paying.payer(in_dollars, SUNNY)

    def begun() -> Deposit:
        return cover_deposits.begin_transfer(
            in_dollars, payer, amount=10 * UNIT, currency="USD", by=cast.sam
        )

    first, second = begun(), begun()
    assert first.reference != second.reference
    assert cover_deposits.waiting(in_dollars, payer_id=SUNNY) == 2
    assert cover_deposits.waiting(in_dollars, payer_id=HARBOUR) == 0
    assert transfers.expected(in_dollars, text="sunnyt") == [second, first]
    transfers.confirm(
        in_dollars, deposit_id=first.id, amount=10 * UNIT, is_agreed=False, by=cast.olga
    )
    assert on_cover(in_dollars) == (OPENING + 10 * UNIT, 0)
    for _ in range(9):
        begun()
    with pytest.raises(TooManyWaiting):
        begun()


def test_a_transfer_in_another_currency_is_refused(in_dollars: ResellerSession, cast: Cast) -> None:
    with pytest.raises(CurrencyNotOffered):
        cover_deposits.begin_transfer(
            in_dollars,
            paying.payer(in_dollars, HARBOUR),
            amount=10 * UNIT,
            currency="EUR",
            by=cast.hanna,
        )


def test_no_transfer_without_an_account(operator: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NoProvider):
        cover_deposits.begin_transfer(
            operator, paying.payer(operator, SUNNY), amount=UNIT, currency="USD", by=cast.sam
        )
