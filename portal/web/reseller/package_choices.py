"""The packages that a sub-account can get, as the choices of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext
from wtforms import SelectChoice

from portal.pricing.conditions import Amounts
from portal.pricing.models import Package
from portal.web.parts.formats import money

NONE = ""
"""What the form says for a sub-account without a package."""


@dataclass(frozen=True, kw_only=True)
class PackageChoices:
    """Packages by what they cost in a client's currency.

    `has_defaults` says whether sub-accounts without a package can send, at the reseller's defaults.
    """

    amounts: Mapping[Package, Amounts]
    currency: str
    has_defaults: bool

    def all(self) -> list[SelectChoice]:
        """Each package with its fees, then none."""
        return [
            *(
                SelectChoice(str(package.id), self._described(package, amounts))
                for package, amounts in self.amounts.items()
            ),
            SelectChoice(
                NONE,
                gettext("none: your defaults hold")
                if self.has_defaults
                else gettext("none: nothing can be sent"),
            ),
        ]

    def cheapest(self) -> str:
        """The choice that takes the least from a wallet at once."""
        fees = {
            str(package.id): amounts.setup_fee + amounts.monthly_fee
            for package, amounts in self.amounts.items()
        }
        return min(fees, key=fees.__getitem__, default=NONE)

    def _described(self, package: Package, amounts: Amounts) -> str:
        words = {
            "package": package.name,
            "monthly": money(amounts.monthly_fee, self.currency),
            "setup": money(amounts.setup_fee, self.currency),
        }
        if amounts.monthly_fee and amounts.setup_fee:
            said: str = gettext("%(package)s (%(monthly)s a month, %(setup)s once)", **words)
        elif amounts.monthly_fee:
            said = gettext("%(package)s (%(monthly)s a month)", **words)
        elif amounts.setup_fee:
            said = gettext("%(package)s (%(setup)s once)", **words)
        else:
            said = package.name
        return said
