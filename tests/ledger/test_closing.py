"""Days are closed once and miss nothing, and every balance of the past can be told from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import closing, opening, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from tests.cast import SUNNY

DAY = datetime(2025, 3, 10, tzinfo=UTC)
"""Before anything that the cast has done."""
DAYS = 5
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def accounts(session: ResellerSession) -> tuple[int, int]:
    """A wallet of nobody, which may fall as far as it likes, and the sales in its unit."""
    wallet = opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=ids.new())
    return wallet, opening.account(session, AccountCode.SALES, unit="JPY")


def move(
    session: ResellerSession,
    debit: int,
    credit: int,
    amount: int,
    *,
    at: datetime,
    begun: datetime | None = None,
) -> int:
    """Post at a moment what was prepared at that one or another; the transfer's id."""
    with clock.pretending(begun or at):
        transfer = Transfer(
            debit=debit,
            credit=credit,
            unit="JPY",
            amount=amount,
            code=TransferCode.CHARGE,
            cause=ids.new(),
        )
    with clock.pretending(at):
        posting.post(session, [transfer])
    return transfer.id


def close(session: ResellerSession, *, now: datetime) -> int:
    with clock.pretending(now):
        return closing.close_days(session)


def test_a_day_is_closed_when_nothing_can_be_added_to_it(session: ResellerSession) -> None:
    wallet, sales = accounts(session)
    move(session, wallet, sales, 7, at=DAY + HOUR)
    midnight = DAY + timedelta(days=1)

    assert close(session, now=midnight + HOUR - SECOND) == 0
    assert closing.closed_through(session) is None
    assert close(session, now=midnight + HOUR) == 1
    assert closing.closed_through(session) == DAY.date()
    assert close(session, now=midnight + HOUR) == 0
    assert close(session, now=midnight + HOUR + timedelta(days=3)) == 3
    assert closing.closed_through(session) == date(2025, 3, 13)
    assert closing.count(session) == 4


def test_nothing_is_closed_before_the_first_transfer(database: Database) -> None:
    with database.across_resellers() as session:
        session.execute(text("SET LOCAL app.reseller = '999'"))  # of whom there are no rows
        assert closing.close_days(session) == 0


def test_a_closing_has_the_sums_of_the_day_and_what_was_held_at_its_end(
    session: ResellerSession,
) -> None:
    wallet, sales = accounts(session)
    for day, amount in ((0, 7), (0, 2), (3, 5)):
        move(session, wallet, sales, amount, at=DAY + timedelta(days=day))
        if day:
            close(session, now=DAY + timedelta(days=2))
    move(session, sales, wallet, 4, at=DAY + timedelta(days=3))

    close(session, now=DAY + timedelta(days=6))

    rows = session.execute(
        text(
            "SELECT day, debits, credits, balance FROM daily_closings"
            " WHERE account_id = :id ORDER BY day"
        ),
        {"id": wallet},
    )
    assert [tuple(row) for row in rows] == [
        (date(2025, 3, 10), 9, 0, -9),
        (date(2025, 3, 13), 5, 4, -10),
    ]
    assert list(closing.disagreements(session)) == []


@pytest.mark.parametrize("table", ["daily_closings", "closed_days"])
def test_closings_are_added_never_changed(session: ResellerSession, table: str) -> None:
    move(session, *accounts(session), 7, at=DAY)
    close(session, now=DAY + timedelta(days=2))
    with pytest.raises(IntegrityError, match=f"rows of {table} are added, never changed"):
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - ours


def test_every_id_of_a_period_lies_between_its_bounds_and_hardly_another() -> None:
    """An id is made up to an hour before its transfer or after it."""
    since, until = DAY, DAY + timedelta(days=1)
    late = until + closing.LATE_MAX
    for moment, inside in (
        (since - closing.LATE_MAX, True),
        (since - closing.LATE_MAX - timedelta(milliseconds=1), False),
        (late, True),
        (late + timedelta(milliseconds=1), False),
    ):
        with clock.pretending(moment):
            made = ids.new()
        assert (closing.first_id(since) <= made <= closing.last_id(until)) is inside


def test_a_transfer_and_its_id_are_of_one_hour(session: ResellerSession) -> None:
    wallet, sales = accounts(session)
    move(session, wallet, sales, 1, at=DAY, begun=DAY + HOUR)
    move(session, wallet, sales, 1, at=DAY, begun=DAY - HOUR)
    with pytest.raises(IntegrityError, match="id_within_an_hour"):
        move(session, wallet, sales, 1, at=DAY, begun=DAY - HOUR - SECOND)


def test_a_transaction_that_hangs_holds_its_day_open(database: Database) -> None:
    """Two real connections: the first has posted before midnight and not committed yet."""
    began = clock.now()
    after = began + timedelta(days=2)
    with database.session(SUNNY) as first, first.begin():
        wallet, sales = accounts(first)
        received = opening.account(first, AccountCode.RECEIVED, unit="JPY")

    def closed() -> bool:
        with database.across_resellers() as everything, everything.begin():
            close(everything, now=after)
            through = closing.closed_through(everything)
            return through is not None and through >= began.date()

    with database.session(SUNNY) as late:
        late.begin()
        move(late, wallet, sales, 7, at=began)
        with database.session(SUNNY) as other, other.begin():
            move(other, received, sales, 3, at=began)  # no limited account: it need not wait
        assert not closed()
        with database.session(SUNNY) as reader:
            assert statements.balance_at(reader, sales, after) == 3
        late.commit()

    assert closed()
    with database.across_resellers() as everything:
        assert list(closing.disagreements(everything)) == []
    with database.session(SUNNY) as reader:
        assert statements.balance_at(reader, sales, after) == 10
        assert statements.balance_at(reader, wallet, after) == -7


