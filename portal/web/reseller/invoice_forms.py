"""The form of a reseller's invoices: whose they are, which VAT is in them, their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from flask import g
from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    Length,
    NumberRange,
    Optional,
    Regexp,
    StopValidation,
    ValidationError,
)

from portal.http.language import locale
from portal.invoicing import tax_ids
from portal.invoicing.tax_ids import TaxIdUnfit
from portal.pricing import destinations
from portal.tenancy.invoice_rules import (
    DUE_DAYS,
    DUE_DAYS_MAX,
    NOTE_LENGTH_MAX,
    PREFIX,
    PREFIX_LENGTH_MAX,
    RATE_MAX,
    RATE_UNIT,
    InvoiceRules,
)
from portal.web.parts import exchange_rates, forms
from portal.web.parts.exchange_rates import ExchangesField
from portal.web.parts.forms import Form, is_email, text, trimmed

_PERCENT: Final = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,3}))?\s*%?", re.ASCII)
_LINE: Final = re.compile(r"(?P<country>.*?)[\s:=]+(?P<rate>[0-9][0-9.,]*\s*%?)")
_RATES_LENGTH_MAX: Final = 2_000
_DAYS: Final = lazy_gettext("Write a number from 0 to 90.")


def read_rate(typed: str) -> int | None:
    """A rate in thousandths of a percent; None if it is none."""
    found = _PERCENT.fullmatch(typed.strip())
    if found is None:
        return None
    rate = int(found[1]) * RATE_UNIT + int((found[2] or "").ljust(3, "0"))
    return rate if rate <= RATE_MAX else None


def written_rate(rate: int) -> str:
    """A rate as the form shows it."""
    return f"{(Decimal(rate) / RATE_UNIT).normalize():f}"


class RateField(StringField):
    """A percentage; `rate` is None while it is empty."""

    rate: int | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed.

        Raises:
            StopValidation: it is no percentage, or more than half.
        """
        if not self.data:
            return
        self.rate = read_rate(self.data)
        if self.rate is None:
            raise StopValidation(gettext("Write a percentage up to 50, as in 19 or 5.5."))


class RatesField(TextAreaField):
    """A country and its rate in each line; `rates` is by country."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rates: dict[str, int] = {}

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, and name the first line that is wrong.

        Raises:
            StopValidation: one is.
        """
        for line in (self.data or "").splitlines():
            if not line.strip():
                continue
            found = _LINE.fullmatch(line.strip())
            code = _country(found["country"]) if found else None
            rate = read_rate(found["rate"]) if found else None
            if code is None or rate is None:
                raise StopValidation(
                    gettext(
                        "%(line)s is not a country and its rate. Write as in AT 20.", line=line[:40]
                    )
                )
            if code in self.rates:
                raise StopValidation(gettext("%(typed)s is there twice.", typed=line[:40]))
            self.rates[code] = rate


def _country(typed: str) -> str | None:
    """The code of a country by its code, or by its name in English or the reader's language."""
    given = typed.strip()
    if destinations.dial_code(given.upper()) is not None:
        return given.upper()
    for each in (locale().parse("en"), locale()):
        for code, name in each.territories.items():
            if name.casefold() == given.casefold() and destinations.dial_code(code) is not None:
                return str(code)
    return None


