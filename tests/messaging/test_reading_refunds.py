"""What comes back goes where it came from, whatever the client pays with by now."""

from __future__ import annotations

import pytest

from portal.accounts import quotas, wallet
from portal.accounts.errors import InsufficientFunds
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.messaging import refunding
from portal.messaging.models import Message
from tests.builders import traffic
from tests.builders.money import bring_to, client_of, disagreements, manage
from tests.cast import SUNNY, UNIT, Cast


def refund(session: ResellerSession, message_id: int) -> None:
    found = session.get_one(Message, (SUNNY, message_id))
    refunding.refund(session, found, cost_too=True)
    session.flush()


def pay_in_euro(session: ResellerSession, cast: Cast) -> None:
    wallet.payment(
        session,
        client_id=cast.alice.client_id,
        amount=UNIT,
        description="Deposit",
        by=cast.sam,
        currency="EUR",
        priced=["EUR", "USD"],
    )


def held(session: ResellerSession, cast: Cast) -> dict[str, int]:
    found = wallet.wallets(session, client_of(session, cast.alice))
    return {each.currency: each.balance for each in found}


def test_money_goes_to_the_wallet_that_was_charged(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    bring_to(session, alice, 0, by=cast.sam)
    [message_id] = traffic.accept(session, alice)
    pay_in_euro(session, cast)
    assert client_of(session, alice).debt_since is not None
    manage(session, alice, BalanceManagement.HARD, by=cast.sam)
    wallet.charge(
        session, client_id=alice.client_id, amount=UNIT, description="All of it", by=cast.sam
    )
    assert client_of(session, alice).standing is Standing.SUSPENDED_BY_BALANCE

    refund(session, message_id)

    assert held(session, cast) == {"EUR": 0, "USD": 0}
    client = client_of(session, alice)
    assert client.debt_since is None
    assert client.standing is Standing.SUSPENDED_BY_BALANCE  # by the wallet that it pays with
    assert disagreements(session) == []


def test_parts_go_to_the_quota_that_is_not_used_any_more(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    chosen = {"sub_account_id": alice.sub_account_id}
    quotas.set_mode(session, **chosen, mode=Mode.PREPAID, by=cast.sam)
    quotas.top_up(
        session,
        sub_account_ids=[alice.sub_account_id],
        parts=5,
        by=cast.sam,
        description="",
    )
    quota_id = session.get_one(SubAccount, (SUNNY, alice.sub_account_id)).quota_account_id
    assert quota_id is not None
    [message_id] = traffic.accept(session, alice)
    quotas.set_mode(session, **chosen, mode=Mode.MONEY, by=cast.sam)
    before = held(session, cast)

    refund(session, message_id)

    assert statements.balance(session, quota_id) == 5
    assert held(session, cast) == before
    assert disagreements(session) == []


def test_a_payment_into_another_wallet_is_not_taken_back_below_zero(
    session: ResellerSession, cast: Cast
) -> None:
    """A HARD client stays at zero or above in every wallet; those it left were SOFT once."""
    alice = cast.alice
    bring_to(session, alice, 0, by=cast.sam)
    paid = wallet.payment(
        session, client_id=alice.client_id, amount=UNIT, description="", by=cast.sam
    )
    wallet.charge(session, client_id=alice.client_id, amount=UNIT, description="", by=cast.sam)
    pay_in_euro(session, cast)
    manage(session, alice, BalanceManagement.HARD, by=cast.sam)
    with pytest.raises(InsufficientFunds):
        wallet.reverse(
            session, client_id=alice.client_id, transfer_id=paid, by=cast.sam, reason="Bounced"
        )
    assert held(session, cast) == {"EUR": UNIT, "USD": 0}
    manage(session, alice, BalanceManagement.SOFT, by=cast.sam)
    wallet.reverse(
        session, client_id=alice.client_id, transfer_id=paid, by=cast.sam, reason="Bounced"
    )
    assert held(session, cast) == {"EUR": UNIT, "USD": -UNIT}
