"""What new clients are given to try the portal with, and where the codes for it may be sent."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import SelectChoice, SelectField, ValidationError
from wtforms.validators import Length, Optional

from portal.accounts import trial_credit
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.language import locale
from portal.http.unit_of_work import session
from portal.ledger import units
from portal.provisioning import settling
from portal.tenancy import resellers
from portal.tenancy import settings as settled
from portal.tenancy.trial_rules import AMOUNT_MAX, CODES_A_DAY_MAX, TrialRules
from portal.web.parts.amounts import AmountField
from portal.web.parts.formats import money
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.reseller.package_fields import CountField, CountriesField
from portal.web.reseller.pages import blueprint


class TrialForm(Form):
    """How much, who pays for the codes, and how many there may be."""

    amount = AmountField(
        lazy_gettext("Amount"),
        [Optional(), Length(max=20)],
        description=lazy_gettext("Leave it empty to give nothing."),
    )
    sub_account = SelectField(
        lazy_gettext("Codes are sent from"),
        description=lazy_gettext(
            "A sub-account of your own without a limit of parts. Your cover pays for the codes."
        ),
    )
    countries = CountriesField(
        lazy_gettext("Countries that codes are sent to"),
        [Length(max=4_000)],
        description=lazy_gettext(
            "Names or codes, as in DE, Austria. Name only those that your clients come from:"
            " swindlers have codes sent to numbers that they earn from."
        ),
    )
    codes_a_day = CountField(
        lazy_gettext("Codes a day, to all together"),
        [Length(max=20)],
        description=lazy_gettext("When so many are sent, no more go out until the next day."),
    )

    def validate_amount(self, field: AmountField) -> None:
        """Refuse a slip of the hand.

        Raises:
            ValidationError: it is more than anybody gives away.
        """
        if field.amount > AMOUNT_MAX:
            most = money(AMOUNT_MAX, resellers.own(session()).currency)
            raise ValidationError(gettext("%(most)s is the most.", most=most))

    def validate_sub_account(self, field: SelectField) -> None:
        """Refuse to give something that nobody can have.

        Raises:
            ValidationError: there is nothing that codes could be sent from.
        """
        if self.amount.amount and not field.data:
            raise ValidationError(gettext("Choose where the codes are sent from."))

    def validate_countries(self, field: CountriesField) -> None:
        """Refuse to send anywhere, and to where the sub-account cannot send.

        Raises:
            ValidationError: no country is named, or one that is not open for its client.
        """
        if not self.amount.amount:
            return
        if not field.codes:
            raise ValidationError(gettext("Name at least one country."))
        if not self.sub_account.errors:
            closed = trial_credit.closed_countries(
                session(), sub_account_id=int(self.sub_account.data), countries=field.codes
            )
            if closed:
                name = locale().territories.get(closed[0], closed[0])
                raise ValidationError(
                    gettext(
                        "%(country)s is not open for the client of this sub-account. Open it there"
                        " first.",
                        country=name,
                    )
                )

    def validate_codes_a_day(self, field: CountField) -> None:
        """Refuse none, and so many that it is no limit.

        Raises:
            ValidationError: it is one of these.
        """
        if field.count is None or not 1 <= field.count <= CODES_A_DAY_MAX:
            raise ValidationError(
                gettext("Write %(least)s to %(most)s.", least=1, most=CODES_A_DAY_MAX)
            )

    def rules(self) -> TrialRules:
        """What a valid form says."""
        return TrialRules(
            amount=self.amount.amount,
            sub_account_id=int(self.sub_account.data) if self.sub_account.data else None,
            countries=list(self.countries.codes),
            codes_a_day=self.codes_a_day.count or 1,
        )


@blueprint.route("/sign-ups/trial", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def trial() -> Response:
    """The rules, to read and to change, and what was given so far."""
    form = _form()
    if form.validate_on_submit():
        settling.change(session(), by=g.actor, trial=form.rules())
        flash(gettext("Saved. It holds from now on."), "success")
        return redirect(url_for("reseller.trial"), 303)
    currency = resellers.own(session()).currency
    found = trial_credit.given(session())
    return page(
        "reseller/trial.html",
        422 if form.is_submitted() else 200,
        form=form,
        currency=currency,
        days=trial_credit.OFFERED_FOR.days,
        given_count=found.count,
        given=money(found.amount, currency),
        has_senders=len(form.sub_account.choices) > 1,
    )


def _form() -> TrialForm:
    found = settled.read(session()).trial
    currency = resellers.own(session()).currency
    countries = found.countries or [resellers.own(session()).country]
    form = TrialForm(
        data={
            "amount": units.decimal_string(found.amount, currency) if found.amount else "",
            "sub_account": str(found.sub_account_id or ""),
            "countries": ", ".join(countries),
            "codes_a_day": str(found.codes_a_day),
        }
    )
    form.amount.label.text = gettext("Amount in %(currency)s", currency=currency)
    form.sub_account.choices = [
        SelectChoice("", gettext("nothing: no codes are sent")),
        *(
            SelectChoice(str(each.id), f"{each.name} ({each.user})")
            for each in trial_credit.senders(session())
        ),
    ]
    if not form.is_submitted() and form.sub_account.data not in {
        choice.value for choice in form.sub_account.choices
    }:
        form.sub_account.data = ""
    return form
