"""Mails about a package whose prices change: the old one, the new one, and the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Client, SubAccount
from portal.infra.db import ResellerSession
from portal.notifications.models import Mail
from portal.pricing import packages, price_letters, selling, showing
from portal.pricing.conditions import Conditions
from portal.pricing.packages import Version
from portal.tenancy import branding
from portal.tenancy.display import Display, Service
from tests.cast import LONG_AGO, SUNNY, UNIT, Cast, Firm

URL = "http://sunny.localhost/prices"


def change(session: ResellerSession, cast: Cast, **said: Any) -> tuple[Version, Version]:
    """Let the package say something else of dollars from in three days on; before and after."""
    (package,) = packages.listed(session)
    since = selling.today(session) + timedelta(days=3)
    before = packages.holding(session, package.id, on=since)
    dollars = replace(before.conditions.amounts["USD"], **said)
    wanted: Conditions = replace(before.conditions, amounts={"USD": dollars})
    after = selling.change(session, package, wanted, valid_from=since, by=cast.sam)
    assert after is not None
    return before, after


def told(session: ResellerSession, firm: Firm, before: Version, after: Version) -> str:
    """The body of the mail, or nothing."""
    if not price_letters.tell(
        session, client_id=firm.client_id, before_id=before.id, after_id=after.id, url=URL
    ):
        return ""
    session.flush()
    mail = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    assert mail.notice == "price_change"
    return mail.text


def test_only_what_changes_for_the_client_is_told(session: ResellerSession, cast: Cast) -> None:
    body = told(session, cast.alice, *change(session, cast, markup_fixed=3_500))
    assert "A message to United States costs $0.015 instead of $0.0138." in body
    assert "monthly fee" not in body
    assert "receive" not in body


def test_fees_are_told_by_themselves(session: ResellerSession, cast: Cast) -> None:
    body = told(session, cast.alice, *change(session, cast, monthly_fee=9 * UNIT))
    assert "The monthly fee is $9.00 instead of $0.00." in body
    assert "A message to" not in body


def test_what_holds_without_a_package_has_the_name_of_the_portal(
    session: ResellerSession, cast: Cast
) -> None:
    (package,) = packages.listed(session)
    on = selling.today(session)
    said = packages.holding(session, package.id, on=on).conditions
    default = selling.set_defaults(session, said, valid_from=on, by=cast.sam)
    before = packages.holding(session, default.id, on=on)
    since = on + timedelta(days=3)
    fee = replace(said.amounts["USD"], monthly_fee=9 * UNIT)
    changed = replace(said, amounts={"USD": fee})
    selling.set_defaults(session, changed, valid_from=since, by=cast.sam)
    body = told(session, cast.alice, before, packages.holding(session, default.id, on=since))
    assert f"our prices for {branding.own(session).title} change on" in body
    assert "without a package" not in body


def test_who_pays_the_same_is_not_written_to(session: ResellerSession, cast: Cast) -> None:
    before, after = change(session, cast, setup_fee=UNIT)
    assert told(session, cast.alice, before, after) == ""
    before, after = change(session, cast, markup_fixed=9_500)
    session.get_one(Client, (SUNNY, cast.alice.client_id)).currency = "EUR"
    assert told(session, cast.alice, before, after) == ""


def test_who_has_the_package_and_sees_prices_is_told(session: ResellerSession, cast: Cast) -> None:
    (package,) = packages.listed(session)
    assert price_letters.to_tell(session, package_id=package.id) == sorted(
        [cast.alice.client_id, cast.henry.client_id]
    )
    for hidden in (Display(money=False), Display(hidden=(Service.PRICES,))):
        showing.put(package, hidden)
        assert price_letters.to_tell(session, package_id=package.id) == []


def test_of_the_defaults_who_has_no_package_is_told(session: ResellerSession, cast: Cast) -> None:
    (package,) = packages.listed(session)
    defaults = packages.create(
        session,
        name="Defaults",
        conditions=packages.holding(session, package.id, on=LONG_AGO).conditions,
        is_default=True,
    )
    assert price_letters.to_tell(session, package_id=defaults.id) == []
    session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id)).package_id = None
    session.flush()
    assert price_letters.to_tell(session, package_id=defaults.id) == [cast.alice.client_id]


@pytest.mark.parametrize("country", ["KP", "XX"])
def test_where_there_is_no_price_fees_are_told_all_the_same(
    session: ResellerSession, cast: Cast, country: str
) -> None:
    session.get_one(Client, (SUNNY, cast.alice.client_id)).country = country
    body = told(session, cast.alice, *change(session, cast, monthly_fee=UNIT, markup_fixed=9_000))
    assert "The monthly fee is $1.00" in body
    assert "A message to" not in body
