"""Whose portal a request is for: the host name decides it, first of all and nothing else."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from flask import g, redirect, request
from werkzeug.wrappers import Response

from portal.http import security
from portal.http.tenants import REMEMBERED_SECONDS
from portal.http.wiring import current
from portal.tenancy import hostnames

# What programs on this machine ask, who know its address and no name of ours. No portal is looked
# up for them, so that the first two answer also when the database does not.
FOR_NEIGHBOURS: Final = ("/healthz", "/readyz", "/hooks/", "/internal/")
# What visitors are not sent on from: programs keep the address that they were given, and files are
# the same under every name.
_STAYS: Final = ("/api/", "/hooks/", "/a/", "/brand/", "/media/", "/favicon", "/healthz", "/readyz")
_OF_STAFF: Final = "/reseller/"
_CHANGED: Final = "changed"


def gate(*, nowhere: Callable[[], Response]) -> Callable[[], Response | None]:
    """A check before every request: puts `g.tenant`, or answers `nowhere` to a name of nobody."""

    def check() -> Response | None:
        g.tenant = None
        if asked_by_neighbour():
            return None
        name = hostnames.normalise(request.headers.get("Host", ""))
        if name is not None:
            g.tenant = current().tenants.find(name, anew=_has_changed())
        _note_change()
        return nowhere() if g.tenant is None else None

    return check


def lead_on() -> Response | None:
    """Send a visitor on to the name in the portal's links, to the same page.

    Only who reads is sent, and nobody who is signed in: their session is of this name. A form that
    was opened under one name is answered under it, since no other has its cookies.
    """
    if g.tenant is None or not g.tenant.linked_host:
        return None
    if request.method not in {"GET", "HEAD"} or request.path.startswith(_STAYS):
        return None
    if request.cookies.get(security.cookie_name("sid")):
        return None
    settings = current().settings
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    origin = f"{settings.public_scheme}://{g.tenant.linked_host}{settings.url_port}"
    # Not to be kept by browsers: tomorrow the name in the links may be another.
    return redirect(f"{origin}{quote(request.path)}{query}", 308)


def _note_change() -> None:
    """Have whoever changes a portal say so for as long as it is remembered as it was."""
    if request.method == "POST" and request.path.startswith(_OF_STAFF):
        security.keep_cookie(_CHANGED, "1", age=timedelta(seconds=REMEMBERED_SECONDS))


def _has_changed() -> bool:
    """Whether who asks has just changed something; any process may be asked next."""
    changed = security.cookie_name(_CHANGED) in request.cookies
    return changed and request.path.startswith(_OF_STAFF)


def asked_by_neighbour() -> bool:
    """Whether a program on this machine asks for what is there for such programs."""
    if not request.path.startswith(FOR_NEIGHBOURS):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
