"""A DNS server in a thread of the test's own: it knows the records that it is given."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer:
    """Records by name and kind, written as in a zone file; what is not in it does not exist."""

    port: int = 0
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    broken: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def setting(self) -> str:
        """What `PORTAL_DNS_SERVERS` says of it."""
        return f"127.0.0.1:{self.port}"

    def answer(self, raw: bytes) -> bytes:
        query = dns.message.from_wire(raw)
        question = query.question[0]
        name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{kind} {name}")
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply.to_wire()
        found = self.records.get((name.rstrip("."), kind))
        if found:
            reply.answer.append(dns.rrset.from_text(name, 1, "IN", kind, *found))
        elif not any(known == name.rstrip(".") for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


@contextmanager
def name_server() -> Iterator[NameServer]:
    """Answers on a port of its own."""
    kept = NameServer()

    class Answering(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            raw, line = self.request
            line.sendto(kept.answer(raw), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Answering) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
