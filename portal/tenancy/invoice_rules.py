"""What a reseller settles about its invoices: whose they are, and which VAT is in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

RATE_UNIT: Final = 1_000
"""How many of a rate's steps are a percent: Québec has three digits after the point."""
RATE_MAX: Final = 50 * RATE_UNIT
PREFIX_LENGTH_MAX: Final = 12
PREFIX: Final = r"[A-Za-z0-9./_-]*"
"""What every program that reads an invoice's number can take."""
NOTE_LENGTH_MAX: Final = 500
DUE_DAYS: Final = 14
DUE_DAYS_MAX: Final = 90
EXCHANGE_UNIT: Final = 1_000_000_000
"""How many steps of an exchange rate are 1: some currencies are worth a hundred-thousandth."""
EXCHANGES_MAX: Final = 200


class Exchange(BaseModel):
    """What one unit of a currency is worth in the tax office's, from a day on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    currency: str = Field(max_length=3)
    rate: int = Field(gt=0, lt=1_000_000 * EXCHANGE_UNIT)
    on: date


class InvoiceRules(BaseModel):
    """A reseller's invoices; nothing is invoiced before `issuing` is set."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    issuing: bool = False
    name: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=200)
    postal_code: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=80)
    country: str = Field(default="", max_length=2)
    email: str = Field(default="", max_length=254)
    register_number: str = Field(default="", max_length=60)
    tax_number: str = Field(default="", max_length=40)
    """What the tax office of its own country knows it by, where that is not its VAT id."""
    vat_id: str = Field(default="", max_length=40)
    charges_vat: bool = False
    rates: Mapping[str, int] = {}
    """VAT by country, in thousandths of a percent."""
    reverse_charge: bool = False
    """Whether businesses in other countries of the EU owe the VAT themselves."""
    tax_currency: str = Field(default="", max_length=3)
    """What the tax office counts in, where invoices of other currencies are to say VAT in it."""
    exchanges: tuple[Exchange, ...] = Field(default=(), max_length=EXCHANGES_MAX)
    note: str = Field(default="", max_length=NOTE_LENGTH_MAX)
    payment_note: str = Field(default="", max_length=NOTE_LENGTH_MAX)
    due_days: int = Field(default=DUE_DAYS, ge=0, le=DUE_DAYS_MAX)
    """After how many days the operator's invoices for a month are to be paid."""
    prefix: str = Field(default="", max_length=PREFIX_LENGTH_MAX, pattern=rf"^{PREFIX}$")

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that have to be filled in before the first invoice, in their order."""
        wanted = ["name", "address", "city", "country"]
        found = [each for each in wanted if not getattr(self, each)]
        if self.charges_vat:
            if not self.vat_id and not self.tax_number:
                found.append("vat_id")
            if self.country not in self.rates:
                found.append("own_rate")
        return tuple(found)

    def exchange(self, currency: str, *, on: date) -> Exchange | None:
        """The latest rate of a currency that holds on a day; None where none was entered."""
        known = [each for each in self.exchanges if each.currency == currency and each.on <= on]
        return max(known, key=lambda each: each.on, default=None)

    @property
    def is_open(self) -> bool:
        """Whether invoices are made now."""
        return self.issuing and not self.missing
