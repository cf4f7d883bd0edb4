"""Which kinds of gateway there are, and how one is opened."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from pydantic import SecretStr, ValidationError

from portal.gateways.errors import UnknownKind, WrongSettings
from portal.gateways.port import Gateway, GatewaySettings


@dataclass(frozen=True)
class Adapter:
    """A kind of gateway: what people call it, and where its class lives."""

    label: str
    path: str


# Imported on first use, so that an installation pays for no adapter that it does not use.
ADAPTERS: Mapping[str, Adapter] = {
    "sandbox": Adapter("Sandbox", "portal.gateways.sandbox.adapter:Sandbox"),
    "kannel": Adapter("Kannel", "portal.gateways.kannel.adapter:Kannel"),
}


def adapter_class(kind: str) -> type[Gateway]:
    """The class behind a kind.

    Raises:
        UnknownKind: there is none.
    """
    if kind not in ADAPTERS:
        raise UnknownKind(kind)
    module, name = ADAPTERS[kind].path.split(":")
    found: type[Gateway] = getattr(importlib.import_module(module), name)
    return found


def check_settings(kind: str, settings: Mapping[str, Any]) -> GatewaySettings:
    """Settings as a form or the database has them, read by the adapter's own model.

    Raises:
        UnknownKind: there is no such adapter.
        WrongSettings: with a sentence per field, none of which repeats a value.
    """
    try:
        return adapter_class(kind).Settings.model_validate(dict(settings))
    except ValidationError as wrong:
        # `from None`: the original carries the values, secrets among them, into every trace.
        raise WrongSettings(
            {
                ".".join(str(step) for step in error["loc"]): error["msg"]
                for error in wrong.errors(include_input=False, include_url=False)
            }
        ) from None


def secret_settings(kind: str) -> frozenset[str]:
    """The names of the settings that are sealed before they are stored.

    Raises:
        UnknownKind: there is no such adapter.
    """
    fields = adapter_class(kind).Settings.model_fields
    return frozenset(name for name, field in fields.items() if field.annotation is SecretStr)


def open_gateway(kind: str, settings: Mapping[str, Any], *, http: aiohttp.ClientSession) -> Gateway:
    """A gateway ready for use, with its secrets already unsealed in `settings`.

    `http` comes from `exchanging.http_session()`, is shared by all gateways of a process, and is
    closed by whoever opened it, after the gateways.

    Raises:
        UnknownKind: there is no such adapter.
        WrongSettings: the adapter refuses the settings.
    """
    return adapter_class(kind)(check_settings(kind, settings), http=http)
