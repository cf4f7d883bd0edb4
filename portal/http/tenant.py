"""Whose portal a request is for: the host name decides it, first of all and nothing else."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final

from flask import g, request
from werkzeug.wrappers import Response

from portal.http.wiring import current
from portal.tenancy import hostnames

# What programs on this machine ask, who know its address and no name of ours. No portal is looked
# up for them, so that the first two answer also when the database does not.
FOR_NEIGHBOURS: Final = ("/healthz", "/readyz", "/hooks/")


def gate(*, nowhere: Callable[[], Response]) -> Callable[[], Response | None]:
    """A check before every request: puts `g.tenant`, or answers `nowhere` to a name of nobody."""

    def check() -> Response | None:
        g.tenant = None
        if _asked_by_neighbour():
            return None
        name = hostnames.normalise(request.headers.get("Host", ""))
        if name is not None:
            g.tenant = current().tenants.find(name)
        return nowhere() if g.tenant is None else None

    return check


def _asked_by_neighbour() -> bool:
    if not request.path.startswith(FOR_NEIGHBOURS):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
