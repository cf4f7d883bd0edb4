"""Letting a client in with everything that it needs to send."""

from __future__ import annotations

import pytest

from portal.accounts import access
from portal.accounts.actor import Actor
from portal.accounts.errors import NameTaken, WrongStanding
from portal.accounts.statuses import Standing
from portal.billing.assignments import OtherCurrency
from portal.infra.errors import NotFound
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.pricing import packages
from portal.provisioning import onboarding
from tests.builders.conditions import in_one_currency
from tests.cast import Cast

ORIGIN = "http://sunny.localhost:8000"


def test_a_client_that_does_not_wait_is_refused(session, cast: Cast):
    with pytest.raises(WrongStanding):
        _activate(session, cast.alice.client_id, by=cast.sam)


def test_another_resellers_client_looks_like_none(session, cast: Cast):
    with pytest.raises(NotFound):
        _activate(session, cast.berta.client_id, by=cast.sam)


def test_a_package_in_another_currency_is_refused(session, cast: Cast):
    package = packages.create(session, name="Euros", conditions=in_one_currency("EUR"))
    with pytest.raises(OtherCurrency) as refused:
        _activate(session, cast.walter.client_id, by=cast.sam, package_id=package.id)
    assert (refused.value.package, refused.value.client) == ("EUR", "USD")


def test_an_activated_client_can_send_at_once(session, cast: Cast):
    (package,) = packages.listed(session)
    client = _activate(session, cast.walter.client_id, by=cast.sam, package_id=package.id)
    assert client.standing is Standing.ACTIVE
    (first,) = access.sub_accounts_of(session, client_id=client.id)
    assert (first.name, first.user) == ("Main", str(client.number))
    accepted = sending.accept_one(
        session,
        actor=cast.walter.owner,
        sub_account_id=None,
        order=Order(to="+12025550101", text="Hello"),
    )
    assert accepted.price == 13_800  # SOFT: the balance may go below zero


def test_a_user_name_is_the_resellers_own_once(session, cast: Cast):
    with pytest.raises(NameTaken) as taken:
        onboarding.open_sub_account(
            session,
            client_id=cast.alice.client_id,
            name="Shop",
            user="henry@hardware.test",
            package_id=None,
            by=cast.sam,
        )
    assert taken.value.field == "user"


def _activate(session, client_id: int, *, by: Actor, package_id: int | None = None):
    return onboarding.activate(
        session, client_id=client_id, package_id=package_id, by=by, origin=ORIGIN
    )
