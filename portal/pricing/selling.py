"""What people do with packages: sell, change, rename and close them, and each is written down."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.accounts.models import SubAccount
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.pricing import differences, packages
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package
from portal.pricing.packages import Version
from portal.tenancy import resellers, settings

DEFAULT_NAME = "(without a package)"
"""What the defaults are called where packages have names; pages say it in the reader's language."""


class NegativeMarkup(PortalError):
    """The reseller has not allowed itself to sell at less than cost and nothing."""

    code = "negative_markup"


class StillAssigned(PortalError):
    """Sub-accounts have the package; they need another one first."""

    code = "still_assigned"

    def __init__(self, *, sub_accounts: int) -> None:
        super().__init__(f"{sub_accounts} sub-accounts have it")
        self.sub_accounts = sub_accounts


def today(session: ResellerSession) -> date:
    """The day in the reseller's time zone, in which versions begin."""
    return clock.now().astimezone(ZoneInfo(resellers.own(session).time_zone)).date()


def is_negative(conditions: Conditions) -> bool:
    """Whether any of its markups is below zero."""
    fixed = [amounts.markup_fixed for amounts in conditions.amounts.values()]
    return min(conditions.markup_percent_millionths, *fixed) < 0


def is_taken(session: ResellerSession, name: str) -> bool:
    """Whether a package has this name, also one that was closed."""
    return session.scalar(select(Package.id).where(Package.name == name)) is not None


def sell(session: ResellerSession, *, name: str, conditions: Conditions, by: Actor) -> Package:
    """A new package.

    Raises:
        NegativeMarkup: its markup is below zero, which the settings do not allow.
        PackageExists: there is one of this name.
    """
    _refuse_negative(session, conditions)
    package = packages.create(session, name=name, conditions=conditions, person_id=by.person_id)
    _record(session, package, by=by, what="package.created")
    return package


def set_defaults(
    session: ResellerSession, conditions: Conditions, *, valid_from: date, by: Actor
) -> Package:
    """Say what holds for sub-accounts without a package; the first time, from its first day on.

    Raises:
        NegativeMarkup: a markup is below zero, which the settings do not allow.
        ChangedBefore: the day is over.
    """
    package = packages.default(session)
    if package is not None:
        change(session, package, conditions, valid_from=valid_from, by=by)
        return package
    _refuse_negative(session, conditions)
    package = packages.create(
        session,
        name=DEFAULT_NAME,
        conditions=conditions,
        is_default=True,
        person_id=by.person_id,
    )
    _record(session, package, by=by, what="package.created")
    return package


def change(
    session: ResellerSession,
    package: Package,
    conditions: Conditions,
    *,
    valid_from: date,
    by: Actor,
) -> Version | None:
    """Let a package say something else from a day on; None where it says so already.

    Raises:
        NegativeMarkup: its markup is below zero, which the settings do not allow.
        ChangedBefore: the day is over.
    """
    _refuse_negative(session, conditions)
    holds = packages.holding(session, package.id, on=valid_from)
    if valid_from >= (now := today(session)) and not differences.between(
        holds.conditions, conditions
    ):
        return None
    version = packages.change(
        session,
        package,
        conditions,
        valid_from=valid_from,
        today=now,
        person_id=by.person_id,
    )
    _record(session, package, by=by, what="package.changed", valid_from=valid_from.isoformat())
    return version


def rename(session: ResellerSession, package: Package, name: str, *, by: Actor) -> None:
    """Give a package another name.

    Raises:
        PackageExists: another has this name.
    """
    if package.name != name:
        packages.rename(session, package, name)
        _record(session, package, by=by, what="package.renamed")


def close(session: ResellerSession, package: Package, *, by: Actor) -> None:
    """Sell a package no more; its receipts and versions stay. Closed twice is closed once.

    Raises:
        StillAssigned: sub-accounts have it.
    """
    session.refresh(package, with_for_update=True)  # an assignment that begins now waits for this
    if package.closed_at is not None:
        return
    held = session.scalar(
        select(func.count())
        .select_from(SubAccount)
        .where(SubAccount.package_id == package.id, SubAccount.closed_at.is_(None))
    )
    if held:
        raise StillAssigned(sub_accounts=held)
    package.closed_at = clock.now()
    session.flush()  # whoever refreshes it next sees that it is closed
    _record(session, package, by=by, what="package.closed")


def _refuse_negative(session: ResellerSession, conditions: Conditions) -> None:
    if is_negative(conditions) and not settings.read(session).negative_markup_allowed:
        raise NegativeMarkup


def _record(
    session: ResellerSession, package: Package, *, by: Actor, what: str, valid_from: str = ""
) -> None:
    activity.record(
        session,
        by=by,
        what=what,
        about_id=package.id,
        package=package.name,
        valid_from=valid_from or None,
    )
