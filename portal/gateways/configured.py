"""The gateways of this installation: add them, find them, read their settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import aiohttp
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.gateways import registry
from portal.gateways.errors import GatewayNameTaken
from portal.gateways.models import Gateway
from portal.gateways.port import Gateway as Opened
from portal.gateways.port import Inbound, Report
from portal.infra import clock, ids, signing
from portal.infra.errors import NotFound
from portal.infra.vault import Vault, is_sealed

HOOK_TOKEN_BITS = 192
PRIORITY = 100


def create(
    session: Session,
    *,
    vault: Vault,
    kind: str,
    name: str,
    settings: Mapping[str, Any],
    priority: int = PRIORITY,
    reseller_id: int | None = None,
    route: str | None = None,
    sender: str = "",
) -> Gateway:
    """A new gateway, enabled; its secrets are sealed before they are stored.

    Lower priorities are tried first. With a `reseller_id` it serves that reseller alone, with a
    `route` (`value`, `premium`) that route alone.

    Raises:
        UnknownKind: there is no such adapter.
        WrongSettings: the adapter refuses them; with a sentence per field.
        GatewayNameTaken: another gateway is called so.
    """
    checked = registry.check_settings(kind, settings)
    number = ids.new()
    told = checked.model_dump(mode="json", include=set(settings))
    gateway = Gateway(
        id=number,
        kind=kind,
        name=name,
        settings=told | _sealed(checked, vault, gateway_id=number),
        enabled=True,
        priority=priority,
        reseller_id=reseller_id,
        route=route,
        hook_token=signing.random_token(HOOK_TOKEN_BITS),
        sender=sender,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():  # the unique name decides
            session.add(gateway)
    except IntegrityError:
        raise GatewayNameTaken(name) from None
    return gateway


def listed(session: Session) -> list[Gateway]:
    """All gateways, those tried first at the top."""
    return list(session.scalars(select(Gateway).order_by(Gateway.priority, Gateway.id)))


def journals(session: Session) -> list[Path]:
    """The files that sandboxes write down what they were given in."""
    written = (each.settings.get("journal") for each in listed(session) if each.kind == "sandbox")
    return [Path(each) for each in written if isinstance(each, str)]


def by_name(session: Session, name: str) -> Gateway:
    """The gateway called so.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(select(Gateway).where(Gateway.name == name)).one_or_none()
    if found is None:
        raise NotFound("gateway", name)
    return found


def by_hook_token(session: Session, token: str) -> Gateway:
    """The gateway that calls back with this token, be it enabled or not: old messages go on.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(select(Gateway).where(Gateway.hook_token == token)).one_or_none()
    if found is None:
        raise NotFound("gateway", "with this token")
    return found


def switch(session: Session, *, name: str, enabled: bool) -> Gateway:
    """Let messages go out through it, or no longer; reports are read either way.

    Raises:
        NotFound: there is none of this name.
    """
    gateway = by_name(session, name)
    gateway.enabled = enabled
    return gateway


def settings_of(gateway: Gateway, *, vault: Vault) -> dict[str, Any]:
    """Its settings with the secrets opened, ready for `registry.open_gateway`.

    Raises:
        Unsealable: the installation's secret is another one now.
    """
    purpose = _purpose(gateway.id)
    return {
        name: vault.open(value, purpose=purpose) if is_sealed(value) else value
        for name, value in gateway.settings.items()
    }


def read_report(gateway: Gateway, *, vault: Vault, query: Mapping[str, str], body: bytes) -> Report:
    """What a callback says, read by the gateway's adapter.

    Raises:
        UnreadableReport: it names no submission of ours.
        Unsealable: the installation's secret is another one now.
    """
    return _reading(gateway, vault=vault).parse_report(query, body)


def read_inbound(
    gateway: Gateway, *, vault: Vault, query: Mapping[str, str], body: bytes
) -> Inbound:
    """The message that came in, read by the gateway's adapter.

    Raises:
        UnreadableInbound: nothing can be made of it.
        Unsealable: the installation's secret is another one now.
    """
    return _reading(gateway, vault=vault).parse_inbound(query, body)


def _reading(gateway: Gateway, *, vault: Vault) -> Opened:
    """Reading calls nobody, so there is no HTTP session to hand over."""
    nobody = cast("aiohttp.ClientSession", None)
    return registry.open_gateway(gateway.kind, settings_of(gateway, vault=vault), http=nobody)


def _sealed(checked: object, vault: Vault, *, gateway_id: int) -> dict[str, str]:
    return {
        name: vault.seal(value.get_secret_value(), purpose=_purpose(gateway_id))
        for name, value in vars(checked).items()
        if isinstance(value, SecretStr)
    }


def _purpose(gateway_id: int) -> str:
    return f"gateway:{gateway_id}"
