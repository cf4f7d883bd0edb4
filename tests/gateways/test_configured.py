"""Gateways are stored with their secrets sealed, and found by name and by token."""

from __future__ import annotations

import pytest

from portal.gateways import configured
from portal.gateways.errors import (
    GatewayNameTaken,
    UnknownKind,
    UnreadableReport,
    WrongSettings,
)
from portal.gateways.port import Outcome
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault

VAULT = Vault("tests-have-a-secret-of-their-own-too")
SETTINGS = {"url": "http://127.0.0.1:13013/cgi-bin/sendsms", "user": "sms", "password": "s3cret"}


def test_what_the_adapter_refuses_is_not_stored(session: ResellerSession) -> None:
    with pytest.raises(UnknownKind):
        configured.create(session, vault=VAULT, kind="pigeon", name="Main", settings={})
    with pytest.raises(WrongSettings) as refused:
        configured.create(
            session, vault=VAULT, kind="kannel", name="Main", settings=SETTINGS | {"port": 7}
        )
    assert list(refused.value.problems) == ["port"]
    assert "s3cret" not in str(refused.value)
    with pytest.raises(NotFound):
        configured.by_name(session, "Main")


def test_a_name_is_taken_once(session: ResellerSession) -> None:
    configured.create(session, vault=VAULT, kind="kannel", name="Main", settings=SETTINGS)
    with pytest.raises(GatewayNameTaken):
        configured.create(session, vault=VAULT, kind="sandbox", name="Main", settings={})


def test_secrets_are_sealed_for_this_gateway_alone(session: ResellerSession) -> None:
    first, second = (
        configured.create(session, vault=VAULT, kind="kannel", name=name, settings=SETTINGS)
        for name in ("First", "Second")
    )

    assert first.settings["password"].startswith("sealed:")
    assert first.settings["user"] == "sms"
    assert configured.settings_of(first, vault=VAULT) == SETTINGS

    first.settings = second.settings
    with pytest.raises(Unsealable):
        configured.settings_of(first, vault=VAULT)
    with pytest.raises(Unsealable):
        configured.settings_of(second, vault=Vault("another secret of this installation"))


def test_only_what_was_told_is_stored(session: ResellerSession) -> None:
    made = configured.create(
        session, vault=VAULT, kind="sandbox", name="Slow", settings={"report_seconds": "3"}
    )
    assert made.settings == {"report_seconds": 3.0}


def test_tokens_differ_and_find_their_gateway(session: ResellerSession) -> None:
    first, second = (
        configured.create(session, vault=VAULT, kind="sandbox", name=name, settings={})
        for name in ("First", "Second")
    )
    assert first.hook_token != second.hook_token
    assert len(first.hook_token) == 32
    assert configured.by_hook_token(session, second.hook_token) is second
    with pytest.raises(NotFound):
        configured.by_hook_token(session, "")


def test_switching(session: ResellerSession) -> None:
    made = configured.create(session, vault=VAULT, kind="sandbox", name="Main", settings={})
    assert made.enabled
    assert not configured.switch(session, name="Main", enabled=False).enabled
    assert configured.switch(session, name="Main", enabled=True).enabled


def test_reading_a_report_calls_nobody(session: ResellerSession) -> None:
    made = configured.create(session, vault=VAULT, kind="kannel", name="Main", settings=SETTINGS)
    query = {"ref": "1-576460752303423488-1", "type": "1", "reply": "", "ts": "1794268800"}

    read = configured.read_report(made, vault=VAULT, query=query, body=b"")

    assert (read.reference, read.outcome) == (query["ref"], Outcome.DELIVERED)
    with pytest.raises(UnreadableReport):
        configured.read_report(made, vault=VAULT, query={}, body=b"garbage")
