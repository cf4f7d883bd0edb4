"""Ask the DNS: which texts stand at a name, and which addresses it leads to."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, Final, Protocol

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver

ANSWER_SECONDS: Final = 5.0
"""How long one look-up may take, all of its tries together."""
PORT: Final = 53


class LookUpFailed(Exception):
    """Nobody has said anything certain: a time-out, a refusal, a server that is broken."""


class Resolver(Protocol):
    """Whoever looks names up. An empty list is an answer: there is nothing of this kind."""

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name.

        Raises:
            LookUpFailed: whether there are any is not known.
        """
        ...

    def addresses(self, name: str) -> list[str]:
        """The addresses of a name, of both kinds, aliases followed, in their short form.

        Raises:
            LookUpFailed: not all of them are known.
        """
        ...

    def mail_servers(self, name: str) -> list[str]:
        """The mail servers that a name has, aliases followed; none where it takes no mail.

        Raises:
            LookUpFailed: whether there are any is not known.
        """
        ...


class DnsResolver:
    """Look-ups through these servers, or through those of the system; nothing is remembered."""

    def __init__(
        self,
        servers: Sequence[tuple[str, int]] = (),
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._servers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
        self._answer_seconds = answer_seconds

    def texts(self, name: str) -> list[str]:
        """See `Resolver`; the pieces of a record are put together, what is no text is replaced."""
        return [
            b"".join(record.strings).decode("utf-8", "replace")
            for record in self._ask(name, dns.rdatatype.TXT)
        ]

    def addresses(self, name: str) -> list[str]:
        """See `Resolver`."""
        kinds = (dns.rdatatype.A, dns.rdatatype.AAAA)
        return [_short(each.address) for kind in kinds for each in self._ask(name, kind)]

    def mail_servers(self, name: str) -> list[str]:
        """See `Resolver`."""
        named = (str(each.exchange) for each in self._ask(name, dns.rdatatype.MX))
        return [each.removesuffix(".").lower() for each in named if each != "."]

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> Sequence[Any]:
        try:
            # Made anew, since the system's servers may change while a process lives.
            resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                resolver.nameservers = self._servers
            found = resolver.resolve(
                f"{name}.", kind, raise_on_no_answer=False, lifetime=self._answer_seconds
            )
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, OSError) as failed:
            raise LookUpFailed(type(failed).__name__) from None
        return list(found)


def texts(name: str) -> list[str]:
    """The TXT records of a name, as the system's servers say; see `Resolver`."""
    return DnsResolver().texts(name)


def addresses(name: str) -> list[str]:
    """The addresses of a name, as the system's servers say; see `Resolver`."""
    return DnsResolver().addresses(name)


def _short(address: str) -> str:
    """An address as everybody writes it: `2001:db8::1` has many forms."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.inet_ntop(family, socket.inet_pton(family, address))
