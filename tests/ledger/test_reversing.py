"""Taking a transfer back, and what of many was taken back since a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting, reversing
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from tests.builders.yen import opened

MARCH = datetime(2027, 3, 1, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, tzinfo=UTC)
CHARGE, REFUND = TransferCode.CHARGE, TransferCode.PRICE_REFUND


@pytest.fixture
def wallet(session: ResellerSession) -> int:
    return opened(session)


def charge(
    session: ResellerSession, wallet: int, amount: int, *, at: datetime, cause: int | None = None
) -> Transfer:
    with clock.pretending(at):
        transfer = Transfer(
            debit=wallet,
            credit=opening.account(session, AccountCode.SALES, unit="JPY"),
            unit="JPY",
            amount=amount,
            code=CHARGE,
            cause=ids.new() if cause is None else cause,
        )
        posting.post(session, [transfer])
    return transfer


def take_back(session: ResellerSession, made: Transfer, *, at: datetime) -> None:
    with clock.pretending(at):
        back = reversing.opposite(session, made.id, actor=1, description="Mistake")
        posting.post(session, [back])


def test_what_another_act_was_caused_by_can_be_taken_back(
    session: ResellerSession, wallet: int
) -> None:
    """Only a reversal takes it back, not whatever happened because of it."""
    made = charge(session, wallet, 7, at=MARCH)
    charge(session, wallet, 1, at=MARCH, cause=made.id)
    back = reversing.opposite(session, made.id, actor=1, description="Mistake")
    assert (back.credit, back.amount, back.reverses) == (wallet, 7, made.id)


@pytest.mark.parametrize(
    ("made", "back", "counted"),
    [
        (MARCH, APRIL, 7),
        (MARCH, APRIL - timedelta(microseconds=1), 0),
        (APRIL - timedelta(microseconds=1), APRIL + timedelta(days=1), 7),
        (APRIL, APRIL + timedelta(days=1), 0),
    ],
)
def test_what_was_made_before_and_taken_back_since_is_added_up(
    session: ResellerSession, wallet: int, made: datetime, back: datetime, counted: int
) -> None:
    take_back(session, charge(session, wallet, 7, at=made), at=back)
    asked = {"made_before": APRIL, "since": APRIL}
    assert reversing.taken_back(session, wallet, code=CHARGE, **asked) == counted
    assert reversing.taken_back(session, wallet, code=TransferCode.FEE, **asked) == 0


def test_neither_what_another_account_was_given_back_nor_a_refund_is_added(
    session: ResellerSession, wallet: int
) -> None:
    asked = {"code": CHARGE, "made_before": APRIL, "since": APRIL}
    take_back(session, charge(session, opened(session), 7, at=MARCH), at=APRIL)
    charged = charge(session, wallet, 5, at=MARCH)
    with clock.pretending(APRIL):
        refund = Transfer(
            debit=charged.credit,
            credit=wallet,
            unit="JPY",
            amount=5,
            code=REFUND,
            cause=charged.id,
            reverses=charged.id,
        )
        posting.post(session, [refund])
    assert reversing.taken_back(session, wallet, **asked) == 0

    take_back(session, charge(session, wallet, 3, at=MARCH), at=APRIL)
    take_back(session, charge(session, wallet, 2, at=MARCH), at=APRIL)
    assert reversing.taken_back(session, wallet, **asked) == 3 + 2
