"""The simulated Stripe of the demonstration in a thread of the tests, with what tests do to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.cli.stripe_double.books import Account, Books, Hook
from portal.cli.stripe_double.server import create

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class StripeDouble:
    """Stripe on this machine: its books can be looked into, and it can be slow or down."""

    def __init__(self) -> None:
        self.hooks: dict[Account, list[Hook]] = {}
        self.books = Books(hooks=lambda account: self.hooks.get(account, []))
        self.books.tells = False
        self.delay_seconds = 0.0
        self.is_down = False
        self.loses_answers = False
        """Whether it does what it is asked, and nobody hears of it."""
        self.asked: list[str] = []
        app = create(self.books)
        app.before_request_funcs.setdefault(None, []).insert(0, self._hindered)
        self._server = make_server(
            "127.0.0.1", 0, self._losing(app), threaded=True, request_handler=_Quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def _hindered(self) -> Response | None:
        self.asked.append(f"{request.method} {request.path}")
        time.sleep(self.delay_seconds)
        return Response("no", status=503) if self.is_down else None

    def _losing(self, answered: WSGIApplication) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            if not self.loses_answers:
                return answered(environ, start)
            for _ in answered(environ, lambda *_, **__: lambda _: None):
                pass
            return Response("lost", status=503)(environ, start)

        return answer

    @contextmanager
    def running(self) -> Iterator[StripeDouble]:
        """Serve inside of the block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
