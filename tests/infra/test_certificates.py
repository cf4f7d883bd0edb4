"""The certificate that a server shows for a name."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.infra import certificates, clock
from tests.fakes import pebble


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server with a certificate for two days, that takes one connection."""
    pebble.write_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "acme.pem", tmp_path / "acme.key")
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    yield listening.getsockname()[1]
    thread.join(timeout=10)
    listening.close()


def test_when_it_ends_whoever_has_issued_it(port: int) -> None:
    until = certificates.good_until("sms.acme.test", host="127.0.0.1", port=port)
    assert until is not None
    assert 47 * 3600 < (until - clock.now()).total_seconds() < 49 * 3600


def test_where_there_is_none() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = nobody.getsockname()[1]
        assert certificates.good_until("a.test", host="127.0.0.1", port=closed) is None
    with socket.create_server(("127.0.0.1", 0)) as silent:
        until = certificates.good_until(
            "a.test", host="127.0.0.1", port=silent.getsockname()[1], seconds_max=0.2
        )
        assert until is None
