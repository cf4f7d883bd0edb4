"""Give a package to a sub-account, and take it away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

from sqlalchemy import select

from portal.accounts import access, activity, keeping, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Client, SubAccount
from portal.billing import fees, periods
from portal.billing.models import Assignment
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.pricing import bundles, packages
from portal.pricing.models import Package
from portal.pricing.packages import Version


class OtherCurrency(PortalError):
    """The package has no amounts in the currency of the client's wallet."""

    code = "other_currency"

    def __init__(self, *, package: str, client: str) -> None:
        super().__init__(f"the package is in {package}, the client pays in {client}")
        self.package = package
        self.client = client


def assign(
    session: ResellerSession,
    *,
    sub_account_id: int,
    package_id: int,
    by: Actor,
    on: date,
    setup_fee: bool = False,
    billing_day: int | None = None,
) -> Assignment:
    """Give a sub-account a package from this day on; its bundles are filled at once.

    `on` is a day of the reseller's time zone. The billing day is the one given, else the client's,
    else that of the day; the monthly fee is charged on each, today's at once, and the set-up fee if
    it is asked for. A package that was taken away today goes on as if it had not been.

    Raises:
        NotFound: there is no such sub-account or package, or the package is not sold.
        OtherCurrency: the package has no amounts in the currency of the client's wallet.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    client = wallet.held_client(session, sub_account.client_id)
    package = packages.by_id(session, package_id)
    if package.is_default or package.closed_at is not None:
        raise NotFound("package", package_id)
    version = packages.holding(session, package_id, on=on)
    offered = version.conditions.amounts
    if client.currency not in offered:
        raise OtherCurrency(package=", ".join(sorted(offered)), client=client.currency)
    before = current(session, sub_account_id)
    if before is not None and before.package_id == package_id:
        return before  # it has this package: nothing begins anew
    if before is not None:
        _end(session, before, client=client, on=on)
    sub_account.package_id = package_id
    assignment = _again(session, sub_account, package_id=package_id, on=on)
    if assignment is None:
        day = billing_day or (client.next_billing_on or on).day
        assignment = Assignment(
            sub_account_id=sub_account_id,
            package_id=package_id,
            assigned_on=on,
            billing_day=day,
            billed_until=periods.billing_day_from(on, day=day),
        )
        session.add(assignment)
        session.flush()  # the one that holds is unique, and fees and bundles refer to it
        _begin(session, assignment, client=client, package=package, version=version)
        if setup_fee:
            fees.charge_setup(session, assignment, client=client, package=package, version=version)
    activity.record(
        session,
        by=by,
        what="package.assigned",
        client_id=client.id,
        about_id=sub_account_id,
        package=package.name,
    )
    return assignment


def assign_each(
    session: ResellerSession,
    sub_account_ids: Iterable[int],
    *,
    package_id: int,
    by: Actor,
    on: date,
    setup_fee: bool = False,
) -> list[int]:
    """Give several sub-accounts a package, each for itself; those that could not get it."""
    chosen = list(sub_account_ids)
    # All wallets in one go: one client after the other would hold one while it waits for the next.
    clients = session.scalars(
        select(SubAccount.client_id).where(SubAccount.id.in_(chosen)).distinct()
    )
    keeping.held_clients(session, clients.all())
    refused = []
    for sub_account_id in chosen:
        try:
            with session.begin_nested():
                assign(
                    session,
                    sub_account_id=sub_account_id,
                    package_id=package_id,
                    by=by,
                    on=on,
                    setup_fee=setup_fee,
                )
        except PortalError:
            refused.append(sub_account_id)
    return refused


def end(session: ResellerSession, *, sub_account_id: int, by: Actor, on: date) -> None:
    """Take a sub-account's package away from this day on; its free parts end with it.

    Bundles that it shares go on while another sub-account of the client has the package. Without a
    package, the reseller's default fees hold.

    Raises:
        NotFound: there is no such sub-account.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    client = wallet.held_client(session, sub_account.client_id)
    before = current(session, sub_account_id)
    if before is None:
        return
    _end(session, before, client=client, on=on)
    sub_account.package_id = None
    activity.record(
        session,
        by=by,
        what="package.ended",
        client_id=client.id,
        about_id=sub_account_id,
        package=packages.by_id(session, before.package_id).name,
    )


def current(session: ResellerSession, sub_account_id: int) -> Assignment | None:
    """The package that a sub-account has, since when and until when it is billed."""
    return session.scalars(
        select(Assignment).where(
            Assignment.sub_account_id == sub_account_id, Assignment.ended_on.is_(None)
        )
    ).one_or_none()


def sharing(session: ResellerSession, *, client_id: int, package_id: int) -> list[Assignment]:
    """The client's assignments of a package, the oldest first: its billing day is the pool's."""
    return list(
        session.scalars(
            select(Assignment)
            .join(
                SubAccount,
                (SubAccount.reseller_id == Assignment.reseller_id)
                & (SubAccount.id == Assignment.sub_account_id),
            )
            .where(
                SubAccount.client_id == client_id,
                Assignment.package_id == package_id,
                Assignment.ended_on.is_(None),
            )
            .order_by(Assignment.id)
        )
    )


def _begin(
    session: ResellerSession,
    assignment: Assignment,
    *,
    client: Client,
    package: Package,
    version: Version,
) -> None:
    """Fill what the package gives, but what the client's other sub-accounts share already."""
    on = assignment.assigned_on
    first = sharing(session, client_id=client.id, package_id=package.id)[0] is assignment
    for n, offer in enumerate(version.conditions.bundles):
        if offer.pooled and not first:
            continue
        bundles.begin(
            session,
            client_id=client.id,
            sub_account_id=None if offer.pooled else assignment.sub_account_id,
            package=package,
            n=n,
            offer=offer,
            begins_on=on,
            ends_on=periods.next_billing_day(on, day=assignment.billing_day),
        )
    if assignment.billed_until == on:
        fees.charge_period(session, assignment, client=client, package=package, version=version)


def _again(
    session: ResellerSession, sub_account: SubAccount, *, package_id: int, on: date
) -> Assignment | None:
    """What ended on this very day goes on, so that there and back neither fills nor costs."""
    found = session.scalars(
        select(Assignment)
        .where(
            Assignment.sub_account_id == sub_account.id,
            Assignment.package_id == package_id,
            Assignment.assigned_on <= on,
            Assignment.ended_on == on,
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    found.ended_on = None
    session.flush()
    is_first = sharing(session, client_id=sub_account.client_id, package_id=package_id)[0] is found
    for owner in (sub_account.id, None) if is_first else (sub_account.id,):
        bundles.go_on(
            session,
            client_id=sub_account.client_id,
            sub_account_id=owner,
            package_id=package_id,
            on=on,
            end_of=partial(periods.next_billing_day, day=found.billing_day),
        )
    return found


def _end(session: ResellerSession, assignment: Assignment, *, client: Client, on: date) -> None:
    """Its own bundles end, and shared ones with the last who shares them.

    Those that stay follow the billing day of the oldest that is left.
    """
    assignment.ended_on = on
    session.flush()  # the one that holds is unique
    left = sharing(session, client_id=client.id, package_id=assignment.package_id)
    pool_ends_on = left[0].billed_until if left else on
    for owner, ends_on in ((assignment.sub_account_id, on), (None, pool_ends_on)):
        bundles.move_end(
            session,
            client_id=client.id,
            sub_account_id=owner,
            package_id=assignment.package_id,
            on=on,
            to=ends_on,
        )
