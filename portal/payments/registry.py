"""Which providers of payments there are, and how an account with one is opened."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.infra.config import Settings
from portal.infra.errors import NotFound
from portal.payments.port import Access, Keeper, Provider


@dataclass(frozen=True)
class Adapter:
    """A provider: what people call it, where its class lives, and which secrets an account has.

    The first of the secrets is the one by which an account is another. `api` is where its interface
    is, if not where it always is. `currencies` are those that can be paid in; all, if none is said.
    `keeper` is where the class lives that keeps cards for later; none, if it keeps none.
    """

    label: str
    path: str
    secrets: tuple[str, ...]
    api: Callable[[Settings], str]
    currencies: Collection[str] = ()
    keeper: str = ""

    def takes(self, currency: str) -> bool:
        """Whether anything can be paid in this currency."""
        return not self.currencies or currency in self.currencies


# https://developer.paypal.com/reference/currency-codes, without those for one country's accounts.
_PAYPAL_TAKES: Final = frozenset(
    {"AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "NOK",
     "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"}
)  # fmt: skip

# Imported on first use: a provider's own library takes a third of a second to load.
ADAPTERS: Final[Mapping[str, Adapter]] = {
    "stripe": Adapter(
        "Stripe",
        "portal.payments.stripe.adapter:Stripe",
        ("secret_key", "signing_secret"),
        lambda settings: settings.stripe_api,
        keeper="portal.payments.stripe.cards:StripeCards",
    ),
    "paypal": Adapter(
        "PayPal",
        "portal.payments.paypal.adapter:PayPal",
        ("client_id", "client_secret", "webhook_id"),
        lambda settings: settings.paypal_api,
        _PAYPAL_TAKES,
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
    found: type[Provider] = _loaded(adapter(kind).path)
    return found


def keeps(kind: str) -> bool:
    """Whether cards can be kept with accounts of this kind."""
    return kind in ADAPTERS and bool(ADAPTERS[kind].keeper)


def open_keeper(kind: str, access: Access) -> Keeper:
    """The kept cards of an account, ready to be asked for.

    Raises:
        NotFound: there is no such provider, or it keeps none.
    """
    path = adapter(kind).keeper
    if not path:
        raise NotFound("keeper of cards", kind)
    found: type[Keeper] = _loaded(path)
    return found(access)


def _loaded(path: str) -> Any:
    module, name = path.split(":")
    return getattr(importlib.import_module(module), name)


def pages(kind: str, settings: Settings) -> tuple[str, ...]:
    """The origins of the pages on which clients pay: what a form of ours may lead to.

    Raises:
        NotFound: there is no such provider.
    """
    return provider_class(kind).origins(adapter(kind).api(settings))


def open_account(kind: str, access: Access) -> Provider:
    """An account ready to be asked.

    Raises:
        NotFound: there is no such provider.
    """
    return provider_class(kind)(access)
