"""Which addresses of the internet are somebody else's public ones, and none of this network's.

What somebody types as an address of theirs must not lead the portal to itself, to its neighbours or
to the services that hosting companies answer there.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address
from typing import Final

# Whatever the standard library of some version thinks of them.
_NEVER: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    )
)  # fmt: skip
_TRANSLATED: Final = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
)
_EVERYWHERE: Final = ipaddress.IPv6Network("2000::/3")


def is_public(address: str) -> bool:
    """Whether a numeric address is a public one; an address within another is looked at instead."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = _inner(found)
        return _is_public_6(found) if inner is None else _is_public_4(inner)
    return _is_public_4(found)


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _NEVER)


def _is_public_6(address: IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and address in _EVERYWHERE


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The address of the older kind that one of the newer stands for, by four conventions."""
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour
