"""Accounts are opened once, limited or summed by kind, and say since when a limit holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import OverdraftBelowDebt
from tests.builders.asked import statements
from tests.cast import SUNNY

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2027, 3, 2, 12, tzinfo=UTC)


def row(session: ResellerSession, account_id: int) -> tuple[Any, ...]:
    """Whose account, of which kind and unit; whether it is limited, how far, and since when."""
    return tuple(
        session.execute(
            text(
                "SELECT reseller_id, code, unit, owner_id, limited, overdraft, overdraft_since"
                " FROM ledger_accounts WHERE id = :id"
            ),
            {"id": account_id},
        ).one()
    )


@pytest.mark.parametrize("overdraft", [None, 0, 7])
def test_a_limited_account_says_how_far_it_may_fall_and_since_when(
    session: ResellerSession, overdraft: int | None
) -> None:
    owner = ids.new()
    with clock.pretending(NOON):
        opened = opening.account(
            session, AccountCode.WALLET, unit="JPY", owner_id=owner, overdraft=overdraft
        )
    assert row(session, opened) == (SUNNY, "wallet", "JPY", owner, True, overdraft, NOON)


def test_a_summed_account_is_the_resellers_and_has_no_limit(session: ResellerSession) -> None:
    with clock.pretending(NOON):
        opened = opening.account(session, AccountCode.SALES, unit="JPY", overdraft=7)
    assert row(session, opened) == (SUNNY, "sales", "JPY", 0, False, None, NOON)


def test_kind_unit_and_owner_are_what_an_account_is_found_by(session: ResellerSession) -> None:
    owner = ids.new()
    first = opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=owner)
    others = {
        opening.account(session, AccountCode.RECEIVABLE, unit="JPY", owner_id=owner),
        opening.account(session, AccountCode.WALLET, unit="CHF", owner_id=owner),
        opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=ids.new()),
        opening.account(session, AccountCode.WALLET, unit="JPY"),
    }
    assert len({first, *others}) == 5
    assert opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=owner) == first


def test_what_is_open_is_found_with_one_look(session: ResellerSession) -> None:
    """Nothing is written, so that whoever holds the account keeps nobody waiting."""
    owned = {"unit": "JPY", "owner_id": ids.new()}
    opened = opening.account(session, AccountCode.WALLET, **owned)
    with statements(session.get_bind()) as asked:
        assert opening.account(session, AccountCode.WALLET, **owned) == opened
    assert len(asked) == 1

    codes = (AccountCode.COVER, AccountCode.SALES)
    own = opening.shared(session, codes, unit="JPY")
    with statements(session.get_bind()) as asked:
        assert opening.shared(session, codes, unit="JPY") == own
    assert len(asked) == 1


def test_one_of_a_kind_for_each_of_many_may_fall_as_far_as_it_likes(
    session: ResellerSession,
) -> None:
    owners = [ids.new(), ids.new()]
    opened = opening.of_each(session, AccountCode.WALLET, unit="JPY", owner_ids=owners)
    assert list(opened) == owners
    for owner, account_id in opened.items():
        assert row(session, account_id)[:-1] == (SUNNY, "wallet", "JPY", owner, True, None)
    summed = opening.of_each(session, AccountCode.SALES, unit="JPY", owner_ids=owners[:1])
    assert row(session, summed[owners[0]])[4] is False


def test_shared_ones_are_those_of_nobody_else(session: ResellerSession) -> None:
    """Neither a client's of the same kind, nor those of another unit or another kind."""
    owner = ids.new()
    opening.account(session, AccountCode.COVER, unit="JPY", owner_id=owner)
    chf = opening.account(session, AccountCode.COVER, unit="CHF")
    sales = opening.account(session, AccountCode.SALES, unit="JPY")

    opened = opening.shared(session, [AccountCode.COVER], unit="JPY")

    assert list(opened) == [AccountCode.COVER]
    assert opened[AccountCode.COVER] not in {chf, sales}
    assert row(session, opened[AccountCode.COVER])[:-1] == (SUNNY, "cover", "JPY", 0, True, 0)
    assert opening.shared(session, (AccountCode.COVER, AccountCode.SALES), unit="JPY") == {
        **opened,
        AccountCode.SALES: sales,
    }


def test_a_limit_holds_since_it_was_set(session: ResellerSession) -> None:
    with clock.pretending(NOON):
        opened = opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=1, overdraft=0)
        other = opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=2, overdraft=0)
    for overdraft in (9, None, 0):
        with clock.pretending(LATER):
            opening.limit_overdraft(session, opened, overdraft=overdraft)
        assert row(session, opened)[-2:] == (overdraft, LATER)
    assert row(session, other)[-2:] == (0, NOON)


def test_a_limit_that_a_debt_reaches_is_the_least_there_can_be(session: ResellerSession) -> None:
    opened = opening.account(session, AccountCode.WALLET, unit="JPY", owner_id=1)
    sales = opening.account(session, AccountCode.SALES, unit="JPY")
    posting.post(
        session,
        [
            posting.Transfer(
                debit=opened,
                credit=sales,
                unit="JPY",
                amount=5,
                code=TransferCode.CHARGE,
                cause=ids.new(),
            )
        ],
    )
    with pytest.raises(OverdraftBelowDebt):
        opening.limit_overdraft(session, opened, overdraft=4)
    opening.limit_overdraft(session, opened, overdraft=5)
    assert row(session, opened)[-2] == 5
    # One that is not limited has no limit to change.
    with pytest.raises(NoResultFound):
        opening.limit_overdraft(session, sales, overdraft=None)
