"""Forms about price lists: which rates to show, one rate, a sheet, and the word to import it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.numbers import get_decimal_symbol
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileRequired
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.http.language import locale
from portal.infra import sheets
from portal.infra.sheets import Unreadable
from portal.pricing import rate_cells
from portal.pricing.conditions import Route
from portal.pricing.rate_cells import BadCell, Decimals
from portal.pricing.rate_faults import SENTENCES
from portal.pricing.rating import Rate
from portal.web.parts.amounts import AmountField
from portal.web.parts.filters import Filters
from portal.web.parts.forms import REQUIRED, Form, text, trimmed, up_to

ROUTES = {
    Route.VALUE: lazy_gettext("Value"),
    Route.PREMIUM: lazy_gettext("Premium"),
}
UNREADABLE = {
    Unreadable.EMPTY: lazy_gettext("The file is empty."),
    Unreadable.TOO_LARGE: lazy_gettext("The file is larger than 5 MB."),
    Unreadable.TOO_MANY_ROWS: lazy_gettext("The file has more than 20,000 rows: divide it."),
    Unreadable.TOO_MANY_COLUMNS: lazy_gettext("Line %(line)s has more than 20 columns."),
    Unreadable.CELL_TOO_LONG: lazy_gettext("A cell in line %(line)s is longer than 200 letters."),
    Unreadable.NOT_UTF8: lazy_gettext("The text is not in UTF-8: save it as “CSV UTF-8”."),
    Unreadable.NO_TABLE: lazy_gettext("This is neither CSV nor XLSX."),
    Unreadable.BROKEN: lazy_gettext("This is neither CSV nor XLSX, or the file is damaged."),
}
assert UNREADABLE.keys() == set(Unreadable)


class RateFilters(Filters):
    """Which list, and which rates of it."""

    q = text(lazy_gettext("Prefix or country"), length_max=60)
    currency = SelectField(lazy_gettext("Currency"))
    route = SelectField(
        lazy_gettext("Route"),
        choices=[SelectChoice(each.value, said) for each, said in ROUTES.items()],
        default=Route.VALUE.value,
    )

    def __init__(self, currencies: Sequence[str], *, with_routes: bool) -> None:
        super().__init__()
        self.currency.choices = list(currencies)
        if not self.currency.data:
            self.currency.data = currencies[0]
        if not with_routes:
            del self.route


class RateForm(Form):
    """One rate from a day on, or the end of one."""

    prefix = StringField(
        lazy_gettext("Prefix"),
        [DataRequired(REQUIRED), Length(max=20)],
        filters=[trimmed],
        description=lazy_gettext("The country code and, if you like, more digits: 49 or 1876."),
    )
    price = AmountField(
        lazy_gettext("Price of a part"),
        [Length(max=20)],
        description=lazy_gettext("Up to six decimals."),
    )
    valid_from = DateField(lazy_gettext("From day"), [InputRequired(REQUIRED)])
    ends = BooleanField(
        lazy_gettext("No rate from this day on: the next shorter prefix, if there is one, holds.")
    )

    def validate_prefix(self, field: StringField) -> None:
        """Refuse what numbers do not begin with.

        Raises:
            ValidationError: saying why.
        """
        try:
            field.data = rate_cells.prefix(field.data or "")
        except BadCell as bad:
            said = gettext(SENTENCES[bad.reason], given=bad.given, other="")
            raise ValidationError(said) from None

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it says one thing: a price, or an end."""
        well = bool(super().validate(extra_validators))
        if well and self.ends.data == (self.price.micros is not None):
            self.price.errors = [gettext("Write a price or tick that the rate ends, not both.")]
            return False
        return well

    def rate(self) -> Rate:
        """What was filled in."""
        assert isinstance(self.valid_from.data, date)
        return Rate(self.prefix.data, self.price.micros, self.valid_from.data)


class SheetForm(Form):
    """A file with rates."""

    sheet = FileField(
        lazy_gettext("File"),
        [FileRequired(REQUIRED)],
        description=lazy_gettext("CSV in UTF-8 or XLSX, up to 5 MB and 20,000 rows."),
        render_kw={
            "accept": ".csv,.xlsx,.txt",
            **up_to(sheets.BYTES_MAX, UNREADABLE[Unreadable.TOO_LARGE]),
        },
    )
    decimals = RadioField(
        lazy_gettext("Prices in the file are written with"),
        [DataRequired(REQUIRED)],
        choices=[
            SelectChoice(Decimals.POINT.value, lazy_gettext("a point: 0.045")),
            SelectChoice(Decimals.COMMA.value, lazy_gettext("a comma: 0,045")),
        ],
        default=lambda: usual_decimals().value,
    )


class ApplyForm(Form):
    """The word to import what a preview shows; `version` says of which state of the list."""

    version = HiddenField(validators=[DataRequired(REQUIRED), Length(max=20)])
    good_rows = BooleanField(lazy_gettext("Import the good rows, and leave the faulty ones out"))

    def __init__(self, *, with_faults: bool, **options: object) -> None:
        super().__init__(**options)
        if not with_faults:
            del self.good_rows


class ExportFilters(Filters):
    """As what kind of file."""

    format = SelectField(validators=[Optional()], choices=["csv", "xlsx"], default="csv")


def usual_decimals() -> Decimals:
    """What the reader's language writes before decimals."""
    symbol = get_decimal_symbol(locale())
    return Decimals.COMMA if symbol == Decimals.COMMA.sign else Decimals.POINT


def countries_named(words: str) -> frozenset[str]:
    """The countries whose code or name, in the reader's language or in English, begins so."""
    asked = _plain(words)
    english = locale().parse("en").territories
    return frozenset(
        code
        for code, name in locale().territories.items()
        if code.isalpha()
        and len(code) == 2
        and (asked == code.lower() or _begins(asked, (name, english.get(code, ""))))
    )


def _begins(asked: str, names: Iterable[str]) -> bool:
    return len(asked) > 2 and any(_plain(name).startswith(asked) for name in names)


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words).casefold()
    return "".join(each for each in letters if not unicodedata.combining(each)).strip()
