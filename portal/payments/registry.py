"""Which providers of payments there are, and how an account with one is opened."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.infra.errors import NotFound
from portal.payments.port import Access, Provider


@dataclass(frozen=True)
class Adapter:
    """A provider: what people call it, where its class lives, and which secrets an account has."""

    label: str
    path: str
    secrets: tuple[str, ...]


# Imported on first use: a provider's own library takes a third of a second to load.
ADAPTERS: Final[Mapping[str, Adapter]] = {
    "stripe": Adapter(
        "Stripe", "portal.payments.stripe.adapter:Stripe", ("secret_key", "signing_secret")
    ),
}


def adapter(kind: str) -> Adapter:
    """What is known of a provider without loading it.

    Raises:
        NotFound: there is none of this kind.
    """
    if kind not in ADAPTERS:
        raise NotFound("provider of payments", kind)
    return ADAPTERS[kind]


def provider_class(kind: str) -> type[Provider]:
    """The class behind a kind.

    Raises:
        NotFound: there is none.
    """
    module, name = adapter(kind).path.split(":")
    found: type[Provider] = getattr(importlib.import_module(module), name)
    return found


def open_account(kind: str, access: Access) -> Provider:
    """An account ready to be asked.

    Raises:
        NotFound: there is no such provider.
    """
    return provider_class(kind)(access)
