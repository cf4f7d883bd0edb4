"""What a client is shown: what its portal says, or what the packages of its sub-accounts say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from portal.accounts import activity, sub_accounts
from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.pricing.models import Package
from portal.tenancy.display import Display, together


def own(package: Package) -> Display | None:
    """What a package says itself; None where it leaves that to the portal."""
    return None if package.display is None else Display.model_validate(package.display)


def of_packages(session: ResellerSession) -> dict[int, Display]:
    """What packages show that say so themselves, by their ids."""
    rows = session.execute(
        select(Package.id, Package.display).where(Package.display.is_not(None))
    ).all()
    return {package_id: Display.model_validate(display) for package_id, display in rows}


def change(
    session: ResellerSession, package: Package, display: Display | None, *, by: Actor
) -> bool:
    """Let a package say what its clients are shown, or leave it to the portal; whether it is new.

    It holds at once, and is no part of the package's versions: those are of prices.
    """
    if own(package) == display:
        return False
    put(package, display)
    activity.record(
        session, by=by, what="package.display", about_id=package.id, package=package.name
    )
    return True


def put(package: Package, display: Display | None) -> None:
    """The same without a record of who did it: for a plan, which is recorded as a whole."""
    package.display = None if display is None else display.model_dump(mode="json")


def to(
    session: ResellerSession, actor: Actor, *, portal: Display, packages: Mapping[int, Display]
) -> Display:
    """What an actor of a client is shown.

    Who is limited to one sub-account is shown what its package says. Who works for several, or for
    the whole client, is shown whatever any of these sub-accounts is. A sub-account without a
    package, or with one that does not say, is shown what the portal says, and so is a client
    without sub-accounts.
    """
    if actor.client_id is None or not packages:
        return portal
    held = sub_accounts.package_ids(session, client_id=actor.client_id, among=actor.sub_account_ids)
    return _of_held(held, portal=portal, packages=packages)


def to_sub_account(
    session: ResellerSession,
    sub_account_id: int,
    *,
    client_id: int,
    portal: Display,
    packages: Mapping[int, Display],
) -> Display:
    """What whoever works for this sub-account alone is shown."""
    if not packages:
        return portal
    held = sub_accounts.package_ids(session, client_id=client_id, among=[sub_account_id])
    return _of_held(held, portal=portal, packages=packages)


def to_client(session: ResellerSession, client_id: int, *, portal: Display) -> Display:
    """What whoever works for a whole client is shown."""
    held = sub_accounts.package_ids(session, client_id=client_id, among=None)
    return _of_held(held, portal=portal, packages=of_packages(session))


def _of_held(
    held: Iterable[int | None], *, portal: Display, packages: Mapping[int, Display]
) -> Display:
    said = [packages.get(package_id or 0, portal) for package_id in held]
    return together(said) if said else portal
