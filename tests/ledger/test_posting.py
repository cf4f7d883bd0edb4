"""Transfers are posted all or none, once each, and no account falls below what it may."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.infra import ids
from portal.infra.db import Database, ResellerSession
from portal.ledger import opening, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import OverdraftBelowDebt, Overdrawn
from portal.ledger.posting import Transfer
from tests.cast import HARBOUR


@pytest.fixture
def wallet(session: ResellerSession) -> int:
    """A HARD account with nothing in it, of nobody in particular."""
    return hard(session)


def hard(session: ResellerSession, unit: str = "USD") -> int:
    return opening.account(session, AccountCode.WALLET, unit=unit, owner_id=ids.new(), overdraft=0)


def received(session: ResellerSession, unit: str = "USD") -> int:
    return opening.account(session, AccountCode.RECEIVED, unit=unit)


def sales(session: ResellerSession) -> int:
    return opening.account(session, AccountCode.SALES, unit="USD")


def payment(
    session: ResellerSession, to: int, amount: int, *, cause: int | None = None
) -> Transfer:
    return Transfer(
        debit=received(session),
        credit=to,
        unit="USD",
        amount=amount,
        code=TransferCode.PAYMENT,
        cause=cause or ids.new(),
    )


def charge(session: ResellerSession, on: int, amount: int, *, cause: int | None = None) -> Transfer:
    return Transfer(
        debit=on,
        credit=sales(session),
        unit="USD",
        amount=amount,
        code=TransferCode.CHARGE,
        cause=cause or ids.new(),
    )


def count(session: ResellerSession) -> int:
    return session.scalars(text("SELECT count(*) FROM transfers")).one()


def test_an_overdrawing_transfer_takes_the_others_with_it(
    session: ResellerSession, wallet: int
) -> None:
    posting.post(session, [payment(session, wallet, 10)])
    other = hard(session)
    before = count(session)

    with pytest.raises(Overdrawn) as refused, session.begin_nested():
        posting.post(session, [payment(session, other, 5), charge(session, wallet, 11)])

    assert (refused.value.account_id, refused.value.needs) == (wallet, 11)
    assert statements.balances(session, [wallet, other]) == {wallet: 10, other: 0}
    assert count(session) == before


def test_both_sides_move_and_both_sums_are_kept(session: ResellerSession, wallet: int) -> None:
    first = posting.post(session, [payment(session, wallet, 10)])
    second = posting.post(session, [charge(session, wallet, 4), payment(session, wallet, 1)])

    assert first.balances == {wallet: (0, 10)}
    assert second.balances == {wallet: (10, 7)}
    sums = session.execute(
        text("SELECT debits, credits FROM ledger_accounts WHERE id = :id"), {"id": wallet}
    ).one()
    assert tuple(sums) == (4, 11)


def test_what_moves_on_one_account_in_one_posting_is_added_up(
    session: ResellerSession, wallet: int
) -> None:
    moves = [payment(session, wallet, 10), payment(session, wallet, 20)]
    moves += [charge(session, wallet, 3), charge(session, wallet, 4)]

    assert posting.post(session, moves).balances == {wallet: (0, 23)}
    # What is missing is what goes out less what comes in.
    with pytest.raises(Overdrawn) as refused, session.begin_nested():
        posting.post(session, [payment(session, wallet, 5), charge(session, wallet, 30)])
    assert refused.value.needs == 25


@pytest.mark.parametrize(("busiest", "first"), [((), 0), ((0,), 1), ((0, 1), 0), ((1,), 0)])
def test_accounts_move_in_order_of_id_and_the_busiest_last(
    session: ResellerSession, busiest: tuple[int, ...], first: int
) -> None:
    """Two that may not fall: the one that is moved first is named."""
    accounts = sorted(hard(session) for _ in range(2))
    moves = [charge(session, each, 1) for each in reversed(accounts)]

    with pytest.raises(Overdrawn) as refused, session.begin_nested():
        posting.post(session, moves, last=[accounts[each] for each in busiest])

    assert refused.value.account_id == accounts[first]


def test_a_natural_key_that_is_there_moves_nothing(session: ResellerSession, wallet: int) -> None:
    cause = ids.new()
    once = posting.post(session, [payment(session, wallet, 10, cause=cause)])
    before = count(session)

    again = posting.post(session, [payment(session, wallet, 10, cause=cause)])

    assert len(once.transfers) == 1
    assert (again.transfers, again.balances) == ([], {})
    assert statements.balance(session, wallet) == 10
    assert count(session) == before


def test_of_two_with_one_natural_key_in_one_posting_one_moves(
    session: ResellerSession, wallet: int
) -> None:
    cause = ids.new()
    pair = [payment(session, wallet, 10, cause=cause) for _ in range(2)]

    posted = posting.post(session, pair)

    assert posted.transfers == [pair[0].id]
    assert posted.balances == {wallet: (0, 10)}


def test_nothing_to_post_is_nothing_posted(session: ResellerSession) -> None:
    assert posting.post(session, []) == posting.Posted([], {})


def test_a_description_stands_beside_its_transfer(session: ResellerSession, wallet: int) -> None:
    transfer = Transfer(
        debit=received(session),
        credit=wallet,
        unit="USD",
        amount=1,
        code=TransferCode.PAYMENT,
        cause=ids.new(),
        description="Cash",
    )
    posting.post(session, [transfer])

    assert [m.description for m in statements.movements(session, wallet)] == ["Cash"]


@pytest.mark.parametrize(
    ("overdraft", "lowest"), [(0, 0), (30, -30), (None, -1_000_000)], ids=["hard", "limit", "soft"]
)
def test_an_account_falls_to_its_overdraft_and_not_a_millionth_further(
    session: ResellerSession, wallet: int, overdraft: int | None, lowest: int
) -> None:
    opening.limit_overdraft(session, wallet, overdraft=overdraft)
    if overdraft is not None:
        with pytest.raises(Overdrawn), session.begin_nested():
            posting.post(session, [charge(session, wallet, 1 - lowest)])
        assert statements.balance(session, wallet) == 0
    if lowest:
        posting.post(session, [charge(session, wallet, -lowest)])
    assert statements.balance(session, wallet) == lowest


def test_a_limit_below_the_debt_is_refused(session: ResellerSession, wallet: int) -> None:
    opening.limit_overdraft(session, wallet, overdraft=None)
    posting.post(session, [charge(session, wallet, 5)])

    with pytest.raises(OverdraftBelowDebt) as refused:
        opening.limit_overdraft(session, wallet, overdraft=4)
    assert refused.value.balance == -5

    opening.limit_overdraft(session, wallet, overdraft=5)
    with pytest.raises(Overdrawn), session.begin_nested():
        posting.post(session, [charge(session, wallet, 1)])


def test_what_is_held_tells_balance_and_overdraft(session: ResellerSession, wallet: int) -> None:
    posting.post(session, [payment(session, wallet, 10), charge(session, wallet, 3)])
    posting.post(session, [payment(session, wallet, 3)])

    held = posting.hold(session, [wallet, sales(session)])

    assert held == {wallet: posting.Held(balance=10, overdraft=0)}
    assert posting.look(session, [wallet]) == held
    assert held[wallet].spares(10)
    assert not held[wallet].spares(11)
    assert posting.Held(balance=-5, overdraft=None).spares(1_000)
    assert posting.Held(balance=-5, overdraft=6).spares(1)
    assert not posting.Held(balance=-5, overdraft=6).spares(2)


@pytest.mark.parametrize("amount", [0, -1])
def test_the_database_refuses_an_amount_that_is_not_positive(
    session: ResellerSession, wallet: int, amount: int
) -> None:
    with pytest.raises(IntegrityError, match="ck_transfers_amount_positive"):
        posting.post(session, [payment(session, wallet, amount)])


def test_the_database_refuses_a_transfer_from_an_account_to_itself(
    session: ResellerSession, wallet: int
) -> None:
    itself = Transfer(
        debit=wallet, credit=wallet, unit="USD", amount=1, code=TransferCode.CHARGE, cause=1
    )
    with pytest.raises(IntegrityError, match="ck_transfers_two_sides"):
        posting.post(session, [itself])


@pytest.mark.parametrize("side", ["debit", "credit"])
def test_the_database_refuses_an_account_of_another_unit(
    session: ResellerSession, wallet: int, side: str
) -> None:
    sides = {"debit": received(session), "credit": wallet}
    sides[side] = received(session, "EUR") if side == "debit" else hard(session, "EUR")
    mixed = Transfer(
        debit=sides["debit"],
        credit=sides["credit"],
        unit="USD",
        amount=1,
        code=TransferCode.PAYMENT,
        cause=1,
    )
    with pytest.raises(IntegrityError, match=f"fk_transfers_reseller_id_{side}_id_unit"):
        posting.post(session, [mixed])


def test_the_database_refuses_an_account_of_another_reseller(
    session: ResellerSession, shared_database: Database
) -> None:
    with shared_database.session(HARBOUR) as theirs:
        foreign = opening.account(theirs, AccountCode.COVER, unit="EUR")
    stolen = Transfer(
        debit=foreign,
        credit=received(session, "EUR"),
        unit="EUR",
        amount=1,
        code=TransferCode.CHARGE,
        cause=1,
    )
    with pytest.raises(IntegrityError, match="fk_transfers_reseller_id_debit_id_unit"):
        posting.post(session, [stolen])


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("debits = credits + 1", "within_overdraft"),
        ("debits = -1", "sums_not_negative"),
        ("overdraft = -1", "overdraft_not_negative"),
    ],
)
def test_the_table_holds_a_wallet_where_the_code_is_passed_by(
    session: ResellerSession, wallet: int, change: str, constraint: str
) -> None:
    posting.post(session, [payment(session, wallet, 10)])
    with pytest.raises(IntegrityError, match=f"ck_ledger_accounts_{constraint}"):
        session.execute(
            text(f"UPDATE ledger_accounts SET {change} WHERE id = :id"),  # noqa: S608 - ours
            {"id": wallet},
        )


def test_the_table_holds_a_limit_where_the_code_is_passed_by(
    session: ResellerSession, wallet: int
) -> None:
    opening.limit_overdraft(session, wallet, overdraft=3)
    update = text("UPDATE ledger_accounts SET debits = :debits WHERE id = :id")
    session.execute(update, {"debits": 3, "id": wallet})
    with pytest.raises(IntegrityError, match="ck_ledger_accounts_within_overdraft"):
        session.execute(update, {"debits": 4, "id": wallet})


def test_the_table_keeps_no_balance_of_a_summed_account(session: ResellerSession) -> None:
    with pytest.raises(IntegrityError, match="ck_ledger_accounts_summed_keeps_no_balance"):
        session.execute(
            text("UPDATE ledger_accounts SET credits = 1 WHERE id = :id"), {"id": sales(session)}
        )


def test_an_account_is_opened_once(session: ResellerSession) -> None:
    owner = ids.new()
    first = opening.account(session, AccountCode.WALLET, unit="USD", owner_id=owner, overdraft=7)
    again = opening.account(session, AccountCode.WALLET, unit="USD", owner_id=owner, overdraft=9)
    other = opening.account(session, AccountCode.WALLET, unit="EUR", owner_id=owner, overdraft=9)

    assert first == again != other
    assert posting.look(session, [first]) == {first: posting.Held(balance=0, overdraft=7)}


def test_shared_accounts_are_found_in_one_go_and_opened_where_missing(
    session: ResellerSession,
) -> None:
    codes = (AccountCode.SALES, AccountCode.COVER)
    opened = opening.shared(session, codes, unit="JPY")

    assert opening.shared(session, codes, unit="JPY") == opened
    assert posting.look(session, opened.values()) == {
        opened[AccountCode.COVER]: posting.Held(balance=0, overdraft=0)
    }
