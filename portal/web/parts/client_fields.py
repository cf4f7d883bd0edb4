"""Fields for who a client is: for whoever signs up, and for staff who mend it."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext
from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from portal.tenancy.signup_fields import SignUpField
from portal.web.parts import forms

LABELS: Final = {
    SignUpField.FIRSTNAME: lazy_gettext("First name"),
    SignUpField.LASTNAME: lazy_gettext("Last name"),
    SignUpField.COMPANY: lazy_gettext("Company"),
    SignUpField.ADDRESS: lazy_gettext("Address"),
    SignUpField.POSTAL_CODE: lazy_gettext("Postal code"),
    SignUpField.CITY: lazy_gettext("City"),
    SignUpField.STATE: lazy_gettext("State or province"),
    SignUpField.COUNTRY: lazy_gettext("Country"),
    SignUpField.PHONE: lazy_gettext("Telephone"),
    SignUpField.TAX_ID: lazy_gettext("Tax id"),
}
_LENGTHS: Final = {
    SignUpField.FIRSTNAME: 60,
    SignUpField.LASTNAME: 60,
    SignUpField.COMPANY: 100,
    SignUpField.ADDRESS: 200,
    SignUpField.POSTAL_CODE: 20,
    SignUpField.CITY: 80,
    SignUpField.STATE: 80,
    SignUpField.TAX_ID: 40,
}
_BROWSERS_NAMES: Final = {
    SignUpField.FIRSTNAME: "given-name",
    SignUpField.LASTNAME: "family-name",
    SignUpField.COMPANY: "organization",
    SignUpField.ADDRESS: "street-address",
    SignUpField.POSTAL_CODE: "postal-code",
    SignUpField.CITY: "address-level2",
    SignUpField.STATE: "address-level1",
    SignUpField.COUNTRY: "country",
    SignUpField.PHONE: "tel",
}
"""What browsers fill in by themselves; they know no tax ids."""


def field(name: SignUpField, *, required: bool, by_themselves: bool = False) -> Any:
    """The form's field for a fact; `by_themselves` where people type it who can have it filled in.

    A country that need not be given may be left empty.
    """
    label = LABELS[name]
    about = {"autocomplete": _BROWSERS_NAMES.get(name, "off")} if by_themselves else None
    if name is SignUpField.COUNTRY:
        presence = InputRequired(forms.REQUIRED) if required else Optional()
        return SelectField(label, [presence], render_kw=about)
    if name is SignUpField.PHONE:
        return forms.phone(label, required=required, render_kw=about)
    return forms.text(label, length_max=_LENGTHS[name], required=required, render_kw=about)


def countries(*, required: bool) -> list[SelectChoice]:
    """Every country in the reader's order, and none of them where it need not be given."""
    known = [SelectChoice(code, name) for code, name in forms.countries()]
    return known if required else [SelectChoice("", "–"), *known]
