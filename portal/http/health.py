"""Whether this process lives, and whether it can work: for supervisors and load balancers."""

from __future__ import annotations

from flask import Flask, Response

from portal.http.actor import anonymous
from portal.http.wiring import current
from portal.infra import migrations

_TEXT = "text/plain; charset=utf-8"


def register(app: Flask) -> None:
    """Add the two addresses to an application."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


@anonymous
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type=_TEXT)


@anonymous
def readyz() -> Response:
    """The database answers, and its tables are those of this version."""
    if migrations.is_up_to_date(current().database):
        return Response("ready\n", content_type=_TEXT)
    return Response("not ready\n", status=503, content_type=_TEXT, headers={"Retry-After": "2"})
