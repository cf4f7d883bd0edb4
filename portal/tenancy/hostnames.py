"""Which portal answers to which host name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import idna
from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.tenancy import resellers
from portal.tenancy.models import Hostname, Reseller
from portal.tenancy.resellers import OPERATOR_ID
from portal.tenancy.statuses import Finding, GivenBy

_HOST = re.compile(r"([^:\s/@\\?#\[\]]{1,255})(?::[0-9]{1,5})?", re.ASCII)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
# What ends so is an address to every browser, however it is written: 127.1, 0x7f.1.
_ADDRESS_END = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

LIVE: Final = (Hostname.proven_at.is_not(None), Hostname.released_at.is_(None))
"""What a portal answers to, as conditions of a query."""


class HostnameInvalid(PortalError):
    """This is no name that a portal can answer to."""

    code = "hostname_invalid"


class HostnameTaken(PortalError):
    """Another portal answers to this name, or did so until lately."""

    code = "hostname_taken"


@dataclass(frozen=True)
class Found:
    """Whose portal a name is."""

    reseller_id: int
    name: str
    is_primary: bool


def normalise(host: str) -> str | None:
    """A Host header's name as it is stored, or None if it is none: an address, a port alone.

    One trailing dot and the port go; the rest is lower-cased and brought to ASCII by IDNA 2008 with
    the UTS 46 mapping, and the result is checked, since the mapping can yield what it should not.
    """
    matched = _HOST.fullmatch(host.strip())
    if matched is None:
        return None
    name = matched[1].removesuffix(".")
    try:
        # A plain name is most of all requests; the library is for the others.
        name = name.lower() if name.isascii() else _ascii(name)
    except idna.IDNAError:
        return None
    if not all(_LABEL.fullmatch(label) for label in name.split(".")) or len(name) > 253:
        return None
    return None if is_numeric(name.rpartition(".")[2]) else name


def is_numeric(label: str) -> bool:
    """Whether a last label makes browsers read the whole as an address of numbers."""
    return _ADDRESS_END.fullmatch(label) is not None


def _ascii(name: str) -> str:
    encoded = idna.encode(name, uts46=True, std3_rules=True, transitional=False)
    return encoded.decode("ascii").lower()


def resolve(session: ResellerSession, name: str) -> Found | None:
    """Whose portal answers to this normalised name; in a session across resellers."""
    row = session.scalars(select(Hostname).where(Hostname.name == name, *LIVE)).one_or_none()
    return None if row is None else Found(row.reseller_id, row.name, row.primary)


def belongs_to_others(session: ResellerSession, names: Iterable[str], *, reseller_id: int) -> bool:
    """Whether another reseller has one of these names, or had it lately; across resellers."""
    found = select(Hostname.name).where(
        Hostname.name.in_(list(names)),
        Hostname.proven_at.is_not(None),
        Hostname.reseller_id != reseller_id,
    )
    return session.scalar(found.limit(1)) is not None


def may_have_certificate(session: ResellerSession, name: str) -> bool:
    """Whether a certificate may be asked for; in a session across resellers.

    Names of the zone and of the console may always have one, any other as long as it was last seen
    to lead here: what was seen is in its row, so that nothing is looked up now.
    """
    found = select(Hostname.name).where(
        Hostname.name == name,
        *LIVE,
        or_(
            Hostname.given_by == GivenBy.ZONE,
            Hostname.reseller_id == OPERATOR_ID,
            and_(Hostname.ready_at.is_not(None), Hostname.failing_since.is_(None)),
        ),
    )
    return session.scalar(found) is not None


def add(session: ResellerSession, name: str, *, primary: bool) -> None:
    """Let the session's reseller answer to a name that the operator vouches for.

    A primary one takes the place of the one before.

    Raises:
        HostnameInvalid: it is no host name.
        HostnameTaken: another reseller has it.
    """
    normalised = normalise(name)
    if normalised is None or "." not in normalised:
        raise HostnameInvalid(f"{name!r} is no host name")
    _keep(session, normalised, primary=primary, given_by=GivenBy.OPERATOR)


def add_of_zone(session: ResellerSession, *, zone: str) -> None:
    """Give the session's reseller its short name in the zone; where it has no other, in its links.

    Harmless to repeat. The console has none, and without a zone nobody.

    Raises:
        HostnameTaken: another reseller has it, as when the console stands in the zone.
    """
    if not zone or session.reseller_id == OPERATOR_ID:
        return
    name = of_zone(resellers.own(session).slug, zone=zone)
    linked = session.scalar(select(Hostname.name).where(Hostname.primary))
    _keep(session, name, primary=linked is None, given_by=GivenBy.ZONE)


def resellers_without(session: ResellerSession, *, zone: str) -> list[int]:
    """The resellers that have no name in the zone yet; in a session across resellers."""
    named = exists().where(
        Hostname.reseller_id == Reseller.id,
        Hostname.name == func.concat(Reseller.slug, f".{zone}"),
        Hostname.given_by == GivenBy.ZONE,
    )
    found = select(Reseller.id).where(Reseller.id != OPERATOR_ID, ~named)
    return list(session.scalars(found.order_by(Reseller.id)))


def of_zone(slug: str, *, zone: str) -> str:
    """The name that a reseller has in the zone from the beginning."""
    return f"{slug}.{zone}"


def _keep(session: ResellerSession, name: str, *, primary: bool, given_by: GivenBy) -> None:
    now = clock.now()
    try:
        with session.begin_nested():  # whether it is somebody else's only the unique key can tell
            if primary:
                session.execute(update(Hostname).values(primary=False))
            mine = session.get(Hostname, (session.reseller_id, name))
            if mine is None:
                mine = Hostname(name=name, primary=primary, asked_at=now, check_at=now)
                session.add(mine)
            mine.primary = primary or mine.primary
            mine.given_by, mine.released_at = given_by, None
            mine.proven_at = mine.proven_at or now
            mine.proof = Finding.RIGHT
    except IntegrityError:
        raise HostnameTaken(f"{name} belongs to another portal") from None


def primary_of(session: ResellerSession) -> str:
    """The name in the links of the session's reseller.

    Raises:
        NotFound: it has none.
    """
    name = session.scalar(select(Hostname.name).where(Hostname.primary))
    if name is None:
        raise NotFound("host name", session.reseller_id)
    return name


def names_in_zone(session: ResellerSession) -> list[str]:
    """Those of them that nobody had to ask for, since they are in the installation's zone."""
    return list(
        session.scalars(select(Hostname.name).where(*LIVE, Hostname.given_by == GivenBy.ZONE))
    )


def linked(session: ResellerSession) -> str:
    """The name in the links, if it is known to lead here or in no need of that; else empty."""
    name = session.scalar(
        select(Hostname.name).where(Hostname.primary, Hostname.failing_since.is_(None))
    )
    return name or ""


def reachable(session: ResellerSession) -> str:
    """The name to send somebody to who has to arrive: the linked one, else one that leads here.

    Raises:
        NotFound: there is none.
    """
    name = linked(session) or session.scalar(
        select(Hostname.name)
        .where(*LIVE, Hostname.failing_since.is_(None))
        .order_by((Hostname.given_by == GivenBy.RESELLER), Hostname.name)
    )
    return name or primary_of(session)


def names_of(session: ResellerSession) -> list[str]:
    """All names that the session's reseller answers to, the primary one first."""
    return list(
        session.scalars(
            select(Hostname.name).where(*LIVE).order_by(Hostname.primary.desc(), Hostname.name)
        )
    )
