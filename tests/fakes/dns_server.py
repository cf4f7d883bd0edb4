"""A name server on this machine that says what a test has told it, over UDP as real ones do."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from portal.infra.dns import LookUpFailed


class FakeDns:
    """What a `Resolver` is asked, answered from a table; a name in `silent` is never answered."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.silent: set[str] = set()
        self.asked: list[str] = []

    def texts(self, name: str) -> list[str]:
        return self._answer(name, "TXT")

    def addresses(self, name: str) -> list[str]:
        return self._answer(name, "A") + self._answer(name, "AAAA")

    def mail_servers(self, name: str) -> list[str]:
        return [each.split()[-1] for each in self._answer(name, "MX")]

    def _answer(self, name: str, kind: str) -> list[str]:
        self.asked.append(f"{kind} {name}")
        if name in self.silent:
            raise LookUpFailed("silent")
        return self.records.get((name, kind), [])


class DnsServer:
    """The same table behind a socket; use as a context manager."""

    def __init__(self) -> None:
        self.table = FakeDns()
        self.aliases: dict[str, str] = {}
        self.missing: set[str] = set()
        self.broken: set[str] = set()
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return host, port

    def __enter__(self) -> DnsServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):  # wakes the thread that waits for a question
            self._socket.sendto(b"", self.address)
        self._thread.join(timeout=5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(4096)
            if not question:
                return
            answer = self._answer(dns.message.from_wire(question))
            if answer is not None:
                self._socket.sendto(answer.to_wire(), asker)

    def _answer(self, question: dns.message.Message) -> dns.message.Message | None:
        asked = question.question[0]
        name = asked.name.to_text(omit_final_dot=True)
        if name in self.table.silent:
            return None
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        if name in self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        if name in self.missing:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer
        if name in self.aliases:
            alias = f"{self.aliases[name]}."
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", alias))
            name = self.aliases[name]
        kind = dns.rdatatype.to_text(asked.rdtype)
        found = self.table.records.get((name, kind), [])
        if found:
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *found))
        return answer
