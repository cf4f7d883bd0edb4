"""Quota handed out, beside what the reseller's own cover pays for."""

from __future__ import annotations

from datetime import date

from portal.accounts import quotas
from portal.accounts.quotas import Mode
from portal.billing.allocation import Allocation, allocation
from portal.infra.db import ResellerSession
from portal.pricing import price_lists
from portal.pricing.rating import Rate
from portal.tenancy import resellers
from tests.cast import LONG_AGO, UNIT, Cast

DAY = date(2027, 1, 1)


def test_nothing_is_not_too_much(session: ResellerSession) -> None:
    found = allocation(session, on=DAY)
    assert found == Allocation(0, 0, 1000 * UNIT, "USD")
    assert not found.is_too_much


def test_is_valued_at_the_rate_of_a_mobile_at_home(session: ResellerSession, cast: Cast) -> None:
    quotas.set_mode(
        session, sub_account_id=cast.alice.sub_account_id, mode=Mode.PREPAID, by=cast.sam
    )
    session.flush()
    seen = []
    for parts in (111_111, 1):
        quotas.top_up(
            session,
            sub_account_ids=[cast.alice.sub_account_id],
            parts=parts,
            by=cast.sam,
            description="",
        )
        found = allocation(session, on=DAY)
        seen.append((found.parts, found.cost_estimate, found.is_too_much))
    assert seen == [(111_111, 999_999_000, False), (111_112, 1_000_008_000, True)]

    price_lists.set_rates(session, [Rate("1", None, LONG_AGO)], currency="USD")
    found = allocation(session, on=DAY)
    assert (found.cost_estimate, found.is_too_much) == (None, True)
    resellers.own(session).country = "AQ"  # nobody has a mobile there
    assert allocation(session, on=DAY).cost_estimate is None
