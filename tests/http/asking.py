"""Requests as they come over the wire, and what is said of every answer."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

SUNNY = "http://sunny.localhost:8000"
HARBOUR = "http://harbour.localhost:8000"
CONSOLE = "http://console.localhost:8000"


def ask(app: Flask, path: str, base_url: str = SUNNY, **options: object) -> TestResponse:
    """One request of a browser that has no cookies."""
    return app.test_client(use_cookies=False).open(
        path, base_url=base_url, buffered=True, **options
    )


def raw(app: Flask, method: str, path: str, query: str = "", **environ: object) -> TestResponse:
    """One request with an environment that a client would not make."""
    given = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "sunny.localhost:8000"}
    return app.test_client(use_cookies=False).open(
        "/", base_url=SUNNY, method=method, buffered=True, environ_overrides={**given, **environ}
    )
