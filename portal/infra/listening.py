"""Asks whether a port can be listened on, and whether somebody answers there."""

from __future__ import annotations

import errno
import http.client
import socket
from typing import Final

from portal.infra.processes import CannotStart

# Whoever listens on all addresses is asked on the one of this machine.
_ASK_INSTEAD: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not listened on


def connectable(host: str) -> str:
    """The address of this machine by which whoever listens on `host` is reached from here."""
    return _ASK_INSTEAD.get(host, host)


def refuse_taken(host: str, port: int, *, setting: str = "--port") -> None:
    """See that a program of ours can listen there; `setting` says where else it could be told to.

    Raises:
        CannotStart: it cannot.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            refusal = f"Port {port} is taken by another program; choose another with {setting}."
        elif error.errno == errno.EACCES:
            refusal = f"Port {port} is for root alone; choose one above 1023 with {setting}."
        else:
            refusal = (
                f"Nothing can listen on {host or 'this machine'}, port {port} ({error.strerror})."
            )
        raise CannotStart(refusal) from None


def free_port(host: str) -> int:
    """A port of this machine that nobody listens on at the moment."""
    with socket.create_server((host, 0)) as attempt:
        port: int = attempt.getsockname()[1]
        return port


def accepts(host: str, port: int) -> bool:
    """Whether somebody there takes connections; an empty host is all addresses of this machine."""
    try:
        with socket.create_connection((connectable(host or "0.0.0.0"), port), timeout=1):  # noqa: S104 - not listened on
            return True
    except OSError:
        return False


def answers(host: str, port: int, *, path: str) -> bool:
    """Whether a web server there answers a GET with 200 within five seconds."""
    connection = http.client.HTTPConnection(connectable(host), port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
