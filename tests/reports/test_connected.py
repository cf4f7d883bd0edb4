"""What is connected to a client, as a tree."""

from __future__ import annotations

from portal.accounts import api_keys, quotas, sub_accounts
from portal.accounts.quotas import Mode
from portal.accounts.roles import Right
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.numbers import connecting, stock
from portal.reports import connected
from tests.cast import Cast


def test_each_sub_account_has_what_hangs_on_it(session: ResellerSession, cast: Cast) -> None:
    till, _ = sub_accounts.create(
        session, client_id=cast.alice.client_id, name="Till", user="till", by=cast.sam
    )
    quotas.set_mode(session, sub_account_id=till.id, mode=Mode.PREPAID, by=cast.sam)
    quotas.top_up(session, sub_account_ids=[till.id], parts=7, by=cast.sam, description="")
    number = stock.add(session, number="+12025550188", by=cast.sam)
    connecting.connect(
        session, number_id=number.id, sub_account_id=till.id, by=cast.sam, on=clock.now().date()
    )
    api_keys.create(
        session,
        by=cast.alice.owner,
        name="shop",
        scopes={Right.MESSAGES_SEND},
        sub_account_id=till.id,
    )
    api_keys.create(session, by=cast.alice.owner, name="all", scopes={Right.MESSAGES_SEND})
    session.flush()
    tree = connected.of_client(session, client_id=cast.alice.client_id)
    main, other = tree.branches
    assert (main.name, main.package, main.numbers, main.keys) == ("Main", "Starter", (), ())
    assert (other.name, other.package, other.mode, other.left) == ("Till", "", Mode.PREPAID, 7)
    assert [each.e164 for each in other.numbers] == ["+12025550188"]
    assert [each.name for each in other.keys] == ["shop"]
    assert [each.name for each in tree.keys] == ["all"]


def test_closed_ones_are_left_out_unless_asked_for(session: ResellerSession, cast: Cast) -> None:
    made, _ = sub_accounts.create(
        session, client_id=cast.alice.client_id, name="Till", user="till", by=cast.sam
    )
    sub_accounts.close(session, sub_account_id=made.id, by=cast.sam, ended_package_id=None)
    session.flush()
    client = cast.alice.client_id
    assert [each.name for each in connected.of_client(session, client_id=client).branches] == [
        "Main"
    ]
    every = connected.of_client(session, client_id=client, closed=True)
    assert [each.name for each in every.branches] == ["Main", "Till"]
