"""What holds at the edges: of a day, and of a package that lost a currency."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.accounts import quotas
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import facts, sending
from portal.messaging.errors import CountryNotOpen, NoRate
from portal.messaging.sending import Order
from portal.pricing import packages
from portal.pricing.conditions import Amounts, Conditions
from tests.cast import HARBOUR, SUNNY, Cast

NEW_YEAR = date(2027, 1, 1)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), 2),
    ],
)
def test_a_version_begins_at_midnight_of_the_reseller(
    harbour_session: ResellerSession, cast: Cast, moment: datetime, number: int
) -> None:
    """Berlin is an hour ahead of UTC."""
    session = harbour_session
    sub_account = session.get_one(SubAccount, (HARBOUR, cast.berta.sub_account_id))
    assert sub_account.package_id is not None
    package = packages.by_id(session, sub_account.package_id)
    said = Conditions(amounts={"EUR": Amounts(flat_fee=70_000)})
    planned = packages.change(session, package, said, valid_from=NEW_YEAR, today=date(2026, 12, 1))
    first = packages.versions(session, package.id)[-1]
    with clock.pretending(moment):
        found = facts.read(session, actor=cast.berta.owner, sub_account_id=sub_account.id)
    assert found.package_version_id == {1: first.id, 2: planned.id}[number]


def test_what_a_package_refuses_it_refuses_in_every_currency(
    session: ResellerSession, cast: Cast
) -> None:
    """Who is prepaid in parts needs no price, but is not above the package's refusals."""
    alice = cast.alice
    sub_account = session.get_one(SubAccount, (SUNNY, alice.sub_account_id))
    assert sub_account.package_id is not None
    said = Conditions(amounts={"EUR": Amounts()}, refused_prefixes=("1202",))
    today = clock.ago(days=1).date()
    packages.change(
        session, packages.by_id(session, sub_account.package_id), said,
        valid_from=today, today=today,
    )  # fmt: skip
    order = Order(to="+12025550123", text="Hello")
    with session.begin_nested(), pytest.raises(NoRate):
        sending.accept_one(
            session, actor=alice.owner, sub_account_id=alice.sub_account_id, order=order
        )
    quotas.set_mode(session, sub_account_id=alice.sub_account_id, mode=Mode.UNLIMITED, by=cast.sam)
    session.flush()
    with pytest.raises(CountryNotOpen):
        sending.accept_one(
            session, actor=alice.owner, sub_account_id=alice.sub_account_id, order=order
        )
