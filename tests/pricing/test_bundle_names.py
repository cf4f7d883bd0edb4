"""What a receipt calls the bundles that parts were taken from."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.pricing import bundle_names
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.models import Bundle
from tests.builders.selling import give, package
from tests.cast import Cast

FIVE_PARTS = Conditions(amounts={"USD": Amounts()}, bundles=(Offer(parts=5),))


def test_a_bundle_has_the_name_of_its_package(session: ResellerSession, cast: Cast) -> None:
    assert bundle_names.names(session, []) == {}
    for name, firm in (("Five", cast.alice), ("Ten", cast.henry)):
        give(session, firm, package(session, name, FIVE_PARTS), by=cast.sam, on=date(2026, 11, 2))
    named = {each.client_id: each.id for each in session.scalars(select(Bundle))}
    five, ten = named[cast.alice.client_id], named[cast.henry.client_id]
    assert bundle_names.names(session, [five, five, ten]) == {five: "Five", ten: "Ten"}
    assert bundle_names.names(session, [ten]) == {ten: "Ten"}


def test_those_of_others_have_none(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    five = package(session, "Five", FIVE_PARTS)
    give(session, cast.alice, five, by=cast.sam, on=date(2026, 11, 2))
    (bundle,) = session.scalars(select(Bundle))
    assert bundle_names.names(harbour_session, [bundle.id]) == {}
