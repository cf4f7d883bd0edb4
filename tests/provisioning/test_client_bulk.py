"""One act on many clients: each says whether it is touched, and why not."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts import clients
from portal.accounts.models import Client, SubAccount
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.pricing import packages, selling
from portal.provisioning import client_bulk
from portal.provisioning.client_bulk import Act, Why, Wish
from tests.builders.conditions import in_one_currency
from tests.cast import SUNNY, UNIT, Cast

TODAY = clock.now().date()


def whys(
    session: ResellerSession, cast: Cast, wish: Wish, *, done: bool = False
) -> dict[str, Why | None]:
    chosen = [each.client_id for each in (cast.alice, cast.henry, cast.walter)]
    found = (
        client_bulk.carry_out(session, chosen, wish=wish, by=cast.sam)
        if done
        else client_bulk.preview(session, chosen, wish=wish)
    )
    return {each.client.company: each.why for each in found}


def starter(session: ResellerSession) -> int:
    return next(each.id for each in packages.listed(session) if each.name == "Starter")


def test_who_was_refused_is_left_alone(session: ResellerSession, cast: Cast) -> None:
    clients.refuse(
        session, client_id=cast.walter.client_id, by=cast.sam, reason="no", origin="http://x.test"
    )
    wish = Wish(act=Act.SUSPEND, on=TODAY, reason="x")
    assert whys(session, cast, wish) == {"Waiting": Why.GONE, "Hardware": None, "Acme": None}


def test_each_is_suspended_and_lifted_once(session: ResellerSession, cast: Cast) -> None:
    lift = Wish(act=Act.LIFT, on=TODAY)
    suspend = Wish(act=Act.SUSPEND, on=TODAY, reason="x")
    assert whys(session, cast, lift)["Acme"] is Why.NOT_SUSPENDED
    for wish in (suspend, lift):
        found = whys(session, cast, wish, done=True)
        assert found == {"Waiting": Why.WAITING, "Hardware": None, "Acme": None}
    whys(session, cast, suspend, done=True)
    assert whys(session, cast, suspend)["Acme"] is Why.ALREADY


def test_a_package_needs_a_sub_account_and_its_currency(
    session: ResellerSession, cast: Cast
) -> None:
    euro = selling.sell(
        session, name="Euro", conditions=in_one_currency("EUR", markup_fixed=1), by=cast.sam
    )
    wish = Wish(act=Act.PACKAGE, on=TODAY, package_id=euro.id)
    assert whys(session, cast, wish)["Acme"] is Why.NO_PRICES
    session.get_one(SubAccount, (SUNNY, cast.henry.sub_account_id)).closed_at = clock.now()
    session.flush()
    assignments.end(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam, on=TODAY)
    wish = Wish(act=Act.PACKAGE, on=TODAY, package_id=starter(session), setup_fee=True)
    found = whys(session, cast, wish, done=True)
    assert found == {"Waiting": Why.WAITING, "Hardware": Why.NO_SUB_ACCOUNT, "Acme": None}
    assert whys(session, cast, wish)["Acme"] is Why.ALREADY


def test_a_threshold_is_in_each_ones_currency(session: ResellerSession, cast: Cast) -> None:
    wish = Wish(act=Act.LOW_BALANCE, on=TODAY, threshold=30 * UNIT)
    assert whys(session, cast, wish, done=True)["Acme"] is None
    client = session.get_one(Client, (SUNNY, cast.alice.client_id))
    assert client.low_balance_threshold == 30 * UNIT
    assert whys(session, cast, wish)["Acme"] is Why.ALREADY


def test_who_changed_meanwhile_does_not_stop_the_others(
    session: ResellerSession, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clients.suspend

    def suspend(session: ResellerSession, *, client_id: int, **said: Any) -> Client:
        if client_id == cast.alice.client_id:
            real(session, client_id=client_id, **said)
        return real(session, client_id=client_id, **said)

    monkeypatch.setattr(clients, "suspend", suspend)
    wish = Wish(act=Act.SUSPEND, on=TODAY, reason="x")
    found = whys(session, cast, wish, done=True)
    assert (found["Acme"], found["Hardware"]) == (Why.CHANGED, None)
    assert (
        session.get_one(
            Client, (SUNNY, cast.alice.client_id), populate_existing=True
        ).suspended_by_staff_at
        is None
    )
