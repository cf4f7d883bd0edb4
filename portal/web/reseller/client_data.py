"""Who a client is, as a form for staff."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Final

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from portal.accounts import client_data as data
from portal.accounts.client_data import ClientData
from portal.accounts.roles import Right
from portal.http import language
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra import time_zones
from portal.invoicing import tax_ids
from portal.invoicing.vat import EU
from portal.pricing import selling
from portal.tenancy.signup_fields import SignUpField
from portal.web.parts import client_fields
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form, email
from portal.web.parts.language_names import name_of
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint

_YEAR: Final = timedelta(days=366)


class ClientDataForm(Form):
    """Whatever a sign-up form may ask for, and how the client is dealt with."""

    firstname = client_fields.field(SignUpField.FIRSTNAME, required=False)
    lastname = client_fields.field(SignUpField.LASTNAME, required=False)
    company = client_fields.field(SignUpField.COMPANY, required=False)
    tax_id = client_fields.field(SignUpField.TAX_ID, required=False)
    address = client_fields.field(SignUpField.ADDRESS, required=False)
    postal_code = client_fields.field(SignUpField.POSTAL_CODE, required=False)
    city = client_fields.field(SignUpField.CITY, required=False)
    state = client_fields.field(SignUpField.STATE, required=False)
    country = client_fields.field(SignUpField.COUNTRY, required=True)
    phone = client_fields.field(SignUpField.PHONE, required=False)
    email = email(lazy_gettext("E-mail for mails about the account"))
    language = SelectField(lazy_gettext("Language"))
    time_zone = SelectField(lazy_gettext("Time zone"))
    next_billing_on = DateField(
        lazy_gettext("Next billing date"),
        [Optional()],
        description=lazy_gettext(
            "Packages and numbers that it gets from now on are billed on this day of each month."
            " Empty: on the day of the month on which it gets them."
        ),
    )

    def __init__(self, known: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data=known, **options)
        self.country.choices = client_fields.countries(required=True)
        spoken = dict.fromkeys([*language.offered(), *_kept(known, "language")])
        self.language.choices = [SelectChoice(each, name_of(each)) for each in spoken]
        zones = dict.fromkeys(["UTC", *time_zones.of_places(), *_kept(known, "time_zone")])
        self.time_zone.choices = [SelectChoice(each, each.replace("_", " ")) for each in zones]
        self._known_billing = (known or {}).get("next_billing_on")

    def validate_tax_id(self, field: StringField) -> None:
        """Refuse what is written as a VAT id of the client's country and is none.

        Raises:
            ValidationError: it is; other tax ids are taken as they are.
        """
        country, typed = self.country.data, (field.data or "").upper()
        is_meant = country in EU and typed.startswith((country, tax_ids.letters_of(country)))
        if is_meant and not tax_ids.is_vat_id(typed, country=country):
            raise ValidationError(
                gettext("This is no VAT id of that country. Look whether a digit is wrong.")
            )

    def validate_next_billing_on(self, field: DateField) -> None:
        """Refuse a day that is over, or more than a year away.

        Raises:
            ValidationError: saying which days there are.
        """
        today = selling.today(session())
        if field.data == self._known_billing or field.data is None:
            return
        if not today <= field.data <= today + _YEAR:
            raise ValidationError(gettext("Choose today, or a day within a year."))

    def written(self) -> ClientData:
        """What was typed."""
        values: dict[str, str | date | None] = {
            name: self[name].data or "" for name in ClientData.__dataclass_fields__
        }
        return ClientData(**{**values, "next_billing_on": self.next_billing_on.data})


def _kept(known: dict[str, Any] | None, name: str) -> list[str]:
    """What the client has now can stay, though it is no longer offered."""
    value = (known or {}).get(name)
    return [value] if value else []


@blueprint.route(f"/clients/<{ID}:client_id>/data", methods=["GET", "POST"])
@requires(Right.CLIENTS_MANAGE)
def client_data(client_id: int) -> Response:
    """The facts, to read and to mend."""
    found = found_client(client_id)
    form = ClientDataForm(asdict(data.of(found)))
    if form.validate_on_submit():
        data.change(session(), client_id=client_id, data=form.written(), by=g.actor)
        flash(gettext("The client's data are saved."), "success")
        return redirect(url_for("reseller.client", client_id=client_id), 303)
    return client_view(
        "reseller/client_data.html",
        found,
        "reseller.client",
        status=422 if form.is_submitted() else 200,
        form=form,
    )
