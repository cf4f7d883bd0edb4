"""Words, amounts and days of papers in the language of whom they are for."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, get_currency_precision

from portal.infra import translation
from portal.ledger.units import MICROS, MICROS_DIGITS
from portal.tenancy.invoice_rules import RATE_UNIT


@dataclass(frozen=True, kw_only=True)
class Named:
    """A word and what it says, as in "Number: 17"."""

    name: str
    text: str


class Words:
    """Sentences, amounts and days of one language."""

    def __init__(self, language: str) -> None:
        self.language = translation.nearest(language)
        self.locale = Locale.parse(language, sep="-" if "-" in language else "_")
        self.of = translation.catalogue(language)

    def money(self, micros: int, currency: str) -> str:
        """An amount with its currency, in the digits that the currency has."""
        return format_currency(Decimal(micros) / MICROS, currency, locale=self.locale)

    def exact(self, micros: int, currency: str) -> str:
        """An amount with its currency, in as many more digits as it needs."""
        digits = get_currency_precision(currency)
        while digits < MICROS_DIGITS and micros % 10 ** (MICROS_DIGITS - digits):
            digits += 1
        pattern = copy(self.locale.currency_formats["standard"])
        pattern.frac_prec = (digits, digits)
        amount = Decimal(micros) / MICROS
        return str(pattern.apply(amount, self.locale, currency=currency, currency_digits=False))

    def day(self, on: date) -> str:
        """A day, its month in letters."""
        return format_date(on, "medium", locale=self.locale)

    def month(self, first: date) -> str:
        """A month of a year."""
        return str(format_skeleton("yMMMM", first, locale=self.locale))

    def percent(self, rate: int) -> str:
        """A rate in thousandths of a percent, as a percentage."""
        return f"{format_decimal(Decimal(rate) / RATE_UNIT, locale=self.locale)} %"

    def decimal(self, number: Decimal) -> str:
        """A number with all its decimals."""
        return format_decimal(number, locale=self.locale, decimal_quantization=False)

    def country(self, code: str) -> str:
        """What a country is called; its code, if it has no name."""
        return str(self.locale.territories.get(code, code))


def address(party: Mapping[str, Any], say: Words) -> tuple[str, ...]:
    """A party as it is written on an envelope, line by line."""
    town = " ".join(filter(None, [party.get("postal_code", ""), party.get("city", "")]))
    lines = [
        party.get("name", ""),
        party.get("person", ""),
        party.get("address", ""),
        town,
        party.get("state", ""),
        say.country(party.get("country", "")),
    ]
    return tuple(filter(None, lines))
