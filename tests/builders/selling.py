"""Packages made and given in one line, and what came of them."""

from __future__ import annotations

from datetime import date

from portal.accounts import sub_accounts
from portal.accounts.actor import Actor
from portal.accounts.models import SubAccount
from portal.billing import assignments
from portal.billing.models import Assignment
from portal.infra.db import ResellerSession
from portal.pricing import packages
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package
from portal.reports import meters
from portal.reports.meters import BundleMeter
from tests.cast import Firm


def package(session: ResellerSession, name: str, said: Conditions) -> Package:
    """A package that says this."""
    return packages.create(session, name=name, conditions=said)


def give(
    session: ResellerSession,
    firm: Firm,
    chosen: Package,
    *,
    by: Actor,
    on: date,
    sub_account_id: int | None = None,
    setup_fee: bool = False,
    billing_day: int | None = None,
) -> Assignment:
    """Give a package to the firm's first sub-account, or to another of its."""
    made = assignments.assign(
        session,
        sub_account_id=sub_account_id or firm.sub_account_id,
        package_id=chosen.id,
        by=by,
        on=on,
        setup_fee=setup_fee,
        billing_day=billing_day,
    )
    session.flush()
    return made


def another(session: ResellerSession, firm: Firm, name: str, *, by: Actor) -> int:
    """One more sub-account of the firm's; its id."""
    made, _ = sub_accounts.create(
        session, client_id=firm.client_id, name=name, user=f"{name.lower()}-{firm.client_id}", by=by
    )
    session.flush()
    return made.id


def bundles_of(session: ResellerSession, sub_account_id: int, on: date) -> list[BundleMeter]:
    """The bundles of a day that a sub-account takes from, as its owner sees them."""
    asked = (session.reseller_id, sub_account_id)
    sub_account = session.get_one(SubAccount, asked, populate_existing=True)
    return meters.bundles(session, [sub_account], on=on)


def left(session: ResellerSession, sub_account_id: int, on: date) -> list[tuple[int, int, str]]:
    """What is left of each bundle, of how many, until when."""
    found = bundles_of(session, sub_account_id, on)
    return [(each.left, each.size, str(each.renews_on)) for each in found]
