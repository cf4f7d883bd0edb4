"""What `[deposits]` and `[invoices]` may say; secrets are in neither."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, model_validator

from portal.invoicing import tax_ids
from portal.invoicing.tax_ids import TaxIdUnfit
from portal.provisioning.values import (
    Amount,
    Country,
    Currency,
    Email,
    LineOrNone,
    OfferedLanguage,
    Table,
)
from portal.tenancy.deposit_rules import AMOUNTS_MAX, LEAST_MIN, MOST_MAX, TEXT_LENGTH_MAX
from portal.tenancy.invoice_rules import (
    NOTE_LENGTH_MAX,
    PREFIX,
    PREFIX_LENGTH_MAX,
    RATE_MAX,
    RATE_UNIT,
)

_PERCENT: Final = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,3}))?", re.ASCII)


def _rate(value: object) -> int:
    """A percentage in quotes, in thousandths."""
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    rate = int(found[1]) * RATE_UNIT + int((found[2] or "").ljust(3, "0")) if found else -1
    if not 0 <= rate <= RATE_MAX:
        raise ValueError('is to be a percentage in quotes up to "50", as in "19" or "5.5"')
    return rate


_Rate = Annotated[int, BeforeValidator(_rate)]
_Words = Annotated[str, Field(max_length=TEXT_LENGTH_MAX)]


class _Named(Table):
    """A table of which only what it says is changed."""

    def chosen(self) -> dict[str, Any]:
        """What the file names, as the portal keeps it."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class DepositsTable(_Named):
    """`[deposits]`: what clients may pay in; what is left out stays as it is."""

    amounts: list[Amount] | None = Field(
        None, max_length=AMOUNTS_MAX, description='the buttons, as in ["10", "20", "50"]'
    )
    other_amounts: bool | None = Field(None, description="true or false")
    least: Amount | None = Field(None, ge=LEAST_MIN, description='the smallest, from "1" up')
    most: Amount | None = Field(None, le=MOST_MAX, description='the largest, up to "100000"')
    currencies: list[Currency] | None = Field(
        None, description='as in ["EUR", "USD"]; [] is all that packages have prices in'
    )
    refund_text: _Words | None = Field(None, description="what you say of giving deposits back")
    refund_texts: dict[OfferedLanguage, _Words] | None = Field(
        None, description='the same in other languages, as in { de = "…" }'
    )
    ask_terms: bool | None = Field(None, description="true or false")

    @model_validator(mode="after")
    def _fits_together(self) -> DepositsTable:
        if self.least is not None and self.most is not None and self.most < self.least:
            raise ValueError("most is below least")
        for each in self.amounts or ():
            if each < (self.least or LEAST_MIN) or each > (self.most or MOST_MAX):
                raise ValueError("one of the amounts is below least or above most")
        return self

    def chosen(self) -> dict[str, Any]:
        """What the file names, as the portal keeps it."""
        lists = {"amounts", "currencies"}
        return {
            name: tuple(value) if name in lists else value
            for name, value in super().chosen().items()
        }


class InvoicesTable(_Named):
    """`[invoices]`: whose invoices are made, with which VAT; what is left out stays as it is."""

    issuing: bool | None = Field(None, description="true makes one for each deposit")
    name: LineOrNone | None = Field(None, max_length=100, description="of your firm")
    address: LineOrNone | None = Field(None, max_length=200, description="street and number")
    postal_code: LineOrNone | None = Field(None, max_length=20, description="as in 10115")
    city: LineOrNone | None = Field(None, max_length=80, description="as in Berlin")
    country: Country | None = Field(None, description="as in DE")
    email: Email | None = Field(None, description="for questions about invoices")
    register_number: LineOrNone | None = Field(None, max_length=60, description="of your firm")
    tax_number: LineOrNone | None = Field(None, max_length=40, description="of your tax office")
    vat_id: LineOrNone | None = Field(None, max_length=40, description="as in DE136695976")
    charges_vat: bool | None = Field(None, description="true or false")
    rates: dict[Country, _Rate] | None = Field(
        None, description='VAT in percent by country, as in { DE = "19", AT = "20" }'
    )
    reverse_charge: bool | None = Field(None, description="true or false")
    tax_currency: Currency | None = Field(None, description="what your tax office counts in")
    note: str | None = Field(None, max_length=NOTE_LENGTH_MAX, description="below each invoice")
    payment_note: str | None = Field(
        None, max_length=NOTE_LENGTH_MAX, description="about the payment"
    )
    prefix: str | None = Field(
        None,
        max_length=PREFIX_LENGTH_MAX,
        pattern=rf"^{PREFIX}$",
        description="what numbers begin with: letters, digits and . / _ -",
    )

    @model_validator(mode="after")
    def _vat_id_is_one(self) -> InvoicesTable:
        if self.vat_id:
            if self.country is None:
                raise ValueError("vat_id needs country beside it")
            try:
                tax_ids.vat_id(self.vat_id, country=self.country)
            except TaxIdUnfit:
                raise ValueError(f"vat_id is no VAT id of {self.country}") from None
        return self

    def chosen(self) -> dict[str, Any]:
        """What the file names, as the portal keeps it."""
        found = super().chosen()
        if self.vat_id and self.country is not None:
            found["vat_id"] = tax_ids.vat_id(self.vat_id, country=self.country)
        return found
