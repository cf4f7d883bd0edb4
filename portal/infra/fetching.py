"""Fetch a file from an address that somebody typed, without being led to where nobody may look.

The name is resolved once; every address that it has must be a public one, and the connection goes
to exactly that address, so that a name which answers otherwise the second time gains nothing. A
redirection is looked at in the same way before it is followed.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import idna

from portal.infra import outgoing, public_addresses

SECONDS_MAX: Final = 10.0
REDIRECTIONS_MAX: Final = 3
ADDRESS_LENGTH_MAX: Final = 2_000
_CHUNK_BYTES: Final = 64 * 1024
_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "Mozilla/5.0 (pictures)"}
_LEGIBLE: Final = re.compile(r"[\x21-\x7e]+")


class Refusal(StrEnum):
    """Why nothing was fetched."""

    NO_ADDRESS = "this is no address of a file, as in https://example.com/logo.png"
    NOT_PUBLIC = "the address is none of the public internet"
    NO_ANSWER = "nobody answers there"
    NOT_THERE = "there is no file at this address"
    TOO_LARGE = "the file is too large"
    TOO_SLOW = "it took too long"
    TOO_FAR = "the address leads on and on"


class NotFetched(Exception):
    """Nothing was fetched; says why, and no more than whoever typed the address may know."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def resolved(host: str, port: int) -> list[str]:
    """Every numeric address of a name.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Where one may go; tests go to themselves."""

    ports: frozenset[int] = frozenset({80, 443, 8443})
    is_allowed: Callable[[str], bool] = public_addresses.is_public
    resolve: Callable[[str, int], list[str]] = resolved
    seconds_max: float = SECONDS_MAX


PUBLIC: Final = Rules()


def fetch(url: str, *, bytes_max: int, rules: Rules = PUBLIC) -> bytes:
    """The body of the file at an address, whole.

    Raises:
        NotFetched: saying why.
        CalledInsideTransaction: a fault of ours; nothing was asked.
    """
    ends_at = time.monotonic() + rules.seconds_max
    with outgoing.call("fetch"):
        for _ in range(REDIRECTIONS_MAX + 1):
            found = _asked(url, bytes_max=bytes_max, rules=rules, ends_at=ends_at)
            if isinstance(found, bytes):
                return found
            url = urljoin(url, found)
    raise NotFetched(Refusal.TOO_FAR)


def _asked(url: str, *, bytes_max: int, rules: Rules, ends_at: float) -> bytes | str:
    """The body, or where it leads on to."""
    parts, host, port = _read(url, rules)
    address = _address(host, port, rules)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port)
    try:
        sockets: list[socket.socket] = [
            socket.create_connection((address, port), timeout=_left(ends_at))
        ]
        connection.sock = sockets[0]
        with _until(ends_at, sockets):
            if parts.scheme == "https":
                encrypted = ssl.create_default_context().wrap_socket(
                    sockets[0], server_hostname=host, do_handshake_on_connect=False
                )
                connection.sock = encrypted
                sockets.append(encrypted)
                encrypted.do_handshake()
            connection.request("GET", path, headers=_HEADERS)
            with closing(connection.getresponse()) as answer:
                return _read_answer(answer, bytes_max=bytes_max)
    except (OSError, http.client.HTTPException, UnicodeError):
        _left(ends_at)
        raise NotFetched(Refusal.NO_ANSWER) from None
    finally:
        connection.close()


def _read_answer(answer: http.client.HTTPResponse, *, bytes_max: int) -> bytes | str:
    leads_to = answer.getheader("Location")
    if answer.status in _REDIRECTING and leads_to:
        return leads_to
    if answer.status != HTTPStatus.OK:
        raise NotFetched(Refusal.NOT_THERE)
    body = bytearray()
    while chunk := answer.read1(_CHUNK_BYTES):
        body += chunk
        if len(body) > bytes_max:
            raise NotFetched(Refusal.TOO_LARGE)
    if answer.length:
        raise http.client.IncompleteRead(bytes(body), answer.length)
    return bytes(body)


@contextmanager
def _until(ends_at: float, sockets: Sequence[socket.socket]) -> Iterator[None]:
    """Break the connection when the time is over: no drop of data may win it some more.

    The last of the sockets is the connection; encrypting puts another in the place of the first.
    """

    def cut() -> None:
        with suppress(OSError):
            # Not by the method of an encrypted one, which another thread is reading from.
            socket.socket.shutdown(sockets[-1], socket.SHUT_RDWR)

    watch = threading.Timer(_left(ends_at), cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _read(url: str, rules: Rules) -> tuple[SplitResult, str, int]:
    if len(url) > ADDRESS_LENGTH_MAX or not _LEGIBLE.fullmatch(url):
        raise NotFetched(Refusal.NO_ADDRESS)
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        host = parts.hostname or ""
        host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except (ValueError, KeyError):
        raise NotFetched(Refusal.NO_ADDRESS) from None
    if not host or parts.username is not None or parts.password is not None:
        raise NotFetched(Refusal.NO_ADDRESS)
    if port not in rules.ports:
        raise NotFetched(Refusal.NOT_PUBLIC)
    return parts, host, port


def _address(host: str, port: int, rules: Rules) -> str:
    """The numeric address to connect to, after a look at all that the name has."""
    try:
        addresses = rules.resolve(host, port)
    except (OSError, UnicodeError):
        raise NotFetched(Refusal.NO_ANSWER) from None
    if not addresses or not all(rules.is_allowed(each) for each in addresses):
        raise NotFetched(Refusal.NOT_PUBLIC)
    return addresses[0]


def _left(ends_at: float) -> float:
    """How many seconds are left; refuses where none are."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise NotFetched(Refusal.TOO_SLOW)
    return left
