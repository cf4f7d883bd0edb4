"""Kinds of gateways, and the settings that they accept."""

import asyncio

import pytest

from portal.gateways import registry
from portal.gateways.errors import UnknownKind, WrongSettings
from portal.gateways.kannel.adapter import Kannel, KannelSettings
from portal.gateways.sandbox.adapter import Sandbox, SandboxSettings
from portal.infra import exchanging

KANNEL = {"url": "http://127.0.0.1:13013/cgi-bin/sendsms", "user": "u", "password": "p4ss"}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownKind, match="carrier_pigeon"):
        registry.check_settings("carrier_pigeon", {})


def test_every_kind_has_a_class_with_settings_of_its_own() -> None:
    assert {kind: registry.adapter_class(kind) for kind in registry.ADAPTERS} == {
        "sandbox": Sandbox,
        "kannel": Kannel,
    }
    assert Kannel.Settings is KannelSettings
    assert Sandbox.Settings is SandboxSettings


def test_secrets_are_known_by_name() -> None:
    assert registry.secret_settings("kannel") == {"password"}
    assert registry.secret_settings("sandbox") == frozenset()


def test_missing_settings_are_named_each() -> None:
    with pytest.raises(WrongSettings) as refusal:
        registry.check_settings("kannel", {})
    assert refusal.value.problems == {
        "url": "Field required",
        "user": "Field required",
        "password": "Field required",
    }


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:13013",
        "ftp://127.0.0.1/",
        "/cgi-bin/sendsms",
        "http://u:p@host/",
        "http://[::1/",
    ],
)
def test_an_address_that_is_none_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(WrongSettings) as refusal:
        registry.check_settings("kannel", {**KANNEL, "url": address})
    assert refusal.value.problems == {
        "url": "Value error, needs an address such as http://127.0.0.1:13013/cgi-bin/sendsms"
    }


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(WrongSettings) as refusal:
        registry.check_settings("kannel", {**KANNEL, "password": ["hunter2"]})
    assert refusal.value.problems.keys() == {"password"}
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("seconds", [0, -1, 51, "nan", "soon"])
def test_an_answer_takes_no_longer_than_a_lease_allows(seconds: object) -> None:
    with pytest.raises(WrongSettings) as refusal:
        registry.check_settings("kannel", {**KANNEL, "answer_seconds": seconds})
    assert refusal.value.problems.keys() == {"answer_seconds"}


def test_a_gateway_opens_with_unsealed_settings() -> None:
    async def run() -> None:
        async with exchanging.http_session() as http:
            assert isinstance(registry.open_gateway("kannel", KANNEL, http=http), Kannel)
            assert isinstance(registry.open_gateway("sandbox", {}, http=http), Sandbox)

    asyncio.run(run())
