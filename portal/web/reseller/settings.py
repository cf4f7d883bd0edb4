"""What a reseller settles for all its clients."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import BooleanField, RadioField, SelectChoice, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.ledger import units
from portal.provisioning import settling
from portal.tenancy import resellers
from portal.tenancy import settings as settled
from portal.tenancy.settings import ResellerSettings
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import REQUIRED, Form
from portal.web.parts.pages import page
from portal.web.reseller.package_fields import CountField, CountriesField
from portal.web.reseller.pages import blueprint

EVERY_COUNTRY = "*"
VALIDITY_HOURS_MAX = 168
_SHORT = Length(max=20)


class SettingsForm(Form):
    """All of it; an empty limit is none."""

    default_balance_management = RadioField(
        lazy_gettext("New clients begin with"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice("SOFT", lazy_gettext("SOFT: may go below zero")),
            SelectChoice("HARD", lazy_gettext("HARD: suspended at zero")),
        ],
    )
    low_balance_threshold = AmountField(
        lazy_gettext("Mail when a balance falls to"),
        [Optional(), _SHORT],
        description=lazy_gettext("For new clients, at least 1. Empty: no mail."),
    )
    after_debt_reminders = RadioField(
        lazy_gettext("A client in debt who was reminded three times"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice("nothing", lazy_gettext("sends as before")),
            SelectChoice("restrict", lazy_gettext("sends replies and sign-in codes only")),
            SelectChoice("stop", lazy_gettext("sends nothing")),
        ],
    )
    refund = RadioField(
        lazy_gettext("Messages that were handed over and not delivered"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice("never", lazy_gettext("are not refunded")),
            SelectChoice("failure", lazy_gettext("are refunded to the client")),
        ],
        description=lazy_gettext(
            "You pay for such a message all the same. With a refund you earn nothing from it"
            " and bear its cost: your margin falls by its whole price."
        ),
    )
    negative_markup_allowed = BooleanField(
        lazy_gettext("Packages may have a markup below zero"),
        description=lazy_gettext("Each message that is sold below its cost takes from your cover."),
    )
    wholesale_rise = RadioField(
        lazy_gettext("When what you pay for a part rises above what it is sold for"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice("warn", lazy_gettext("it is shown here")),
            SelectChoice("mail", lazy_gettext("it is shown here, and a mail says so")),
            SelectChoice("block", lazy_gettext("nothing is sent there until the price is mended")),
        ],
    )
    low_cover_threshold = AmountField(
        lazy_gettext("Mail to you when your cover falls to"),
        [Optional(), _SHORT],
        description=lazy_gettext("Empty: no mail."),
    )
    daily_limit = CountField(
        lazy_gettext("Messages a day for each client"),
        [Optional(), _SHORT],
        description=lazy_gettext("Unless a client has a limit of its own. Empty: no limit."),
    )
    validity_hours = CountField(
        lazy_gettext("Hours for which a message is tried"),
        [DataRequired(REQUIRED), _SHORT],
        description=lazy_gettext("1 to 168, which is a week."),
    )
    staff_take_second_step = BooleanField(
        lazy_gettext("Everybody who works for you signs in with a second step"),
        description=lazy_gettext(
            "A code from their phone, or a passkey. Whoever has none yet sets it up at the next"
            " click."
        ),
    )
    every_country = BooleanField(lazy_gettext("All clients may send to every country with a rate"))
    countries = CountriesField(
        lazy_gettext("Countries open to all clients beside their own"),
        [Optional(), Length(max=4_000)],
        description=lazy_gettext("Names or codes, as in DE, Austria."),
    )

    def validate_low_balance_threshold(self, field: AmountField) -> None:
        """Refuse what is below one unit.

        Raises:
            ValidationError: it is.
        """
        if field.micros is not None and field.micros < units.MICROS:
            raise ValidationError(gettext("Write 1 or more, or nothing for no mail."))

    def validate_daily_limit(self, field: CountField) -> None:
        """Refuse a limit of nothing.

        Raises:
            ValidationError: it is 0.
        """
        if field.count == 0:
            raise ValidationError(gettext("Write 1 or more, or nothing for no limit."))

    def validate_validity_hours(self, field: CountField) -> None:
        """Refuse what is no hour or more than a week.

        Raises:
            ValidationError: it is.
        """
        if field.count is not None and not 1 <= field.count <= VALIDITY_HOURS_MAX:
            raise ValidationError(gettext("Write 1 to 168 hours."))


@blueprint.route("/settings", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def settings() -> Response:
    """The settings, to read and to change."""
    currency = resellers.own(session()).currency
    before = settled.read(session())
    form = SettingsForm(data=_written(before, currency))
    if form.validate_on_submit():
        settling.change(session(), by=g.actor, **_read(form))
        flash(gettext("The settings are saved."), "success")
        return redirect(url_for("reseller.settings"), 303)
    return page(
        "reseller/settings.html",
        422 if form.is_submitted() else 200,
        form=form,
        currency=currency,
    )


def _written(found: ResellerSettings, currency: str) -> dict[str, Any]:
    def amount(micros: int | None) -> str:
        return "" if micros is None else units.decimal_string(micros, currency)

    every = EVERY_COUNTRY in found.countries
    return {
        **found.model_dump(
            include={
                "default_balance_management",
                "after_debt_reminders",
                "negative_markup_allowed",
                "wholesale_rise",
                "staff_take_second_step",
            }
        ),
        "low_balance_threshold": amount(found.low_balance_threshold),
        "low_cover_threshold": amount(found.low_cover_threshold),
        "refund": "failure" if found.refund_undelivered else "never",
        "daily_limit": "" if found.daily_limit is None else str(found.daily_limit),
        "validity_hours": str(found.validity_hours),
        "every_country": every,
        "countries": ", ".join(code for code in found.countries if code != EVERY_COUNTRY),
    }


def _read(form: SettingsForm) -> dict[str, Any]:
    every = [EVERY_COUNTRY] if form.every_country.data else []
    return {
        "default_balance_management": form.default_balance_management.data,
        "low_balance_threshold": form.low_balance_threshold.micros,
        "low_cover_threshold": form.low_cover_threshold.micros,
        "after_debt_reminders": form.after_debt_reminders.data,
        "refund_undelivered": form.refund.data == "failure",
        "negative_markup_allowed": form.negative_markup_allowed.data,
        "wholesale_rise": form.wholesale_rise.data,
        "staff_take_second_step": form.staff_take_second_step.data,
        "daily_limit": form.daily_limit.count,
        "validity_hours": form.validity_hours.count,
        "countries": [*every, *form.countries.codes],
    }
