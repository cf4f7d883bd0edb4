"""The websites whose sign-in form a portal takes: each by its origin, as browsers name it."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from portal.infra.errors import PortalError
from portal.tenancy import hostnames

SITES_MAX: Final = 20
LENGTH_MAX: Final = 300
_USUAL_PORTS: Final = {"https": 443, "http": 80}


class InvalidSite(PortalError):
    """This is no address of a website that a password may be sent from."""

    code = "invalid_site"


def origin(text: str) -> str:
    """The origin of a website's address, as in `https://www.example.com`; what follows is cut off.

    Only HTTPS is safe for a form with a password in it; HTTP is taken for this machine's own names.

    Raises:
        InvalidSite: it is none, or its connection is open to everybody on the way.
    """
    given = text.strip()
    if len(given) > LENGTH_MAX or not given.isprintable() or "\\" in given:
        raise InvalidSite(given[:LENGTH_MAX])
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise InvalidSite(given) from None
    scheme = parts.scheme.lower()
    if scheme not in _USUAL_PORTS or "@" in parts.netloc or port == 0:
        raise InvalidSite(given)
    host = _host(parts.hostname or "")
    if host is None or (scheme == "http" and not _is_own(host)):
        raise InvalidSite(given)
    shown_port = "" if port in {None, _USUAL_PORTS[scheme]} else f":{port}"
    return f"{scheme}://{host}{shown_port}"


def is_listed(header: str, *, sites: Collection[str]) -> bool:
    """Whether an `Origin` or `Referer` of a request names one of these origins."""
    try:
        return origin(header[:LENGTH_MAX]) in sites
    except InvalidSite:
        return False


def _host(name: str) -> str | None:
    """A host name with a dot, or this machine's; no address, since nobody is proven by one."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        found = hostnames.normalise(name)
        return found if found and ("." in found or found == "localhost") else None
    return None


def _is_own(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")
