"""Ask for, choose, release and prove host names as somebody, so that it is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.accounts import activity, cover
from portal.accounts.actor import Actor, system
from portal.infra import throttle
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.throttle import Limit
from portal.notifications import outbox
from portal.tenancy import hostnames, links, own_names, proving, resellers
from portal.tenancy import settings as settled
from portal.tenancy.own_names import Name
from portal.tenancy.proving import Change, Seen

_TRIES: Final = Limit(count_max=60, window=timedelta(hours=1))
_RECORDED = {
    Change.PROVEN: "hostname.proven",
    Change.READY: "hostname.ready",
    Change.FAILING: "hostname.failing",
    Change.LOST: "hostname.lost",
}


def ask(session: ResellerSession, name: str, *, by: Actor) -> Name:
    """Ask for a name; where the reseller pays for names, its cover is charged, but for old ones.

    Raises:
        AlreadyYours, TooManyNames: see `own_names.ask`.
        InsufficientFunds: the cover does not reach for the fee.
        TooOften: so many names were asked for lately.
    """
    _count(session)
    chosen = settled.read(session)
    found = own_names.ask(session, name, most=chosen.own_names_max)
    if found.row.proven_at is not None:
        _record(session, by, "hostname.taken_back", name)
        return found
    if chosen.own_name_fee:
        cover.charge_for_name(session, amount=chosen.own_name_fee, name=name, by=by)
    _record(session, by, "hostname.asked", name)
    return found


def check_soon(session: ResellerSession, name: str) -> None:
    """Have a name looked up now.

    Raises:
        NotFound: the session's reseller has no such name.
        TooOften: so many were looked up lately.
    """
    _count(session)
    own_names.check_soon(session, name)


def make_primary(session: ResellerSession, name: str, *, by: Actor) -> None:
    """Put a name into the links of the portal.

    Raises:
        NotFound, NotReady: see `own_names.make_primary`.
    """
    if own_names.make_primary(session, name):
        _record(session, by, "hostname.primary", name)


def release(session: ResellerSession, name: str, *, by: Actor) -> None:
    """Give a name away.

    Raises:
        NotFound, CannotRelease: see `own_names.release`.
    """
    own_names.release(session, name)
    _record(session, by, "hostname.released", name)


def limit(session: ResellerSession, *, most: int, fee: int, by: Actor) -> None:
    """Let the session's reseller have so many names of its own, for so much each.

    Raises:
        pydantic.ValidationError: a number is out of bounds.
    """
    settled.change(session, own_names_max=most, own_name_fee=fee)
    activity.record(session, by=by, what="hostname.limits", most=most, fee=fee)


def record(session: ResellerSession, name: str, seen: Seen, *, settings: Settings) -> bool:
    """Write down what was seen of a name; whether it leads here now.

    The reseller has a mail when it begins to lead elsewhere, with a link under a name that works.
    """
    change = proving.record(session, name, seen)
    if change is not None:
        _record(session, system(session.reseller_id), _RECORDED[change], name)
    if change is Change.FAILING:
        reseller = resellers.own(session)
        host = hostnames.reachable(session)
        origin = f"{settings.public_scheme}://{host}{settings.url_port}"
        outbox.write(
            session,
            "hostname_failing",
            to=reseller.email,
            language=reseller.language,
            values={"name": name, "url": links.hostname(origin, name)},
        )
    return own_names.is_ready(session, name)


def _count(session: ResellerSession) -> None:
    """Each try may lead to look-ups at servers of strangers."""
    throttle.hit(session, f"hostnames/{session.reseller_id}", _TRIES)


def _record(session: ResellerSession, by: Actor, what: str, name: str) -> None:
    activity.record(session, by=by, what=what, description=name)
