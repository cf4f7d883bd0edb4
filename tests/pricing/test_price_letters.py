"""Mails about a package whose prices change: the old one, the new one, and the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from babel.dates import format_date
from sqlalchemy import select

from portal.accounts.models import Client, SubAccount
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.notifications.models import Mail
from portal.pricing import packages, price_letters, price_lists, selling, showing
from portal.pricing.conditions import Conditions, Route
from portal.pricing.packages import Version
from portal.pricing.rating import Rate
from portal.tenancy import branding
from portal.tenancy.display import Display, Service
from tests.builders.conditions import in_one_currency
from tests.builders.selling import another
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
    assert "our prices for Starter change on" in body
    assert "A message to United States costs $0.015 instead of $0.0138." in body
    assert "monthly fee" not in body
    assert "receive" not in body


def test_fees_are_told_by_themselves(session: ResellerSession, cast: Cast) -> None:
    body = told(session, cast.alice, *change(session, cast, monthly_fee=9 * UNIT))
    assert "The monthly fee is $9.00 instead of $0.00." in body
    assert "A message to" not in body


def test_all_that_changes_is_told_in_the_clients_language_with_the_day(
    session: ResellerSession, cast: Cast
) -> None:
    session.get_one(Client, (SUNNY, cast.alice.client_id)).language = "pt-PT"
    before, after = change(
        session, cast, markup_fixed=3_500, monthly_fee=9 * UNIT, incoming_fee=20_000
    )
    body = told(session, cast.alice, before, after).replace("\N{NO-BREAK SPACE}", " ")
    assert format_date(after.valid_from, format="long", locale="pt_PT") in body
    assert "Estados Unidos" in body
    for amount in ("0,015 US$", "0,0138 US$", "9,00 US$", "0,02 US$"):
        assert amount in body


def test_what_the_defaults_said_of_incoming_messages_is_what_was_paid(
    session: ResellerSession, cast: Cast
) -> None:
    said = in_one_currency("USD")
    dollars = replace(said.amounts["USD"], incoming_fee=10_000)
    packages.create(
        session,
        name="Defaults",
        conditions=replace(said, amounts={"USD": dollars}),
        is_default=True,
    )
    body = told(session, cast.alice, *change(session, cast, incoming_fee=20_000))
    assert "$0.02 instead of $0.01." in body


def test_the_price_is_that_of_the_packages_own_list_and_route(
    session: ResellerSession, cast: Cast
) -> None:
    (package,) = packages.listed(session)
    premium = [Rate("1", 50_000, LONG_AGO)]
    price_lists.set_rates(session, premium, currency="USD", route=Route.PREMIUM)
    on = selling.today(session)
    routed = replace(
        packages.holding(session, package.id, on=on).conditions, routes={"US": Route.PREMIUM}
    )
    selling.change(session, package, routed, valid_from=on, by=cast.sam)
    body = told(session, cast.alice, *change(session, cast, markup_fixed=10_000))
    assert "costs $0.072 instead of $0.063." in body

    own = [Rate("1", 30_000, LONG_AGO)]
    price_lists.set_rates(session, own, currency="USD", package_id=package.id)
    assert told(session, cast.alice, *change(session, cast, markup_fixed=20_000)) == ""


def test_who_waits_or_is_closed_is_not_told(session: ResellerSession, cast: Cast) -> None:
    (package,) = packages.listed(session)
    waiting = another(session, cast.walter, "First", by=cast.sam)
    closed = another(session, cast.alice, "Shop", by=cast.sam)
    for number in (waiting, closed):
        session.get_one(SubAccount, (SUNNY, number)).package_id = package.id
    session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id)).package_id = None
    session.get_one(SubAccount, (SUNNY, closed)).closed_at = clock.now()
    session.flush()
    assert price_letters.to_tell(session, package_id=package.id) == [cast.henry.client_id]
    session.get_one(Client, (SUNNY, cast.henry.client_id)).closed_at = clock.now()
    session.flush()
    assert price_letters.to_tell(session, package_id=package.id) == []


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
