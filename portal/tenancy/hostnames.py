"""Which portal answers to which host name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.tenancy.models import Hostname

_HOST = re.compile(r"([^:\s/@\\?#\[\]]{1,255})(?::[0-9]{1,5})?", re.ASCII)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
# What ends so is an address to every browser, however it is written: 127.1, 0x7f.1.
_ADDRESS_END = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


class HostnameInvalid(PortalError):
    """This is no name that a portal can answer to."""

    code = "hostname_invalid"


class HostnameTaken(PortalError):
    """Another portal answers to this name."""

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
    return None if _ADDRESS_END.fullmatch(name.rpartition(".")[2]) else name


def _ascii(name: str) -> str:
    encoded = idna.encode(name, uts46=True, std3_rules=True, transitional=False)
    return encoded.decode("ascii").lower()


def resolve(session: ResellerSession, name: str) -> Found | None:
    """Whose portal answers to this normalised name; in a session across resellers."""
    row = session.scalars(
        select(Hostname).where(Hostname.name == name, Hostname.proven_at.is_not(None))
    ).one_or_none()
    return None if row is None else Found(row.reseller_id, row.name, row.primary)


def add(session: ResellerSession, name: str, *, primary: bool) -> None:
    """Let the session's reseller answer to a name that is proven to be its own.

    A primary one takes the place of the one before.

    Raises:
        HostnameInvalid: it is no host name.
        HostnameTaken: another reseller has it.
    """
    normalised = normalise(name)
    if normalised is None or "." not in normalised:
        raise HostnameInvalid(f"{name!r} is no host name")
    try:
        with session.begin_nested():  # whether it is somebody else's only the unique key can tell
            if primary:
                session.execute(update(Hostname).values(primary=False))
            mine = session.get(Hostname, (session.reseller_id, normalised))
            if mine is None:
                session.add(Hostname(name=normalised, primary=primary, proven_at=clock.now()))
            else:
                mine.primary = primary or mine.primary
    except IntegrityError:
        raise HostnameTaken(f"{normalised} belongs to another portal") from None


def primary_of(session: ResellerSession) -> str:
    """The name in the links of the session's reseller.

    Raises:
        NotFound: it has none.
    """
    name = session.scalar(select(Hostname.name).where(Hostname.primary))
    if name is None:
        raise NotFound("host name", session.reseller_id)
    return name


def names_of(session: ResellerSession) -> list[str]:
    """All names of the session's reseller, the primary one first."""
    return list(
        session.scalars(select(Hostname.name).order_by(Hostname.primary.desc(), Hostname.name))
    )
