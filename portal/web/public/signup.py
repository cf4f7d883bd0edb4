"""Sign up: the same answer whether or not the address has an account here."""

from __future__ import annotations

from flask import g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import Field, SelectField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts import attempts, clients, passwords
from portal.accounts.clients import SignUp
from portal.accounts.errors import WeakPassword
from portal.http.actor import address, public
from portal.http.language import language
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import TooOften
from portal.tenancy import links
from portal.web.parts import forms
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


class SignUpForm(Form):
    """What a reseller wants to know of somebody new."""

    firstname = forms.text(lazy_gettext("First name"), length_max=60, required=True)
    lastname = forms.text(lazy_gettext("Last name"), length_max=60, required=True)
    company = forms.text(lazy_gettext("Company"), length_max=100)
    email = forms.email(lazy_gettext("E-mail address"))
    country = SelectField(lazy_gettext("Country"), [InputRequired(forms.REQUIRED)])
    phone = forms.phone(lazy_gettext("Telephone"))
    password = forms.new_password(lazy_gettext("Password"))

    def __init__(self) -> None:
        super().__init__()
        self.country.choices = forms.countries()
        if self.country.data is None:
            self.country.data = g.tenant.reseller.country

    def validate_password(self, field: Field) -> None:
        """Refuse a password that is made of what was typed beside it."""
        email = self.email.data or ""
        about = (email, email.partition("@")[0], self.firstname.data, self.lastname.data)
        try:
            passwords.refuse_weak(field.data or "", about=tuple(each or "" for each in about))
        except WeakPassword as weak:
            raise ValidationError(forms.weakness(weak)) from None

    def filled_in(self) -> SignUp:
        """What was typed."""
        return SignUp(
            email=self.email.data,
            password=self.password.data,
            firstname=self.firstname.data,
            lastname=self.lastname.data,
            company=self.company.data or "",
            phone=self.phone.data or "",
            country=self.country.data,
            language=language(),
        )


@blueprint.route("/signup", methods=["GET", "POST"])
@public
def signup() -> Response:
    """The form, and the request to be let in."""
    if g.tenant.is_operator:
        raise NotFound  # nobody signs up at the console
    form = SignUpForm()
    if not form.validate_on_submit():
        return page("public/signup.html", 422 if form.is_submitted() else 200, form=form)
    try:
        with own_transaction() as beside:
            attempts.count(beside, "signup", address=address(), account=form.email.data)
    except TooOften:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        return page("public/signup.html", 429, form=form)
    origin = links.origin_of(session(), current().settings)
    clients.sign_up(session(), form=form.filled_in(), origin=origin)
    return redirect(url_for("public.signup_done"), 303)


@blueprint.get("/signup/done")
@public
def signup_done() -> Response:
    """What happens next."""
    if g.tenant.is_operator:
        raise NotFound
    return page("public/signup_done.html")
