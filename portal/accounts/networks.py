"""From where a key is taken: addresses and networks, IPv4 and IPv6, as people write them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from portal.infra.errors import PortalError

NETWORKS_MAX: Final = 20
LENGTH_MAX: Final = 43
"""Of the longest one, an IPv6 network written in full."""

_Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address


class NetworkInvalid(PortalError):
    """This is no address and no network; `nearest` is one that may be meant, or empty."""

    code = "network_invalid"

    def __init__(self, given: str, *, nearest: str = "") -> None:
        super().__init__(f"{given!r} is no network")
        self.given = given
        self.nearest = nearest


class TooManyNetworks(PortalError):
    """More networks than anybody looks through."""

    code = "too_many_networks"


def read(lines: Iterable[str]) -> list[str]:
    """The networks that are written here, each once and in one form; an address is one alone.

    Raises:
        NetworkInvalid: for the first that is none. One that is everybody is none either.
        TooManyNetworks: there are more than `NETWORKS_MAX`.
    """
    found = dict.fromkeys(str(_network(line.strip())) for line in lines if line.strip())
    if len(found) > NETWORKS_MAX:
        raise TooManyNetworks(f"{NETWORKS_MAX} networks are the most")
    return list(found)


def holds(networks: Iterable[str], address: str) -> bool:
    """Whether an address is in one of these networks; none of them at all hold every address."""
    listed = [ipaddress.ip_network(each) for each in networks]
    if not listed:
        return True
    try:
        seen = _plain(ipaddress.ip_address(address))
    except ValueError:
        return False
    return any(seen in each for each in listed)


def _network(given: str) -> _Network:
    try:
        network = ipaddress.ip_network(given)
    except ValueError:
        raise NetworkInvalid(given[:LENGTH_MAX], nearest=_nearest(given)) from None
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise NetworkInvalid(given[:LENGTH_MAX], nearest=str(network.network_address.ipv4_mapped))
    if network.prefixlen == 0 or getattr(network.network_address, "scope_id", None):
        raise NetworkInvalid(given[:LENGTH_MAX])
    return network


def _nearest(given: str) -> str:
    """The network of an address that was written with a size: 10.0.0.5/8 is in 10.0.0.0/8."""
    try:
        return str(ipaddress.ip_network(given, strict=False))
    except ValueError:
        return ""


def _plain(address: _Address) -> _Address:
    """An IPv4 address that came as an IPv6 one, as it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
