"""Who a client is, as a form for staff."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import client_data as data
from portal.accounts.client_data import ClientData
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.tenancy.signup_fields import SignUpField
from portal.web.parts import client_fields
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.reseller.client import found_client
from portal.web.reseller.pages import blueprint


class ClientDataForm(Form):
    """Whatever a sign-up form may ask for; a country there has to be."""

    firstname = client_fields.field(SignUpField.FIRSTNAME, required=False)
    lastname = client_fields.field(SignUpField.LASTNAME, required=False)
    company = client_fields.field(SignUpField.COMPANY, required=False)
    address = client_fields.field(SignUpField.ADDRESS, required=False)
    postal_code = client_fields.field(SignUpField.POSTAL_CODE, required=False)
    city = client_fields.field(SignUpField.CITY, required=False)
    state = client_fields.field(SignUpField.STATE, required=False)
    country = client_fields.field(SignUpField.COUNTRY, required=True)
    phone = client_fields.field(SignUpField.PHONE, required=False)
    tax_id = client_fields.field(SignUpField.TAX_ID, required=False)

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__(data=known)
        self.country.choices = client_fields.countries(required=True)


@blueprint.route(f"/clients/<{ID}:client_id>/data", methods=["GET", "POST"])
@requires(Right.CLIENTS_MANAGE)
def client_data(client_id: int) -> Response:
    """The facts, to read and to mend."""
    found = found_client(client_id)
    form = ClientDataForm(asdict(data.of(found)))
    if form.validate_on_submit():
        written = {name: form[name].data or "" for name in ClientData.__dataclass_fields__}
        data.change(session(), client_id=client_id, data=ClientData(**written), by=g.actor)
        flash(gettext("The client's data are saved."), "success")
        return redirect(url_for("reseller.client", client_id=client_id), 303)
    return page(
        "reseller/client_data.html",
        422 if form.is_submitted() else 200,
        form=form,
        client_id=client_id,
        name=found.name,
    )
