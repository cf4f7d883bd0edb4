"""What a package says: how its prices are made, what is free, and its amounts by currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from types import MappingProxyType

from portal.pricing.free_parts import Offer
from portal.pricing.rating import FreeZone, Pulse, Terms

OTHER_COUNTRIES = "*"


@unique
class Route(StrEnum):
    """The way a message takes: what the operator sells as plain, and as better and dearer."""

    VALUE = "value"
    PREMIUM = "premium"


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """A package's amounts in one currency, in millionths; None is a fee that is not set."""

    markup_fixed: int = 0
    addition_per_message: int = 0
    flat_fee: int | None = None
    monthly_fee: int = 0
    setup_fee: int = 0
    incoming_fee: int | None = None
    outgoing_mms_fee: int | None = None
    incoming_mms_fee: int | None = None
    free_zones: tuple[FreeZone, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Everything that one version of a package says."""

    amounts: Mapping[str, Amounts]
    pulse: Pulse = Pulse.PART
    markup_percent_millionths: int = 0
    on_net_free: bool = False
    refused_countries: tuple[str, ...] = ()
    refused_prefixes: tuple[str, ...] = ()
    routes: Mapping[str, Route] = field(default_factory=lambda: MappingProxyType({}))
    bundles: tuple[Offer, ...] = ()

    def terms(self, currency: str) -> Terms | None:
        """How a message is priced in a currency; None: the package has no amounts in it."""
        amounts = self.amounts.get(currency)
        if amounts is None:
            return None
        return Terms(
            currency=currency,
            refused_countries=frozenset(self.refused_countries),
            refused_prefixes=self.refused_prefixes,
            on_net_free=self.on_net_free,
            free_zones=amounts.free_zones,
            flat=amounts.flat_fee,
            fixed=amounts.markup_fixed,
            percent_millionths=self.markup_percent_millionths,
            pulse=self.pulse,
            addition=amounts.addition_per_message,
        )

    def terms_in_parts(self, currency: str) -> Terms:
        """How a message is priced that is paid in parts: the package's rules, amounts or none."""
        amounts = self.amounts.get(currency, Amounts())
        found = replace(self, amounts={currency: amounts}).terms(currency)
        assert found is not None
        return found

    def route(self, country: str) -> Route:
        """The way to a country; value where nothing is said."""
        return self.routes.get(country) or self.routes.get(OTHER_COUNTRIES, Route.VALUE)
