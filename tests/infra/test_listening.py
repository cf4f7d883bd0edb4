"""A port is refused with a sentence when it is taken, and asked whether it answers."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from portal.infra import listening
from portal.infra.processes import CannotStart


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def port() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_taken_port_is_refused(port: int) -> None:
    with pytest.raises(CannotStart) as refused:
        listening.refuse_taken("127.0.0.1", port)
    assert str(refused.value) == (
        f"Port {port} is taken by another program; choose another with --port."
    )


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStart) as refused:
        listening.refuse_taken("192.0.2.1", 8000)
    assert str(refused.value) == (
        "Nothing can listen on 192.0.2.1, port 8000 (Cannot assign requested address)."
    )


def test_a_free_port_is_still_free_afterwards() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listening.refuse_taken("127.0.0.1", port)
    listening.refuse_taken("127.0.0.1", port)
    assert not listening.answers("127.0.0.1", port, path="/readyz")


def test_only_a_good_answer_counts(port: int) -> None:
    assert listening.answers("127.0.0.1", port, path="/readyz")
    assert not listening.answers("127.0.0.1", port, path="/other")


def test_who_listens_everywhere_is_asked_here(port: int) -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - asked, not listened on
    assert listening.answers(everywhere, port, path="/readyz")


def test_what_is_not_http_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def babble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        assert not listening.answers("127.0.0.1", port, path="/readyz")
        thread.join()


def test_another_setting_is_named_where_it_is_that_one(port: int) -> None:
    with pytest.raises(CannotStart, match="choose another with PORTAL_HTTPS_PORT"):
        listening.refuse_taken("127.0.0.1", port, setting="PORTAL_HTTPS_PORT")
    with pytest.raises(CannotStart, match="is taken by another program"):
        listening.refuse_taken("", port)


def test_whether_somebody_takes_connections(port: int) -> None:
    assert listening.accepts("127.0.0.1", port)
    assert listening.accepts("", port)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert not listening.accepts("127.0.0.1", free.getsockname()[1])
