"""The simulated PayPal of the demonstration in a thread of the tests, with what tests do to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from flask import Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.cli.paypal_double.books import PAYS, Books
from portal.cli.paypal_double.names import Hook
from portal.cli.paypal_double.server import create


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class PayPalDouble:
    """PayPal on this machine: its books can be looked into, and it can be slow or down."""

    def __init__(self) -> None:
        self.hooks: dict[str, list[Hook]] = {}
        self.books = Books(hooks=lambda client: self.hooks.get(client, []))
        self.books.tells = False
        self.delay_seconds = 0.0
        self.is_down = False
        self.asked: list[str] = []
        app = create(self.books)
        app.before_request_funcs.setdefault(None, []).insert(0, self._hindered)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def approve(self, url: str, ending: str = PAYS) -> str:
        """Have somebody agree on the page; where they are led back to."""
        answer = requests.post(url, data={"ending": ending}, allow_redirects=False, timeout=10)
        assert answer.status_code == 303
        return answer.headers["Location"]

    def newest(self) -> dict:
        """The newest event."""
        return self.books.events[-1][1]

    def count(self, call: str) -> int:
        """How often it was asked, as `POST /v2/checkout/orders`, with anything behind."""
        return sum(each.startswith(call) for each in self.asked)

    def _hindered(self) -> Response | None:
        self.asked.append(f"{request.method} {request.path}")
        time.sleep(self.delay_seconds)
        return Response("no", status=503) if self.is_down else None

    @contextmanager
    def running(self) -> Iterator[PayPalDouble]:
        """Serve inside of the block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
