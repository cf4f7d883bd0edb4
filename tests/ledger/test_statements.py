"""Reading the books: what an account holds, and what moved on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import export, opening, posting, reversing, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import AlreadyReversed
from portal.ledger.posting import Transfer
from tests.cast import HARBOUR, SUNNY

NOON = clock.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=400)


@pytest.fixture
def wallet(session: ResellerSession) -> int:
    """An account in yen, which nobody else of the cast uses."""
    return opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=ids.new(), overdraft=0)


def pay(session: ResellerSession, wallet: int, amount: int, *, words: str = "") -> int:
    transfer = Transfer(
        debit=opening.account(session, AccountCode.RECEIVED, unit="JPY"),
        credit=wallet,
        unit="JPY",
        amount=amount,
        code=TransferCode.PAYMENT,
        cause=ids.new(),
        actor=77,
        description=words,
    )
    posting.post(session, [transfer])
    return transfer.id


def charge(session: ResellerSession, wallet: int, amount: int) -> int:
    transfer = Transfer(
        debit=wallet,
        credit=opening.account(session, AccountCode.SALES, unit="JPY"),
        unit="JPY",
        amount=amount,
        code=TransferCode.CHARGE,
        cause=ids.new(),
    )
    posting.post(session, [transfer])
    return transfer.id


def cause_of(session: ResellerSession, transfer_id: int) -> int:
    known = {"id": transfer_id}
    return session.execute(
        text("SELECT cause_id FROM transfers WHERE id = :id"), known
    ).scalar_one()


def test_a_stranger_and_a_missing_account_look_the_same(
    session: ResellerSession, harbour_session: ResellerSession
) -> None:
    theirs = opening.account(harbour_session, AccountCode.COVER, unit="EUR")
    summed = opening.account(session, AccountCode.SALES, unit="USD")
    for account_id in (theirs, summed, 1):
        with pytest.raises(NotFound) as missing:
            statements.balance(session, account_id)
        assert (missing.value.kind, missing.value.key) == ("account", account_id)
    for account_id in (theirs, 1):
        with pytest.raises(NotFound) as missing:
            statements.balance_at(session, account_id, clock.now())
        assert (missing.value.kind, missing.value.key) == ("account", account_id)
    assert statements.balances(session, [theirs, summed, 1]) == {}
    assert statements.balance(harbour_session, theirs) > 0


def test_balances_are_those_asked_for(session: ResellerSession, wallet: int) -> None:
    other, unasked = (
        opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=ids.new(), overdraft=0)
        for _ in range(2)
    )
    for account_id, amount in ((wallet, 10), (other, 20), (unasked, 30)):
        pay(session, account_id, amount)
    charge(session, other, 5)
    assert statements.balances(session, [wallet, other]) == {wallet: 10, other: 15}
    later = clock.now() + timedelta(seconds=1)
    assert statements.balance_at(session, wallet, later) == 10


def test_movements_are_latest_first_with_the_balance_each_left(
    session: ResellerSession, wallet: int
) -> None:
    first = pay(session, wallet, 10, words="Cash")
    second = charge(session, wallet, 4)

    found = statements.movements(session, wallet)

    assert [m.cause_id for m in found] == [cause_of(session, second), cause_of(session, first)]
    assert [(m.transfer_id, m.amount, m.balance, m.description) for m in found] == [
        (second, -4, 6, ""),
        (first, 10, 10, "Cash"),
    ]
    assert [m.code for m in found] == [TransferCode.CHARGE, TransferCode.PAYMENT]
    for below_id, left in ((second + 1, [second, first]), (second, [first]), (first, [])):
        asked = statements.movements(session, wallet, below_id=below_id)
        assert [m.transfer_id for m in asked] == left
    assert [m.balance for m in statements.movements(session, wallet, limit=1)] == [6]


def test_movements_of_a_summed_account_say_what_they_add_up_to(
    session: ResellerSession, wallet: int
) -> None:
    received = opening.account(session, AccountCode.RECEIVED, unit="JPY")
    for amount in (10, 5):
        pay(session, wallet, amount)
    found = statements.movements(session, received)
    assert [(m.amount, m.balance) for m in found] == [(-5, -15), (-10, -10)]


def test_movements_of_a_period_keep_the_balance_of_all_before(
    session: ResellerSession, wallet: int
) -> None:
    for day, amount in enumerate((1, 20, 300)):
        with clock.pretending(NOON + timedelta(days=day)):
            pay(session, wallet, amount)

    found = statements.movements(
        session, wallet, since=NOON + timedelta(days=1), until=NOON + timedelta(days=2)
    )

    assert [(m.amount, m.balance) for m in found] == [(20, 21)]


def test_a_summed_account_is_added_up_for_a_period_or_for_ever(
    session: ResellerSession, wallet: int
) -> None:
    assert statements.total(session, AccountCode.SALES, unit="JPY") == 0
    pay(session, wallet, 100)
    for day in range(3):
        with clock.pretending(NOON + timedelta(days=day)):
            taken = charge(session, wallet, 10 + day)
    posting.post(session, [reversing.opposite(session, taken, actor=1, description="Mistake")])

    assert statements.total(session, AccountCode.SALES, unit="JPY") == 10 + 11
    assert statements.total(session, AccountCode.RECEIVED, unit="JPY") == -100
    assert (
        statements.total(session, AccountCode.SALES, unit="JPY", since=NOON + timedelta(days=1))
        == 11 + 12
    )
    assert (
        statements.total(
            session, AccountCode.SALES, unit="JPY", since=NOON, until=NOON + timedelta(days=1)
        )
        == 10
    )
    assert statements.total(session, AccountCode.SALES, unit="CHF") == 0


def test_what_all_accounts_of_a_kind_hold_is_summed_by_reseller_and_unit(
    session: ResellerSession, shared_database: Database, wallet: int
) -> None:
    pay(session, wallet, 100)
    charge(session, wallet, 30)
    assert statements.held(session, AccountCode.WALLET)[SUNNY, "JPY"] == 70
    with shared_database.across_resellers() as everything:
        covers = statements.held(everything, AccountCode.COVER)
    assert covers == {(SUNNY, "USD"): 1_000_000_000, (HARBOUR, "EUR"): 1_000_000_000}


def test_a_transfer_is_taken_back_once_and_a_reversal_never(
    session: ResellerSession, harbour_session: ResellerSession, wallet: int
) -> None:
    paid = pay(session, wallet, 10)
    with pytest.raises(NotFound):
        reversing.opposite(harbour_session, paid, actor=1, description="Not ours")

    back = reversing.opposite(session, paid, actor=1, description="Mistake")
    posting.post(session, [back])

    assert statements.balance(session, wallet) == 0
    for transfer_id in (paid, back.id):
        with pytest.raises(AlreadyReversed):
            reversing.opposite(session, transfer_id, actor=1, description="Again")
    latest, first = statements.movements(session, wallet)
    assert (latest.is_reversal, latest.reversed, latest.code) == (
        True, False, TransferCode.REVERSAL,
    )  # fmt: skip
    assert (first.is_reversal, first.reversed) == (False, True)


def test_the_opposite_of_a_transfer_goes_back_the_same_way_and_names_it(
    session: ResellerSession, wallet: int
) -> None:
    paid = pay(session, wallet, 10, words="Cash")

    back = reversing.opposite(session, paid, actor=5, description="Mistake")

    assert back == Transfer(
        debit=wallet,
        credit=opening.account(session, AccountCode.RECEIVED, unit="JPY"),
        unit="JPY",
        amount=10,
        code=TransferCode.REVERSAL,
        cause=paid,
        reverses=paid,
        actor=5,
        description="Mistake",
        id=back.id,
    )
    with pytest.raises(NotFound) as missing:
        reversing.opposite(session, 1, actor=5, description="Mistake")
    assert (missing.value.kind, missing.value.key) == ("transfer", 1)
    posting.post(session, [back])
    with pytest.raises(AlreadyReversed) as refused:
        reversing.opposite(session, paid, actor=5, description="Mistake")
    assert refused.value.transfer_id == paid


def test_what_was_taken_back_is_known_by_when_it_was_paid_and_when_that_was(
    session: ResellerSession, wallet: int
) -> None:
    received = opening.account(session, AccountCode.RECEIVED, unit="JPY")
    days = [NOON + timedelta(days=day) for day in range(4)]
    with clock.pretending(days[0]):
        old, kept = pay(session, wallet, 10), pay(session, wallet, 5)
    with clock.pretending(days[1]):
        newer = pay(session, wallet, 100)
        fee = charge(session, wallet, 1)
    with clock.pretending(days[2]):
        for each in (old, newer, fee):
            back = reversing.opposite(session, each, actor=1, description="Mistake")
            posting.post(session, [back])
    with clock.pretending(days[3]):
        pay(session, wallet, 1_000)

    def taken_back(*, made_before: int, since: int, code: TransferCode) -> int:
        return reversing.taken_back(
            session, received, code=code, made_before=days[made_before], since=days[since]
        )

    payment = TransferCode.PAYMENT
    assert taken_back(made_before=0, since=0, code=payment) == 0
    assert taken_back(made_before=1, since=0, code=payment) == 10
    assert taken_back(made_before=2, since=0, code=payment) == 110
    assert taken_back(made_before=2, since=2, code=payment) == 110
    assert taken_back(made_before=2, since=3, code=payment) == 0
    assert taken_back(made_before=2, since=0, code=TransferCode.COVER_PAYMENT) == 0
    with clock.pretending(days[3]):
        back = reversing.opposite(session, kept, actor=1, description="Mistake")
        posting.post(session, [back])
    assert taken_back(made_before=1, since=3, code=payment) == 5
    assert taken_back(made_before=1, since=0, code=payment) == 15


def test_what_a_person_has_done_is_found_on_both_of_its_accounts(
    session: ResellerSession, wallet: int
) -> None:
    received = opening.account(session, AccountCode.RECEIVED, unit="JPY")
    sales = opening.account(session, AccountCode.SALES, unit="JPY")
    paid = pay(session, wallet, 10)
    assert [
        reversing.by_hand(session, paid, account_id=each) for each in (wallet, received, sales)
    ] == [True, True, False]
    assert not reversing.by_hand(session, paid + 1, account_id=wallet)
    fee = Transfer(
        debit=wallet, credit=sales, unit="JPY", amount=1, code=TransferCode.FEE, cause=ids.new()
    )
    posting.post(session, [fee])
    assert not reversing.by_hand(session, fee.id, account_id=wallet)


def test_transfers_are_found_by_their_reasons(session: ResellerSession, wallet: int) -> None:
    cause = ids.new()
    transfer = Transfer(
        debit=opening.account(session, AccountCode.RECEIVED, unit="JPY"),
        credit=wallet,
        unit="JPY",
        amount=1,
        code=TransferCode.PAYMENT,
        cause=cause,
    )
    posting.post(session, [transfer])

    found = reversing.transfers_of(
        session, {cause, 1}, codes=(TransferCode.PAYMENT, TransferCode.CHARGE)
    )
    assert found == {(cause, TransferCode.PAYMENT, transfer.debit): transfer.id}
    assert reversing.transfers_of(session, {cause}, codes=(TransferCode.CHARGE,)) == {}


def test_the_export_has_every_column_of_what_the_session_sees(
    session: ResellerSession, wallet: int
) -> None:
    paid = pay(session, wallet, 10)
    account = next(export.accounts(session, above_id=wallet - 1))
    (transfer,) = export.transfers(session, above_id=paid - 1)

    assert (account["id"], account["unit"], account["credits"]) == (wallet, "JPY", 10)
    assert (transfer["id"], transfer["amount"], transfer["actor_id"]) == (paid, 10, 77)
    assert transfer["reseller_id"] == SUNNY
