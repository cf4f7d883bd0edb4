"""Forms about when a client is warned, what goes to another client, and what it may send."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from portal.ledger import units
from portal.web.parts import once
from portal.web.parts.amounts import AmountField
from portal.web.parts.counts import WholeField
from portal.web.parts.forms import REQUIRED, Form, is_email, legible, trimmed
from portal.web.reseller.package_fields import CountriesField

EVERY_COUNTRY = "*"


class ThresholdField(AmountField):
    """At which balance a mail goes out: one unit of the currency or more."""

    def pre_validate(self, form: Form) -> None:
        """Read what was typed.

        Raises:
            StopValidation: it is no amount, or below one unit.
        """
        super().pre_validate(form)
        if self.micros is not None and self.micros < units.MICROS:
            raise StopValidation(gettext("Write 1 or more, or nothing for no mail."))


class LowBalanceForm(Form):
    """At which balance a mail goes to whom."""

    threshold = ThresholdField(
        lazy_gettext("Mail at a balance of"),
        [Optional(), Length(max=20)],
        id="low-balance-threshold",
        description=lazy_gettext("Empty: no such mail."),
    )
    email = StringField(
        lazy_gettext("Mail goes to"),
        [Optional(), is_email],
        filters=[trimmed],
        id="low-balance-email",
        description=lazy_gettext("Empty: to the client's own address."),
    )


class MoveForm(Form):
    """Money that goes to another client; `to_id` is there once it is clear to whom."""

    to = StringField(
        lazy_gettext("To which client"),
        [DataRequired(REQUIRED), Length(max=100)],
        filters=[legible],
        description=lazy_gettext("Number, company, name or e-mail address; its beginning will do."),
    )
    amount = AmountField(lazy_gettext("Amount"), [DataRequired(REQUIRED), Length(max=20)])
    reason = StringField(
        lazy_gettext("Reason"),
        [DataRequired(lazy_gettext("Please give a reason.")), Length(max=200)],
        filters=[legible],
        description=lazy_gettext("Both clients read it on their statements."),
    )
    to_id = HiddenField(validators=[Optional(), Length(max=19)])
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )


class CountriesForm(Form):
    """Where a client may send beside its own country and those open for all."""

    every = BooleanField(lazy_gettext("Every country that has a rate"))
    countries = CountriesField(
        lazy_gettext("Countries"),
        [Optional(), Length(max=1000)],
        description=lazy_gettext("By name or code, with commas between them."),
    )

    def chosen(self) -> list[str]:
        """The codes, or the star that stands for all."""
        return [EVERY_COUNTRY] if self.every.data else list(self.countries.codes)


class DailyLimitForm(Form):
    """How many messages a client may send on a day."""

    limit = WholeField(
        lazy_gettext("Messages a day"),
        [Optional(), Length(max=20)],
        filters=[trimmed],
        description=lazy_gettext("Empty: as many as any client may."),
    )


class SenderForm(Form):
    """A name that a client may send under."""

    name = StringField(
        lazy_gettext("Sender"),
        [DataRequired(REQUIRED), Length(max=16)],
        filters=[trimmed],
        description=lazy_gettext(
            "Up to 11 letters and digits with at least one letter, or a number."
        ),
    )
    for_codes = BooleanField(
        lazy_gettext("For sign-in codes: they pass for a while even if the client is in debt.")
    )
