"""One act on many clients: whom it touches and whom not is said before, then it is done to each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique
from typing import Final

from portal.accounts import access, client_list, clients, keeping
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.statuses import Standing
from portal.billing import assignments
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.pricing import packages


@unique
class Act(StrEnum):
    """What can be done to many clients at once."""

    SUSPEND = "suspend"
    LIFT = "lift"
    PACKAGE = "package"
    LOW_BALANCE = "low_balance"


@unique
class Why(StrEnum):
    """Why a client is left as it is."""

    WAITING = "waiting"
    GONE = "gone"
    """Refused or closed."""
    ALREADY = "already"
    NOT_SUSPENDED = "not_suspended"
    NO_SUB_ACCOUNT = "no_sub_account"
    NO_PRICES = "no_prices"
    """The package has no amounts in its currency."""
    CHANGED = "changed"
    """It was to be touched, and was refused when it came to it."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be done; `threshold` is in millionths of each one's currency, None for never."""

    act: Act
    on: date
    reason: str = ""
    package_id: int | None = None
    setup_fee: bool = False
    threshold: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A client, and why it is left as it is; None: it is touched."""

    client: Client
    why: Why | None


def preview(session: ResellerSession, client_ids: Sequence[int], *, wish: Wish) -> list[Outcome]:
    """What would be done to each of these of the reseller's clients, newest first.

    Raises:
        NotFound: there is no such package.
    """
    found = client_list.of_ids(session, client_ids)
    offered = (
        frozenset[str]()
        if wish.package_id is None
        else frozenset(packages.holding(session, wish.package_id, on=wish.on).conditions.amounts)
    )
    return [
        Outcome(client=each.client, why=_why(session, each.client, wish, offered=offered))
        for each in found
    ]


def way_back(planned: Sequence[Outcome], *, wish: Wish) -> Wish | None:
    """What would take the act back, asked before it is carried out; None where nothing does.

    Suspending is lifted again. The low-balance mail goes back to what it was, if that was the same
    for all. A package is charged for, and a suspension that was lifted had a reason of its own:
    these are no one's to take back by a click.
    """
    touched = [each.client for each in planned if each.why is None]
    if wish.act is Act.SUSPEND:
        return Wish(act=Act.LIFT, on=wish.on)
    if wish.act is Act.LOW_BALANCE:
        before = {each.low_balance_threshold for each in touched}
        if len(before) == 1:
            return Wish(act=Act.LOW_BALANCE, on=wish.on, threshold=before.pop())
    return None


def carry_out(
    session: ResellerSession, client_ids: Sequence[int], *, wish: Wish, by: Actor
) -> list[Outcome]:
    """Do it to each that it touches; who is refused does not stop the others.

    Raises:
        NotFound: there is no such package.
    """
    planned = preview(session, client_ids, wish=wish)
    # All wallets in one go: one client after the other would hold one while it waits for the next.
    keeping.held_clients(session, [each.client.id for each in planned if each.why is None])
    return [
        each if each.why is not None else replace(each, why=_done(session, each.client, wish, by))
        for each in planned
    ]


def _why(
    session: ResellerSession, client: Client, wish: Wish, *, offered: frozenset[str]
) -> Why | None:
    standing = client.standing
    if standing is Standing.WAIT:
        return Why.WAITING
    if standing in {Standing.CLOSED, Standing.REFUSED}:
        return Why.GONE
    suspended = standing is Standing.SUSPENDED_BY_STAFF
    if wish.act is Act.SUSPEND:
        return Why.ALREADY if suspended else None
    if wish.act is Act.LIFT:
        return None if suspended else Why.NOT_SUSPENDED
    if wish.act is Act.LOW_BALANCE:
        return Why.ALREADY if client.low_balance_threshold == wish.threshold else None
    return _why_no_package(session, client, wish, offered=offered)


def _why_no_package(
    session: ResellerSession, client: Client, wish: Wish, *, offered: frozenset[str]
) -> Why | None:
    own = access.sub_accounts_of(session, client_id=client.id)
    if not own:
        return Why.NO_SUB_ACCOUNT
    if client.currency not in offered:
        return Why.NO_PRICES
    return Why.ALREADY if all(each.package_id == wish.package_id for each in own) else None


def _done(session: ResellerSession, client: Client, wish: Wish, by: Actor) -> Why | None:
    try:
        with session.begin_nested():
            _ACTS[wish.act](session, client, wish, by)
    except PortalError:
        return Why.CHANGED
    return None


def _suspend(session: ResellerSession, client: Client, wish: Wish, by: Actor) -> None:
    clients.suspend(session, client_id=client.id, by=by, reason=wish.reason)


def _lift(session: ResellerSession, client: Client, _: Wish, by: Actor) -> None:
    clients.lift(session, client_id=client.id, by=by)


def _low_balance(session: ResellerSession, client: Client, wish: Wish, by: Actor) -> None:
    clients.set_low_balance(
        session,
        client_id=client.id,
        threshold=wish.threshold,
        email=client.low_balance_email,
        by=by,
    )


def _package(session: ResellerSession, client: Client, wish: Wish, by: Actor) -> None:
    assert wish.package_id is not None
    for each in access.sub_accounts_of(session, client_id=client.id):
        assignments.assign(
            session,
            sub_account_id=each.id,
            package_id=wish.package_id,
            by=by,
            on=wish.on,
            setup_fee=wish.setup_fee and each.package_id != wish.package_id,
        )


_ACTS: Final[dict[Act, Callable[[ResellerSession, Client, Wish, Actor], None]]] = {
    Act.SUSPEND: _suspend,
    Act.LIFT: _lift,
    Act.LOW_BALANCE: _low_balance,
    Act.PACKAGE: _package,
}
