"""A field for an amount of money, as the reader's language writes it."""

from __future__ import annotations

from typing import Any

from babel.numbers import get_decimal_symbol
from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import StopValidation

from portal.http.language import locale
from portal.ledger import units


class AmountField(StringField):
    """Digits and the reader's decimal mark, read as millionths; what was typed stays in `data`.

    A default is given as programs write amounts (`units.decimal_string`), and shown with the mark.
    `micros` is None while the field is empty: whether it may be is for its validators.
    """

    micros: int | None = None

    @property
    def amount(self) -> int:
        """What was read, where the form has been found valid and the field must be filled in."""
        return self.micros or 0

    def process_data(self, value: Any) -> None:
        """Show what the form begins with."""
        self.data = value.replace(units.POINT, _mark()) if isinstance(value, str) else value

    def read(self, typed: str, *, mark: str) -> int:
        """The millionths; a field that takes corrections reads `units.parse_signed` instead.

        Raises:
            NotAnAmount: it is none, or one with too many digits.
        """
        return units.parse(typed, mark=mark)

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, without guessing at groups of digits and spaces."""
        if not self.data:
            return
        mark = _mark()
        try:
            self.micros = self.read(self.data, mark=mark)
        except units.TooManyDigits:
            raise StopValidation(_too_many_digits(mark)) from None
        except units.NotAnAmount:
            raise StopValidation(_how_to_write(mark)) from None


def _mark() -> str:
    """What the reader's language writes before fractions; a point where it is neither known one."""
    symbol = get_decimal_symbol(locale())
    return units.COMMA if symbol == units.COMMA else units.POINT


def _how_to_write(mark: str) -> str:
    if mark == units.COMMA:
        return str(gettext("Write the amount with digits and a comma, as in 12,50."))
    return str(gettext("Write the amount with digits and a point, as in 12.50."))


def _too_many_digits(mark: str) -> str:
    if mark == units.COMMA:
        return str(gettext("Too many digits: nine before the comma and six after it at most."))
    return str(gettext("Too many digits: nine before the point and six after it at most."))
