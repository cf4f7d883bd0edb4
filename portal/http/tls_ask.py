"""Whether a certificate may be asked for: for the program in front that ends TLS."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from portal.http import tenant
from portal.http.actor import anonymous
from portal.http.wiring import current
from portal.tenancy import hostnames

_TEXT = "text/plain; charset=utf-8"


def register(app: Flask) -> None:
    """Add the address to an application."""
    app.add_url_rule("/internal/tls-ask", "tls_ask", tls_ask)


@anonymous
def tls_ask() -> Response:
    """Yes (200) for a name of ours that leads here; everything else is no (404).

    It costs one look into a table, so that nobody can make it slow by asking for many names, and
    only programs on this machine are answered, so that nobody can learn by it which names are ours.

    Raises:
        NotFound: somebody else asks.
    """
    if not tenant.asked_by_neighbour():
        raise NotFound
    name = hostnames.normalise(request.args.get("domain", ""))
    if name is not None and current().tenants.may_have_certificate(name):
        return Response("yes\n", content_type=_TEXT)
    return Response("no\n", status=404, content_type=_TEXT)
