"""A client is deleted once nothing hangs on it, its money is decided about, and its name typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.accounts import access, closing, sub_accounts, wallet
from portal.accounts.access import NotAllowed
from portal.accounts.closing import MoneyLeft, NameDiffers, Remaining, StillOpen
from portal.accounts.errors import WrongStanding
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.statuses import Standing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.provisioning import sub_account_closing
from tests.cast import SUNNY, UNIT, Cast


def alice(session: ResellerSession, cast: Cast) -> Client:
    return session.get_one(Client, (SUNNY, cast.alice.client_id))


def close(session: ResellerSession, cast: Cast, **said: Any) -> None:
    given: dict[str, Any] = {"typed_name": "Acme", "by": cast.sam, "description": "Paid out"}
    closing.close(session, client_id=cast.alice.client_id, **{**given, **said})


@pytest.fixture
def bare(session: ResellerSession, cast: Cast) -> None:
    """Alice's firm without a sub-account."""
    sub_account_closing.close(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)


def test_who_has_no_right_to_it_deletes_nobody(session: ResellerSession, cast: Cast) -> None:
    support = replace(cast.sam, rights=cast.sam.rights - {Right.CLIENTS_ERASE})
    with pytest.raises(NotAllowed):
        close(session, cast, by=support)


def test_another_resellers_client_is_none(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotFound):
        closing.close(session, client_id=cast.berta.client_id, typed_name="Buchladen", by=cast.sam)


@pytest.mark.parametrize("typed", ["", "Acm", "Hardware"])
def test_the_name_is_typed(session: ResellerSession, cast: Cast, bare: None, typed: str) -> None:
    with pytest.raises(NameDiffers):
        close(session, cast, typed_name=typed)


def test_sub_accounts_are_closed_first(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(StillOpen) as still:
        close(session, cast)
    assert still.value.names == ("Main",)


def test_money_never_vanishes_silently(session: ResellerSession, cast: Cast, bare: None) -> None:
    with pytest.raises(MoneyLeft) as left:
        close(session, cast)
    assert left.value.left == {"USD": 100 * UNIT}
    assert alice(session, cast).standing is Standing.ACTIVE


@pytest.mark.parametrize(
    ("remaining", "kept"), [(Remaining.PAY_OUT, 0), (Remaining.LEAVE, 100 * UNIT)]
)
def test_it_goes_where_staff_decide_and_the_books_stay(
    session: ResellerSession, cast: Cast, bare: None, remaining: Remaining, kept: int
) -> None:
    close(session, cast, typed_name="  acME ", remaining=remaining)
    session.flush()
    client = alice(session, cast)
    assert (client.standing, client.company, client.name) == (Standing.CLOSED, "", "#100001")
    assert wallet.balance(session, client) == kept
    moved = wallet.movements(session, client)
    assert moved[-1].description == "Opening"
    assert (len(moved), moved[0].balance) == (1 if kept else 2, kept)


def test_a_debt_stays_in_the_books(session: ResellerSession, cast: Cast, bare: None) -> None:
    wallet.charge(
        session, client_id=cast.alice.client_id, amount=130 * UNIT, description="x", by=cast.sam
    )
    found = closing.to_settle(session, alice(session, cast))
    assert (found.left, found.owed) == ({}, {"USD": 30 * UNIT})
    close(session, cast)
    assert wallet.balance(session, alice(session, cast)) == -30 * UNIT


def test_it_is_done_once(session: ResellerSession, cast: Cast, bare: None) -> None:
    close(session, cast, remaining=Remaining.LEAVE)
    with pytest.raises(WrongStanding):
        close(session, cast, typed_name="#100001")


def test_what_is_deleted_has_no_sub_account_any_more(
    session: ResellerSession, cast: Cast, bare: None
) -> None:
    close(session, cast, remaining=Remaining.LEAVE)
    with pytest.raises(WrongStanding):
        sub_accounts.create(
            session, client_id=cast.alice.client_id, name="Ghost", user="ghost", by=cast.sam
        )
    with pytest.raises(WrongStanding):
        sub_account_closing.undo(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)
    assert access.sub_accounts_of(session, client_id=cast.alice.client_id) == []