def test_what_was_changed_in_a_closed_day_is_named(session: ResellerSession) -> None:
    wallet, sales = accounts(session)
    move(session, wallet, sales, 7, at=DAY)
    close(session, now=DAY + timedelta(days=2))
    move(session, wallet, sales, 2, at=DAY + timedelta(hours=23))  # which no verb does

    named = [f"reseller {SUNNY}, account {each} on 2025-03-10" for each in (wallet, sales)]
    assert list(closing.disagreements(session)) == [
        f"{named[0]}: debits say 7, transfers add up to 9",
        f"{named[0]}: says -7 was held, transfers add up to -9",
        f"{named[1]}: credits say 7, transfers add up to 9",
        f"{named[1]}: says 7 was held, transfers add up to 9",
    ]


def test_a_change_is_told_on_its_day_and_not_on_each_that_follows(
    session: ResellerSession,
) -> None:
    wallet, sales = accounts(session)
    for day in range(DAYS):
        move(session, wallet, sales, 10, at=DAY + timedelta(days=day))
    close(session, now=DAY + timedelta(days=DAYS + 1))
    move(session, wallet, sales, 2, at=DAY + timedelta(days=1))

    named = [f"reseller {SUNNY}, account {each} on 2025-03-11" for each in (wallet, sales)]
    assert list(closing.disagreements(session)) == [
        f"{named[0]}: debits say 10, transfers add up to 12",
        f"{named[0]}: says -20 was held, transfers add up to -22",
        f"{named[1]}: credits say 10, transfers add up to 12",
        f"{named[1]}: says 20 was held, transfers add up to 22",
    ]


def test_a_movement_on_a_closed_day_that_had_none_is_named(session: ResellerSession) -> None:
    wallet, sales = accounts(session)
    move(session, wallet, sales, 7, at=DAY)
    close(session, now=DAY + timedelta(days=3))
    move(session, wallet, sales, 2, at=DAY + timedelta(days=1))

    assert list(closing.disagreements(session)) == [
        f"reseller {SUNNY}, account {wallet} on 2025-03-11: debits say 0, transfers add up to 2",
        f"reseller {SUNNY}, account {sales} on 2025-03-11: credits say 0, transfers add up to 2",
    ]


def test_no_balance_of_a_stranger_can_be_told(
    session: ResellerSession, harbour_session: ResellerSession
) -> None:
    theirs = opening.account(harbour_session, AccountCode.COVER, unit="EUR")
    with pytest.raises(NotFound):
        statements.balance_at(session, theirs, clock.now())


@dataclass(frozen=True)
class Act:
    """So much from the wallet, or to it if below zero, so long after the first day began."""

    after: timedelta
    prepared: timedelta
    amount: int

    @property
    def at(self) -> datetime:
        return DAY + self.after


near_midnight = st.builds(
    lambda day, micros: timedelta(days=day, microseconds=micros),
    st.integers(1, DAYS - 1),
    st.integers(-3, 3),
)
moments = st.one_of(near_midnight, st.timedeltas(timedelta(), timedelta(days=DAYS)))
acts = st.builds(
    Act,
    after=moments,
    prepared=st.timedeltas(timedelta(minutes=-59), timedelta(minutes=59)),
    amount=st.integers(-9, 9).filter(bool),
)


@given(
    done=st.lists(acts, max_size=12),
    closed=st.integers(0, DAYS + 1),
    asked=st.lists(moments, min_size=1, max_size=4),
    page=st.integers(1, 4),
)
def test_the_past_is_what_a_plain_list_says(
    session: ResellerSession,
    done: list[Act],
    closed: int,
    asked: list[timedelta],
    page: int,
) -> None:
    with session.begin_nested() as example:
        wallet, sales = accounts(session)
        said: list[tuple[int, Act]] = []
        for act in done:
            sides = (wallet, sales) if act.amount < 0 else (sales, wallet)
            made = move(session, *sides, abs(act.amount), at=act.at, begun=act.at + act.prepared)
            said.append((made, act))
        close(session, now=DAY + timedelta(days=closed) + HOUR)

        cuts = [DAY + each for each in asked] + [act.at for _, act in said]
        for cut in [*cuts, *(cut + MICROSECOND for cut in cuts)]:
            held = sum(act.amount for _, act in said if act.at < cut)
            assert statements.balance_at(session, wallet, cut) == held
            assert statements.balance_at(session, sales, cut) == -held
            assert statements.total(session, AccountCode.SALES, unit="JPY", until=cut) == -held

        first, last = min(cuts), max(cuts)
        for account, sign in ((wallet, 1), (sales, -1)):
            rows = _running(said, sign=sign)
            assert _pages(session, account, limit=page) == rows
            within = [row for row in rows if first <= row[1] < last]
            assert _pages(session, account, limit=page, since=first, until=last) == within
        example.rollback()


def _running(said: list[tuple[int, Act]], *, sign: int) -> list[tuple[int, datetime, int, int]]:
    """Id, moment, amount and the balance left, latest first."""
    held, rows = 0, []
    for made, act in sorted(said, key=lambda each: each[0]):
        held += sign * act.amount
        rows.append((made, act.at, sign * act.amount, held))
    return rows[::-1]


def _pages(
    session: ResellerSession,
    account: int,
    *,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[tuple[int, datetime, int, int]]:
    """The whole statement, page by page."""
    rows: list[tuple[int, datetime, int, int]] = []
    below = None
    while found := statements.movements(
        session, account, since=since, until=until, below_id=below, limit=limit
    ):
        assert len(found) <= limit
        rows += [(each.transfer_id, each.at, each.amount, each.balance) for each in found]
        below = found[-1].transfer_id
    return rows
