"""The names that a reseller asks for itself: asked for, chosen for links, released, taken back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from portal.infra import clock, queue
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.tenancy.hostnames import LIVE
from portal.tenancy.models import Hostname
from portal.tenancy.statuses import Finding, GivenBy, State, state

CHECK_JOB: Final = "hostnames.check"
QUARANTINE: Final = timedelta(days=30)
"""For how long nobody else can have a name that was released."""
CHECK_TAKES_MAX: Final = timedelta(seconds=60)
"""After which a look-up that somebody asked for counts as lost, and may be asked for again."""

_TOKEN_BYTES: Final = 24


class AlreadyYours(PortalError):
    """The reseller has this name, or has asked for it."""

    code = "hostname_yours"


class TooManyNames(PortalError):
    """The reseller has as many names of its own as it may."""

    code = "too_many_hostnames"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} names at most")
        self.most = most


class NotReady(PortalError):
    """The name does not lead here, so that links with it would lead nowhere."""

    code = "hostname_not_ready"


class CannotRelease(PortalError):
    """The name stays: it is the one in the zone, or the last that the portal has."""

    code = "hostname_stays"


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name of the session's reseller as it is at this moment."""

    row: Hostname
    state: State
    checking: bool
    """Whether somebody waits for it to be looked up."""

    @property
    def free_again_at(self) -> datetime | None:
        """When others can have it, if it was released."""
        return self.row.released_at + QUARANTINE if self.row.released_at else None

    @property
    def may_be_primary(self) -> bool:
        """Whether links may carry it."""
        return self.state is State.READY or (
            self.row.given_by is not GivenBy.RESELLER and self.state is State.PROVEN
        )

    @property
    def can_be_released(self) -> bool:
        """Whether the reseller may give it away; what is in the zone stays."""
        return self.row.given_by is not GivenBy.ZONE and self.state is not State.RELEASED


def state_of(row: Hostname) -> State:
    """How a name is doing."""
    return state(
        released=row.released_at is not None,
        proven=row.proven_at is not None,
        reached=row.ready_at is not None,
        proof=row.proof,
        reach=row.reach,
    )


def listed(session: ResellerSession) -> list[Name]:
    """All names of the session's reseller: the one in its links first, released ones last."""
    order = (Hostname.released_at.is_not(None), Hostname.primary.desc(), Hostname.name)
    return [_shown(row) for row in session.scalars(select(Hostname).order_by(*order))]


def by_name(session: ResellerSession, name: str) -> Name:
    """One of them.

    Raises:
        NotFound: the session's reseller has no such name.
    """
    return _shown(_row(session, name))


def is_ready(session: ResellerSession, name: str) -> bool:
    """Whether the session's reseller has this name, and it leads here."""
    row = session.get(Hostname, (session.reseller_id, name))
    return row is not None and state_of(row) is State.READY


def ask(session: ResellerSession, name: str, *, most: int) -> Name:
    """Note that the reseller wants this name, which `hostname_rules.read` has let pass.

    It is its own once a record at the name says the token. One that it released lately is taken
    back as it was.

    Raises:
        AlreadyYours: it has it, or has asked for it.
        TooManyNames: it has as many as it may.
    """
    row = session.get(Hostname, (session.reseller_id, name))
    if row is not None and row.released_at is None:
        raise AlreadyYours(name)
    if row is None:
        _refuse_too_many(session, most)
        row = Hostname(
            name=name,
            primary=False,
            given_by=GivenBy.RESELLER,
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            asked_at=clock.now(),
            proof=Finding.UNCHECKED,
            reach=Finding.UNCHECKED,
        )
        try:
            with session.begin_nested():  # somebody else may have asked at the same moment
                session.add(row)
        except IntegrityError:
            raise AlreadyYours(name) from None
    else:
        row.released_at = None
        session.flush()
    check_soon(session, name)
    return _shown(row)


def check_soon(session: ResellerSession, name: str) -> None:
    """Have a name looked up at once; while that is being done, asking again changes nothing.

    Raises:
        NotFound: the session's reseller has no such name.
    """
    row = _row(session, name)
    if row.released_at is not None or row.given_by is GivenBy.ZONE or _is_checking(row):
        return
    row.checking_since, row.tries = clock.now(), 0
    queue.enqueue(session, CHECK_JOB, reseller_id=session.reseller_id, hostname=name)


def make_primary(session: ResellerSession, name: str) -> bool:
    """Put a name into the links of the portal; whether that changed anything.

    Raises:
        NotFound: the session's reseller has no such name.
        NotReady: it is not known to lead here.
    """
    found = by_name(session, name)
    if found.row.primary:
        return False
    if not found.may_be_primary:
        raise NotReady(name)
    session.execute(update(Hostname).where(Hostname.primary).values(primary=False))
    found.row.primary = True
    session.flush()
    return True


def release(session: ResellerSession, name: str) -> None:
    """Give a name away; the one in the zone takes its place in the links.

    The portal stops answering to it. Nobody else can have it until `QUARANTINE` is over; what was
    never proven is forgotten at once.

    Raises:
        NotFound: the session's reseller has no such name.
        CannotRelease: it is the name in the zone, or there is no other for the links.
    """
    found = by_name(session, name)
    if not found.can_be_released:
        raise CannotRelease(name)
    row = found.row
    if row.primary and not hand_over_links(session, row):
        raise CannotRelease(name)
    if row.proven_at is None:
        session.delete(row)
    else:
        row.released_at, row.check_at, row.checking_since = clock.now(), None, None
    session.flush()


def hand_over_links(session: ResellerSession, row: Hostname) -> bool:
    """Put another name into the links: the one in the zone, else one that leads here.

    Whether there is one; otherwise nothing is changed.
    """
    others = session.scalars(select(Hostname).where(*LIVE, Hostname.name != row.name)).all()
    fit = [each for each in others if _shown(each).may_be_primary or _is_of_zone(each)]
    if not fit:
        return False
    heir = min(fit, key=lambda each: (not _is_of_zone(each), each.name))
    row.primary = False
    session.flush()
    heir.primary = True
    session.flush()
    return True


def forget_released(session: ResellerSession) -> None:
    """Let others have what was released long ago; in a session across resellers."""
    session.execute(delete(Hostname).where(Hostname.released_at < clock.now() - QUARANTINE))


def _is_of_zone(row: Hostname) -> bool:
    return row.given_by is GivenBy.ZONE


def _row(session: ResellerSession, name: str) -> Hostname:
    row = session.get(Hostname, (session.reseller_id, name), with_for_update=True)
    if row is None:
        raise NotFound("host name", name)
    return row


def _shown(row: Hostname) -> Name:
    return Name(row=row, state=state_of(row), checking=_is_checking(row))


def _is_checking(row: Hostname) -> bool:
    return row.checking_since is not None and row.checking_since > clock.now() - CHECK_TAKES_MAX


def _refuse_too_many(session: ResellerSession, most: int) -> None:
    own = select(func.count()).where(
        Hostname.given_by == GivenBy.RESELLER, Hostname.released_at.is_(None)
    )
    if (session.scalar(own) or 0) >= most:
        raise TooManyNames(most)
