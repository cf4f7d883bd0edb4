"""What can be paid in with the session's reseller: currencies, amounts, and where to."""

from __future__ import annotations

from collections.abc import Collection

from babel.numbers import get_currency_precision

from portal.infra.db import ResellerSession
from portal.ledger.units import MICROS_DIGITS
from portal.payments import accounts, registry
from portal.payments.models import PaymentAccount
from portal.tenancy import settings


def currencies(session: ResellerSession, *, priced: Collection[str], own: str) -> list[str]:
    """What a client can pay in, its own currency first.

    `priced` is what its packages have prices in (`pricing.currencies.priced`).
    """
    chosen = settings.read(session).deposits.currencies
    usable = {each for each in {*priced, own} if not chosen or each in chosen}
    return sorted(usable, key=lambda each: (each != own, each))


def amounts(session: ResellerSession, currency: str) -> list[int]:
    """The amounts of the reseller's list that can be paid in a currency."""
    rules = settings.read(session).deposits
    return [each for each in rules.amounts if rules.takes(each) and is_payable(each, currency)]


def taking(session: ResellerSession, currency: str) -> list[PaymentAccount]:
    """The accounts with providers that clients can pay to in a currency, oldest first."""
    return [
        each
        for each in accounts.offered(session)
        if each.provider in registry.ADAPTERS and registry.adapter(each.provider).takes(currency)
    ]


def keeping(session: ResellerSession, currency: str) -> list[PaymentAccount]:
    """Those of them with which a card can be kept, where the reseller lets clients have that."""
    if not settings.read(session).deposits.automatic:
        return []
    return [each for each in taking(session, currency) if registry.keeps(each.provider)]


def is_payable(amount: int, currency: str) -> bool:
    """Whether a currency has coins for this amount: no cents of a yen, no tenth of a cent."""
    step: int = 10 ** (MICROS_DIGITS - min(MICROS_DIGITS, get_currency_precision(currency)))
    return amount % step == 0
