"""A field for an amount of money."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from wtforms import StringField, ValidationError

from portal.ledger import units


class AmountField(StringField):
    """Digits and a point, read as millionths; what was typed stays in `data`.

    `micros` is None while the field is empty: whether it may be is for its validators.
    """

    micros: int | None = None

    @property
    def amount(self) -> int:
        """What was read, where the form has been found valid and the field must be filled in."""
        return self.micros or 0

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, without guessing at commas and spaces."""
        if not self.data:
            return
        try:
            self.micros = units.parse(self.data)
        except units.NotAnAmount:
            raise ValidationError(
                gettext("Write the amount with digits and a point, as in 12.50.")
            ) from None
