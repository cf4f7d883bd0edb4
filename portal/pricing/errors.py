"""Why there is no price for a message."""

from __future__ import annotations

from datetime import date

from portal.infra.errors import PortalError


class PricingError(PortalError):
    """A message cannot be priced; each kind carries its facts as attributes."""

    code = "refused"


class NoRate(PricingError):
    """Nothing is known of what this destination costs, so that it is sold at no price."""

    code = "no_rate"

    def __init__(self, digits: str, *, on: date) -> None:
        super().__init__(f"no wholesale rate for {digits} on {on}")
        self.digits = digits
        self.on = on


class DestinationRefused(PricingError):
    """The reseller's terms refuse this destination."""

    code = "country_not_open"

    def __init__(self, digits: str, *, country: str) -> None:
        super().__init__(f"{digits} in {country} is refused by the terms")
        self.digits = digits
        self.country = country
