"""Where a host name leads that somebody else has written: into the internet, and nowhere else."""

from __future__ import annotations

import socket
from typing import Final

from portal.infra.dns import LookUpFailed, Resolver
from portal.infra.public_addresses import is_public

ADDRESSES_MAX: Final = 4


class NoSuchHost(Exception):
    """The name has no address, or nobody could say which."""


class NotPublic(Exception):
    """An address of it is one of this machine's or of a private network's."""


def addresses(host: str, *, resolver: Resolver) -> list[str]:
    """The addresses that may be connected to under this name; never none, and few.

    Whoever connects takes one of these and does not ask for the name again, since the second answer
    may be another.

    Raises:
        NoSuchHost, NotPublic: as they say.
    """
    try:
        found = resolver.addresses(host)
    except LookUpFailed as failed:
        raise NoSuchHost(host) from failed
    if not found:
        raise NoSuchHost(host)
    if not all(map(is_public, found)):
        raise NotPublic(host)
    return found[:ADDRESSES_MAX]


def addresses_anywhere(host: str) -> list[str]:
    """The addresses of a name as every other program on this machine would have them.

    Raises:
        NoSuchHost: it has none.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failed:
        raise NoSuchHost(host) from failed
    return list(dict.fromkeys(str(each[4][0]) for each in found))[:ADDRESSES_MAX]