class InvoiceForm(Form):
    """All of it; what is not complete can be kept, as long as no invoices are made."""

    issuing = BooleanField(
        lazy_gettext("Make an invoice for each deposit"),
        description=lazy_gettext(
            "It gets its number when the money is credited. It can never be changed: what is"
            " refunded gets a credit note."
        ),
    )
    name = text(lazy_gettext("Name of your firm"), length_max=100)
    address = text(lazy_gettext("Street and number"), length_max=200)
    postal_code = text(lazy_gettext("Postal code"), length_max=20)
    city = text(lazy_gettext("City"), length_max=80)
    country = SelectField(lazy_gettext("Country"))
    email = StringField(lazy_gettext("E-mail"), [Optional(), is_email], filters=[trimmed])
    register_number = text(lazy_gettext("Number in the register of firms"), length_max=60)
    tax_number = text(lazy_gettext("Tax number"), length_max=40)
    vat_id = StringField(
        lazy_gettext("VAT id"),
        [Optional(), Length(max=40)],
        filters=[trimmed],
        description=lazy_gettext("Its check digits are looked at, as in DE136695976."),
    )
    charges_vat = BooleanField(lazy_gettext("You charge VAT"))
    own_rate = RateField(
        lazy_gettext("VAT in your own country, in percent"), [Optional(), Length(max=12)]
    )
    other_rates = RatesField(
        lazy_gettext("VAT in other countries"),
        [Optional(), Length(max=_RATES_LENGTH_MAX)],
        description=lazy_gettext(
            "A country and its rate in each line, as in AT 20. Inside the EU, clients in a country"
            " that is not here pay the rate of yours. Clients anywhere else pay none."
        ),
        render_kw={"rows": "5"},
    )
    reverse_charge = BooleanField(
        lazy_gettext("Businesses in other countries of the EU pay no VAT to you"),
        description=lazy_gettext(
            "Reverse charge: for clients whose tax id is a good VAT id of their country."
        ),
    )
    tax_currency = SelectField(
        lazy_gettext("Your tax office counts in"),
        description=lazy_gettext(
            "Invoices in another currency then say the VAT in this one too: tax offices want that."
        ),
    )
    exchanges = ExchangesField(
        lazy_gettext("Exchange rates"),
        [Optional(), Length(max=exchange_rates.LENGTH_MAX)],
        description=lazy_gettext(
            "A currency, what one unit of it is worth, and since which day, in each line, as in"
            " USD 0.9213 2026-11-01. The latest rate that holds on the day of the payment is taken."
        ),
        render_kw={"rows": "4"},
    )
    prefix = StringField(
        lazy_gettext("Numbers begin with"),
        [
            Optional(),
            Length(max=PREFIX_LENGTH_MAX),
            Regexp(
                PREFIX + "$",
                message=lazy_gettext("Letters, digits and . / _ - only, and no blanks."),
            ),
        ],
        filters=[trimmed],
        description=lazy_gettext(
            "The year and a number come behind it. Each year, and each other beginning, starts"
            " with 1."
        ),
    )
    due_days = IntegerField(
        lazy_gettext("Days to pay"),
        [Optional(), NumberRange(0, DUE_DAYS_MAX, _DAYS)],
        description=lazy_gettext(
            "For resellers with a limit: what they have used is invoiced at the end of each month."
        ),
    )
    note = TextAreaField(
        lazy_gettext("Text below each invoice"),
        [Optional(), Length(max=NOTE_LENGTH_MAX)],
        filters=[trimmed],
        description=lazy_gettext("For example why you charge no VAT."),
    )
    payment_note = TextAreaField(
        lazy_gettext("Text about the payment"),
        [Optional(), Length(max=NOTE_LENGTH_MAX)],
        filters=[trimmed],
    )

    def __init__(self, known: InvoiceRules, *, country: str) -> None:
        rates = dict(known.rates)
        own = rates.pop(known.country, None)
        super().__init__(
            data={
                **known.model_dump(),
                "country": known.country or country,
                "exchanges": exchange_rates.as_lines(known.exchanges),
                "own_rate": "" if own is None else written_rate(own),
                "other_rates": "\n".join(
                    f"{code} {written_rate(rate)}" for code, rate in sorted(rates.items())
                ),
            }
        )
        if not g.tenant.is_operator:
            del self.due_days
        self.tax_currency.choices = [
            SelectChoice("", gettext("the currency of the invoice")),
            *(SelectChoice(each) for each in exchange_rates.currencies()),
        ]
        self.country.choices = [SelectChoice(code, name) for code, name in forms.countries()]
        for each in (self.name, self.address, self.city):  # but not while no invoices are made
            each.flags.required = True

    def validate_vat_id(self, field: StringField) -> None:
        """Write it as invoices have it.

        Raises:
            ValidationError: it cannot be one of this country.
        """
        try:
            field.data = tax_ids.vat_id(field.data or "", country=self.country.data)
        except TaxIdUnfit:
            raise ValidationError(
                gettext("This is no VAT id of your country. Look whether a digit is wrong.")
            ) from None

    def validate_other_rates(self, field: RatesField) -> None:
        """Refuse the own country here.

        Raises:
            ValidationError: it is there.
        """
        if self.country.data in field.rates:
            raise ValidationError(gettext("The rate of your own country has a field of its own."))

    def rules(self) -> InvoiceRules | None:
        """What was written; None if invoices cannot be made with it, and the form says why."""
        values: Mapping[str, Any] = {
            name: self[name].data
            for name in InvoiceRules.model_fields
            if name in self and name not in {"country", "exchanges", "due_days"}
        }
        rates = dict(self.other_rates.rates)
        if self.own_rate.rate is not None:
            rates[self.country.data] = self.own_rate.rate
        found = InvoiceRules(
            **{name: value or "" if isinstance(value, str | None) else value
               for name, value in values.items()},
            country=self.country.data,
            rates=rates,
            exchanges=self.exchanges.exchanges,
            due_days=self._due_days(),
        )  # fmt: skip
        if found.issuing and found.missing:
            for name in found.missing:
                self[name].errors = [gettext("Invoices cannot be made without this.")]
            return None
        return found

    def _due_days(self) -> int:
        """What the operator has written; resellers have no such field."""
        if self.due_days is None or self.due_days.data is None:
            return DUE_DAYS
        return int(self.due_days.data)
