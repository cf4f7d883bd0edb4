"""Look-ups through a real server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from portal.infra import dns
from portal.infra.dns import DnsResolver, LookUpFailed
from tests.fakes.dns_server import DnsServer


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with DnsServer() as running:
        yield running


@pytest.fixture
def resolver(server: DnsServer) -> DnsResolver:
    return DnsResolver([server.address], answer_seconds=1.0)


def test_what_is_not_there_is_an_answer(server: DnsServer, resolver: DnsResolver) -> None:
    server.missing.add("nobody.test")
    assert resolver.texts("nobody.test") == []
    assert resolver.addresses("nobody.test") == []
    assert resolver.texts("empty.test") == []
    assert resolver.addresses("empty.test") == []


def test_no_answer_is_none(server: DnsServer, resolver: DnsResolver) -> None:
    server.broken.add("broken.test")
    server.table.silent.add("silent.test")
    for name in ("broken.test", "silent.test"):
        with pytest.raises(LookUpFailed):
            resolver.texts(name)
        with pytest.raises(LookUpFailed):
            resolver.addresses(name)


@pytest.mark.parametrize("name", ["a..b", "a" * 64 + ".test", "a" * 300])
def test_a_name_that_cannot_be_asked_for(resolver: DnsResolver, name: str) -> None:
    with pytest.raises(LookUpFailed):
        resolver.texts(name)


def test_texts_are_put_together_from_their_pieces(server: DnsServer, resolver: DnsResolver) -> None:
    server.table.records["_portal-proof.sms.test", "TXT"] = ['"to" "ken"', '"other one"']
    assert sorted(resolver.texts("_portal-proof.sms.test")) == ["other one", "token"]


def test_addresses_of_both_kinds_also_behind_an_alias(
    server: DnsServer, resolver: DnsResolver
) -> None:
    server.table.records["front.test", "A"] = ["192.0.2.7"]
    server.table.records["front.test", "AAAA"] = ["2001:db8:0:0:0:0:0:1"]
    server.aliases["sms.test"] = "front.test"
    assert resolver.addresses("front.test") == ["192.0.2.7", "2001:db8::1"]
    assert resolver.addresses("sms.test") == ["192.0.2.7", "2001:db8::1"]


def test_the_systems_servers_are_asked_where_none_are_named(
    server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.table.records["sms.test", "TXT"] = ['"x"']
    server.table.records["sms.test", "A"] = ["192.0.2.7"]
    host, port = server.address

    def told(resolver: dns.dns.resolver.Resolver, _: object) -> None:
        resolver.nameservers, resolver.port = [host], port

    monkeypatch.setattr(dns.dns.resolver.Resolver, "read_resolv_conf", told)
    assert dns.texts("sms.test") == ["x"]
    assert dns.addresses("sms.test") == ["192.0.2.7"]


def test_many_ask_at_once(server: DnsServer, resolver: DnsResolver) -> None:
    server.table.records["sms.test", "A"] = ["192.0.2.7"]
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(resolver.addresses("sms.test")))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [["192.0.2.7"]] * 8
