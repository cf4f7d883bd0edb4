"""Sign up: the same answer whether or not the address has an account here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import Field
from wtforms.validators import ValidationError

from portal.accounts import attempts, clients, consents, passwords
from portal.accounts.clients import SignUp
from portal.accounts.errors import WeakPassword
from portal.http.actor import address, public
from portal.http.language import language
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import TooOften
from portal.tenancy import links
from portal.tenancy.signup_fields import Asked, SignUpField, SignUpRules
from portal.tenancy.text_models import PageVersion
from portal.web.parts import client_fields, forms
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public import consent_fields
from portal.web.public.pages import blueprint


class SignUpForm(Form):
    """What every reseller has to know of somebody new; `sign_up_form` adds what it asks for."""

    usual_country: str
    email: Any
    password: Any

    def validate_password(self, field: Field) -> None:
        """Refuse a password that is made of what was typed beside it."""
        email = self.email.data or ""
        names = (self.given(SignUpField.FIRSTNAME), self.given(SignUpField.LASTNAME))
        try:
            passwords.refuse_weak(field.data or "", about=(email, email.partition("@")[0], *names))
        except WeakPassword as weak:
            raise ValidationError(forms.weakness(weak)) from None

    def given(self, name: SignUpField) -> str:
        """What was typed into a field; nothing where it is hidden, whatever was sent."""
        return (self[name.value].data or "") if name.value in self else ""

    def filled_in(self) -> SignUp:
        """What was typed."""
        asked = {name.value: self.given(name) for name in SignUpField}
        return SignUp(
            **{**asked, "country": asked["country"] or self.usual_country},
            email=self.email.data,
            password=self.password.data,
            language=language(),
        )


def sign_up_form(
    rules: SignUpRules, *, usual_country: str, to_accept: Sequence[PageVersion] = ()
) -> SignUpForm:
    """A form that asks for what these rules say, in the order of `SignUpField`.

    `to_accept` are the pages that come last, each with a tick.
    """
    fields: dict[str, Any] = {"usual_country": usual_country}
    for name in SignUpField:
        if name is SignUpField.ADDRESS:
            fields["email"] = forms.email(lazy_gettext("E-mail address"))
        if (asked := rules.asked(name)) is not Asked.HIDDEN:
            fields[name.value] = client_fields.field(
                name, required=asked is Asked.REQUIRED, by_themselves=True
            )
    fields["password"] = forms.new_password(lazy_gettext("Password"))
    fields |= consent_fields.fields(to_accept)
    form: SignUpForm = type("SignUpForm", (SignUpForm,), fields)()
    if "country" in form:
        required = rules.asked(SignUpField.COUNTRY) is Asked.REQUIRED
        form["country"].choices = client_fields.countries(required=required)
        if form["country"].data is None:
            form["country"].data = usual_country
    return form


@blueprint.route("/signup", methods=["GET", "POST"])
@public
def signup() -> Response:
    """The form, and the request to be let in."""
    _refuse_closed()
    to_accept = consents.asked_for(session(), language=language())
    form = sign_up_form(
        g.tenant.settings.sign_up,
        usual_country=g.tenant.reseller.country,
        to_accept=to_accept,
    )
    if not form.validate_on_submit():
        return page("public/signup.html", 422 if form.is_submitted() else 200, form=form)
    try:
        with own_transaction() as beside:
            attempts.count(beside, "signup", address=address(), account=form.email.data)
    except TooOften:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        return page("public/signup.html", 429, form=form)
    origin = links.origin_of(session(), current().settings)
    client = clients.sign_up(session(), form=form.filled_in(), origin=origin)
    if client is not None:
        consents.record(session(), client_id=client.id, accepted=to_accept, address=address())
    return redirect(url_for("public.signup_done"), 303)


@blueprint.get("/signup/done")
@public
def signup_done() -> Response:
    """What happens next."""
    _refuse_closed()
    return page("public/signup_done.html")


def _refuse_closed() -> None:
    """Nobody signs up at the console, or where the reseller lets nobody in by themselves.

    Raises:
        NotFound: this is such a place.
    """
    if g.tenant.is_operator or not g.tenant.settings.sign_up.open:
        raise NotFound
