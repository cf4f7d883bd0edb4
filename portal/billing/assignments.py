"""Give a package to a sub-account, and renew what it brings on every billing day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.billing import periods
from portal.billing.models import Assignment
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.pricing import bundles, packages
from portal.pricing.models import Bundle


class OtherCurrency(PortalError):
    """The package has no amounts in the currency of the client's wallet."""

    code = "other_currency"

    def __init__(self, *, package: str, client: str) -> None:
        super().__init__(f"the package is in {package}, the client pays in {client}")
        self.package = package
        self.client = client


def assign(
    session: ResellerSession, *, sub_account_id: int, package_id: int, by: Actor, on: date
) -> Assignment:
    """Give a sub-account a package from this day on; its bundle is filled at once.

    `on` is a day of the reseller's time zone, and its day of the month is the billing day.

    Raises:
        NotFound: there is no such sub-account or package.
        OtherCurrency: the client's wallet is in another currency.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    client = access.locked_client(session, sub_account.client_id)
    package = packages.by_id(session, package_id)
    if package.currency != client.currency:
        raise OtherCurrency(package=package.currency, client=client.currency)
    before = _current(session, sub_account_id)
    if before is not None and before.package_id == package_id:
        return before  # it has this package: nothing begins anew
    if before is not None:
        before.ended_on = on
        session.flush()  # the one that holds is unique
    assignment = Assignment(
        sub_account_id=sub_account_id, package_id=package_id, assigned_on=on, billing_day=on.day
    )
    session.add(assignment)
    sub_account.package_id = package_id
    _end_bundle(session, sub_account_id=sub_account_id, on=on)
    if package.bundle_parts:
        bundles.begin(
            session,
            sub_account_id=sub_account_id,
            package=package,
            begins_on=on,
            ends_on=periods.next_billing_day(on, day=on.day),
        )
    activity.record(
        session,
        by=by,
        what="package.assigned",
        client_id=client.id,
        about_id=sub_account_id,
        package=package.name,
    )
    return assignment


def renew(session: ResellerSession, *, on: date) -> int:
    """Fill the bundles whose period is over on this day; how many. Twice changes nothing.

    What was left of the old ones lapses: it stays in their accounts and can no longer be taken.
    """
    renewed = 0
    held = select(Assignment).where(Assignment.ended_on.is_(None)).order_by(Assignment.id)
    for assignment in session.scalars(held):
        latest = session.scalars(
            select(Bundle)
            .where(
                Bundle.sub_account_id == assignment.sub_account_id,
                Bundle.package_id == assignment.package_id,
            )
            .order_by(Bundle.begins_on.desc())
            .limit(1)
        ).one_or_none()
        if latest is None or latest.ends_on > on:
            continue
        package = packages.by_id(session, assignment.package_id)
        if not package.bundle_parts:
            continue
        begins_on = latest.ends_on
        # After a standstill only the period that holds today is filled: nobody sent in the others.
        while (ends_on := periods.next_billing_day(begins_on, day=assignment.billing_day)) <= on:
            begins_on = ends_on
        bundles.begin(
            session,
            sub_account_id=assignment.sub_account_id,
            package=package,
            begins_on=begins_on,
            ends_on=ends_on,
        )
        renewed += 1
    return renewed


def _current(session: ResellerSession, sub_account_id: int) -> Assignment | None:
    return session.scalars(
        select(Assignment).where(
            Assignment.sub_account_id == sub_account_id, Assignment.ended_on.is_(None)
        )
    ).one_or_none()


def _end_bundle(session: ResellerSession, *, sub_account_id: int, on: date) -> None:
    """The free parts of the package before end with it, so that no two periods overlap."""
    for held in session.scalars(
        select(Bundle).where(Bundle.sub_account_id == sub_account_id, Bundle.ends_on > on)
    ):
        held.ends_on = max(on, held.begins_on)
    session.flush()  # the next period may begin on the same day
