"""Forms about a reseller's cover."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portal.web.parts import once
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import REQUIRED, Form, legible

_REASON_MISSING = lazy_gettext("Please give a reason.")


class TopUpForm(Form):
    """Money of a reseller's; `key` makes a second click do nothing."""

    amount = AmountField(lazy_gettext("Amount"), [DataRequired(REQUIRED), Length(max=20)])
    currency = SelectField(lazy_gettext("Currency"))
    description = StringField(
        lazy_gettext("Description"), [DataRequired(REQUIRED), Length(max=200)], filters=[legible]
    )
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def __init__(self, currencies: Sequence[str], **options: object) -> None:
        super().__init__(**options)
        self.currency.choices = list(currencies)
        if not self.currency.data:
            self.currency.data = currencies[0]


class LimitForm(Form):
    """How much a reseller may use before it pays, in the currency that is shown."""

    limit = AmountField(
        lazy_gettext("Limit"),
        [DataRequired(REQUIRED), Length(max=20)],
        description=lazy_gettext("0: prepaid, nothing is sent on your credit."),
    )


class ReverseForm(Form):
    """Why a payment is taken back."""

    reason = StringField(
        lazy_gettext("Reason"),
        [DataRequired(_REASON_MISSING), Length(max=200)],
        filters=[legible],
    )
