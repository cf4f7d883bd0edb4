"""An HTTP server on loopback that answers as it is told, and remembers what it was asked."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request, read to its last byte."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


Reply = Callable[["_Handler", Request], None]


def answers(
    status: int,
    body: bytes = b"",
    *,
    headers: tuple[tuple[str, str], ...] = (),
    after_seconds: float = 0.0,
) -> Reply:
    """A whole answer, a while later if wanted."""

    def reply(handler: "_Handler", _: Request) -> None:
        time.sleep(after_seconds)
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def stays_silent() -> Reply:
    """Reads, and never answers: the connection hangs until the fake stops."""

    def reply(handler: "_Handler", _: Request) -> None:
        handler.gateway.stopping.wait()
        handler.close_connection = True

    return reply


def resets() -> Reply:
    """Reads the request whole, then resets the connection."""

    def reply(handler: "_Handler", _: Request) -> None:
        # With a linger time of zero the kernel sends RST instead of FIN.
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True

    return reply


def breaks_off(status: int, body: bytes) -> Reply:
    """Promises a longer answer than it gives."""

    def reply(handler: "_Handler", _: Request) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) + 100))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return reply


def talks_rubbish(rubbish: bytes) -> Reply:
    """Sends bytes that are no HTTP."""

    def reply(handler: "_Handler", _: Request) -> None:
        handler.wfile.write(rubbish)
        handler.close_connection = True

    return reply


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"
    answered = 0

    @property
    def gateway(self) -> "HttpGateway":
        return self.server.gateway

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True, errors="strict")),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        reply = self.gateway.take(request)
        if self.answered and self.gateway.drops_reused_connections:
            reply = resets()
        self.answered += 1
        reply(self, request)

    do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815 - http.server looks for these

    def log_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the journal has it all."""


class _Server(ThreadingHTTPServer):
    gateway: "HttpGateway"
    request_queue_size = 256


@dataclass
class HttpGateway:
    """Use as a context manager. `always` is the answer; `replies`, if any, come first, in order.

    `journal` has every request, in order of arrival, whatever was answered to it.
    """

    always: Reply = field(default_factory=lambda: answers(200))
    replies: list[Reply] = field(default_factory=list)
    drops_reused_connections: bool = False
    journal: list[Request] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "HttpGateway":
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.gateway = self
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def take(self, request: Request) -> Reply:
        """Write the request down and say how to answer it."""
        with self._lock:
            self.journal.append(request)
            return self.replies.pop(0) if self.replies else self.always

    def wait_for(self, count: int, *, seconds: float = 5.0) -> list[Request]:
        """The journal, once it has `count` requests; an error where that takes too long."""
        deadline = time.monotonic() + seconds
        while len(self.journal) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.journal)} requests came, not {count}")
            time.sleep(0.01)
        return list(self.journal)


def free_port() -> int:
    """A port on loopback that nobody listens on, at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
