"""What a package shows to whom, and that it is written down who said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from portal.accounts import sub_accounts
from portal.accounts.actor import Actor
from portal.accounts.models import Activity
from portal.infra.db import ResellerSession
from portal.pricing import packages, showing
from portal.tenancy.display import EVERYTHING, Display, Service
from tests.cast import Cast

NO_INBOX = Display(hidden=(Service.INBOX,))
NO_MONEY = Display(money=False)


def acts(session: ResellerSession) -> int:
    rows = session.scalars(select(Activity).where(Activity.what == "package.display"))
    return len(rows.all())


def test_a_package_leaves_it_to_the_portal_unless_it_says_so(
    session: ResellerSession, cast: Cast
) -> None:
    (starter,) = packages.listed(session)
    assert (showing.own(starter), showing.of_packages(session)) == (None, {})
    assert not showing.change(session, starter, None, by=cast.sam)
    assert showing.change(session, starter, NO_INBOX, by=cast.sam)
    session.flush()
    session.expire(starter)
    assert showing.own(starter) == NO_INBOX
    assert showing.of_packages(session) == {starter.id: NO_INBOX}
    assert not showing.change(session, starter, NO_INBOX, by=cast.sam)
    assert acts(session) == 1
    (noted,) = session.scalars(select(Activity).where(Activity.what == "package.display"))
    assert (noted.about_id, noted.details) == (starter.id, {"package": "Starter"})
    assert showing.change(session, starter, None, by=cast.sam)
    session.flush()
    assert (showing.of_packages(session), acts(session)) == ({}, 2)


def test_who_is_shown_what(session: ResellerSession, cast: Cast) -> None:
    (starter,) = packages.listed(session)
    said = {starter.id: NO_INBOX}
    alice = cast.alice.owner

    def shown(by: Actor = alice, packages: Mapping[int, Display] = said) -> Display:
        return showing.to(session, by, portal=NO_MONEY, packages=packages)

    assert shown(packages={}) == NO_MONEY
    assert shown(cast.sam) == NO_MONEY
    assert shown() == NO_INBOX
    other, _ = sub_accounts.create(
        session, client_id=cast.alice.client_id, name="Shop", user="alice.shop", by=cast.sam
    )
    both = shown()
    assert (both.refused, both.money) == (frozenset(), True)
    assert shown(replace(alice, sub_account_ids=frozenset({other.id}))) == NO_MONEY
    assert shown(replace(alice, sub_account_ids=frozenset({cast.alice.sub_account_id}))) == NO_INBOX
    assert shown(cast.walter.owner) == NO_MONEY


def test_a_client_and_each_of_its_sub_accounts_are_shown_what_their_packages_say(
    session: ResellerSession, cast: Cast
) -> None:
    (starter,) = packages.listed(session)
    showing.put(starter, NO_INBOX)
    session.flush()
    other, _ = sub_accounts.create(
        session, client_id=cast.alice.client_id, name="Shop", user="alice.shop", by=cast.sam
    )
    session.flush()

    def of_client(client_id: int) -> Display:
        return showing.to_client(session, client_id, portal=NO_MONEY)

    assert of_client(cast.henry.client_id) == NO_INBOX
    both = of_client(cast.alice.client_id)
    assert (both.refused, both.money) == (frozenset(), True)
    assert of_client(cast.walter.client_id) == NO_MONEY
    said = {starter.id: NO_INBOX}
    for sub_account_id, shown in (
        (cast.alice.sub_account_id, NO_INBOX),
        (other.id, NO_MONEY),
    ):
        found = showing.to_sub_account(
            session,
            sub_account_id,
            client_id=cast.alice.client_id,
            portal=NO_MONEY,
            packages=said,
        )
        assert found == shown


def test_an_actor_is_shown_no_more_and_may_do_no_more(cast: Cast) -> None:
    alice = cast.alice.owner
    assert alice.display == EVERYTHING
    assert alice.under(EVERYTHING) == alice
    seen = alice.under(Display(hidden=(Service.SEND, Service.INBOX, Service.API)))
    assert alice.rights - seen.rights == {"messages.send", "keys.manage"}
    assert not seen.can("messages.send")
