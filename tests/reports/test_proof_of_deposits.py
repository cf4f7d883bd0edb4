"""The proof names every deposit and every refund that was tampered with."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.infra.db import ResellerSession
from portal.payments import refunds, settling
from portal.payments.models import Deposit
from portal.payments.statuses import Outcome
from portal.reports import proof
from tests.builders import paying
from tests.cast import UNIT, Cast


@pytest.fixture
def deposit(session: ResellerSession, cast: Cast) -> Deposit:
    paying.account(session, by=cast.sam)
    made = paying.begun(session, cast.alice)
    back = paying.refunded("re_1", 4 * UNIT)
    settling.apply(session, deposit_id=made.id, seen=paying.seen(made, Outcome.PAID, back))
    session.flush()
    return made


def disagreements(session: ResellerSession) -> list[str]:
    return list(proof.prove(session).disagreements)


def change(session: ResellerSession, statement: str, **values: object) -> None:
    session.flush()
    assert session.execute(text(statement), values).rowcount == 1


def test_a_good_one_agrees(session: ResellerSession, deposit: Deposit) -> None:
    assert disagreements(session) == []


@pytest.mark.parametrize(
    "change_to", ["amount = amount + 1", "client_id = :henry", "state = 'pending', paid_at = NULL"]
)
def test_a_changed_deposit_is_named(
    session: ResellerSession, cast: Cast, deposit: Deposit, change_to: str
) -> None:
    values = {"id": deposit.id, "henry": cast.henry.client_id}
    change(session, f"UPDATE deposits SET {change_to} WHERE id = :id", **values)  # noqa: S608 - ours
    assert any(f"deposit {deposit.id}:" in each for each in disagreements(session))


@pytest.mark.parametrize(
    "change_to",
    ["amount = amount - 1", "owed = 5", "stage = 'returned'", "stage = 'parked', taken_at = NULL"],
)
def test_a_changed_refund_is_named(
    session: ResellerSession, deposit: Deposit, change_to: str
) -> None:
    [refund] = refunds.of_deposit(session, deposit.id)
    change(session, f"UPDATE refunds SET {change_to} WHERE id = :id", id=refund.id)  # noqa: S608 - ours
    assert any(f"refund {refund.id}:" in each for each in disagreements(session))
