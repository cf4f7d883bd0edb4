"""Fields for what a package says: amounts, percentages, counts, countries, prefixes, days."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from wtforms import DateField, StringField, ValidationError
from wtforms.validators import StopValidation

from portal.http.language import locale
from portal.ledger import units
from portal.pricing import destinations, markup
from portal.web.parts.amounts import AmountField
from portal.web.parts.formats import number

COUNT_MAX = 10_000_000
_COUNT = re.compile(r"[0-9]{1,8}", re.ASCII)
_PREFIX = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_BETWEEN = re.compile(r"[,;\n]")


class SignedAmountField(AmountField):
    """An amount that may have a minus before it."""

    def read(self, typed: str, *, mark: str) -> int:
        """The millionths, below zero with a minus."""
        return units.parse_signed(typed, mark=mark)


class PercentField(SignedAmountField):
    """A percentage, in millionths of the whole; 0 while it is empty."""

    millionths = 0

    def pre_validate(self, form: Any) -> None:
        """Read what was typed; four digits after the mark are a millionth."""
        super().pre_validate(form)
        self.millionths, rest = divmod(self.micros or 0, 100)
        if rest:
            raise StopValidation(
                gettext("Four digits after the mark are the most that a percentage may have.")
            )
        if self.millionths > markup.MAX:
            most = number(markup.MAX * 100 // markup.WHOLE)
            raise StopValidation(gettext("It may be %(most)s percent at most.", most=most))


class CountField(StringField):
    """A whole number from 0; None while it is empty."""

    count: int | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed."""
        if not self.data:
            return
        if not _COUNT.fullmatch(self.data) or int(self.data) > COUNT_MAX:
            raise ValidationError(gettext("Write a whole number in digits, as in 500."))
        self.count = int(self.data)


class CountriesField(StringField):
    """Countries by name or code with commas between them; `codes` is sorted, each once."""

    codes: tuple[str, ...] = ()

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, and name the first that is no country."""
        here = locale()
        names = {
            name.casefold(): code
            for each in (here.parse("en"), here)
            for code, name in each.territories.items()
        }
        found = set()
        for given in entries(self.data):
            code = given.upper()
            if destinations.dial_code(code) is None:
                code = names.get(given.casefold(), "")
            if destinations.dial_code(code) is None:
                raise ValidationError(
                    gettext(
                        "%(given)s is no country. Write its name or its code, as in DE, and"
                        " commas between several.",
                        given=given,
                    )
                )
            found.add(code)
        self.codes = tuple(sorted(found))


class OneCountryField(CountriesField):
    """At most one country, by name or code."""

    code: str | None = None

    def pre_validate(self, form: Any) -> None:
        """Read what was typed."""
        super().pre_validate(form)
        if len(self.codes) > 1:
            raise ValidationError(gettext("Write one country here."))
        self.code = self.codes[0] if self.codes else None


class PrefixesField(StringField):
    """Prefixes with commas between them; `prefixes` is sorted, each once and without plus."""

    prefixes: tuple[str, ...] = ()

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, and name the first that is no prefix."""
        found = set()
        for given in entries(self.data):
            digits = given.removeprefix("+").replace(" ", "")
            if not _PREFIX.fullmatch(digits):
                raise ValidationError(
                    gettext(
                        "%(given)s is no prefix. Write the first digits of numbers with their"
                        " country code, as in 4915, and commas between several.",
                        given=given,
                    )
                )
            found.add(digits)
        self.prefixes = tuple(sorted(found))


class OnePrefixField(PrefixesField):
    """At most one prefix."""

    prefix: str | None = None

    def pre_validate(self, form: Any) -> None:
        """Read what was typed."""
        super().pre_validate(form)
        if len(self.prefixes) > 1:
            raise ValidationError(gettext("Write one prefix here."))
        self.prefix = self.prefixes[0] if self.prefixes else None


class DayField(DateField):
    """A day, as browsers send it; what is none keeps standing there."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was chosen.

        Raises:
            ValueError: it is no day.
        """
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext("Choose a day, or write it as in 2027-01-31.")) from None


def entries(typed: str | None) -> list[str]:
    """What stands between commas."""
    return [each.strip() for each in _BETWEEN.split(typed or "") if each.strip()]
