"""Bundles of the period, quotas, and the pace at which they are used."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounts import access, quotas, sub_accounts
from portal.accounts.models import SubAccount
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.pricing import packages, selling
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Counts, Offer
from portal.reports import meters, pace
from portal.reports.meters import BundleMeter
from tests.cast import Cast


@pytest.fixture
def today(session: ResellerSession) -> date:
    return selling.today(session)


def _assign(
    session: ResellerSession, cast: Cast, sub_account_id: int, *offers: Offer, on: date
) -> None:
    package = packages.create(
        session, name="Talker", conditions=Conditions(amounts={"USD": Amounts()}, bundles=offers)
    )
    assignments.assign(
        session, sub_account_id=sub_account_id, package_id=package.id, by=cast.sam, on=on
    )


def _own(session: ResellerSession, cast: Cast) -> list[SubAccount]:
    session.flush()
    session.expire_all()
    return access.sub_accounts_of(session, client_id=cast.alice.client_id)


def _bundles(session: ResellerSession, cast: Cast, on: date) -> list[BundleMeter]:
    return meters.bundles(session, _own(session, cast), on=on)


def test_nobody_without_a_package_has_bundles(session: ResellerSession, today: date) -> None:
    assert meters.bundles(session, [], on=today) == []
    assert meters.quotas(session, []) == []


def test_a_package_without_free_parts_has_none(
    session: ResellerSession, cast: Cast, today: date
) -> None:
    assert _bundles(session, cast, today) == []


def test_every_bundle_is_there_with_what_it_is_good_for(
    session: ResellerSession, cast: Cast, today: date
) -> None:
    offers = (
        Offer(parts=100),
        Offer(parts=50, counts=Counts.SENT, countries=("US",), pooled=True),
    )
    _assign(session, cast, cast.alice.sub_account_id, *offers, on=today)
    shared, own = _bundles(session, cast, today)
    assert (shared.is_pooled, shared.sub_account, shared.size, shared.left) == (True, "", 50, 50)
    assert (shared.counts, shared.countries, shared.prefixes) == (Counts.SENT, ("US",), ())
    assert (own.is_pooled, own.sub_account, own.size, own.left) == (False, "Main", 100, 100)
    assert own.package == "Talker"
    assert own.since == today < own.renews_on
    assert _bundles(session, cast, own.renews_on) == []


def test_a_bundle_of_somebody_elses_sub_account_is_not_shown(
    session: ResellerSession, cast: Cast, today: date
) -> None:
    _assign(session, cast, cast.alice.sub_account_id, Offer(parts=100), on=today)
    sub_accounts.create(
        session, client_id=cast.alice.client_id, name="Shop", user="shop@acme.test", by=cast.sam
    )
    main, shop = _own(session, cast)
    assert len(meters.bundles(session, [main], on=today)) == 1
    assert meters.bundles(session, [shop], on=today) == []


def test_the_pace_is_what_messages_took(session: ResellerSession, cast: Cast, today: date) -> None:
    _assign(session, cast, cast.alice.sub_account_id, Offer(parts=2), on=today)
    for text in ("One", "Two", "Three"):
        order = Order(to="+12025550101", text=text)
        sending.accept_one(session, actor=cast.alice.owner, sub_account_id=None, order=order)
    (bundle,) = _bundles(session, cast, today)
    taken = pace.since(session, client_id=cast.alice.client_id, moment=clock.ago(days=14))
    assert bundle.left == 0
    assert taken.bundles == {bundle.kind: 2}
    assert taken.money == {"USD": 9_000}
    assert taken.quotas == {}
    later = pace.since(session, client_id=cast.alice.client_id, moment=clock.now())
    assert later.money.get("USD", 0) in {0, 9_000}  # the ids of this very moment may count


def test_quotas_have_an_end_or_none(session: ResellerSession, cast: Cast) -> None:
    sub_account_id = cast.alice.sub_account_id
    quotas.set_mode(session, sub_account_id=sub_account_id, mode=quotas.Mode.PREPAID, by=cast.sam)
    quotas.top_up(
        session, sub_account_ids=[sub_account_id], parts=10, by=cast.sam, description="First"
    )
    order = Order(to="+12025550101", text="Hello")
    sending.accept_one(session, actor=cast.alice.owner, sub_account_id=None, order=order)
    (prepaid,) = meters.quotas(session, _own(session, cast))
    assert (prepaid.sub_account, prepaid.left) == ("Main", 9)
    taken = pace.since(session, client_id=cast.alice.client_id, moment=clock.ago(days=14))
    assert taken.quotas == {sub_account_id: 1}

    quotas.set_mode(session, sub_account_id=sub_account_id, mode=quotas.Mode.UNLIMITED, by=cast.sam)
    (unlimited,) = meters.quotas(session, _own(session, cast))
    assert unlimited.left is None
