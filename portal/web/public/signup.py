"""Sign up: the same answer whether or not the address has an account here.

Programs that fill in forms are kept few in three ways, none of which asks a person anything. A
field that nobody sees has to stay empty; whoever fills it in is asked to send the form again. The
browser solves a small sum while the form is filled in (`work_proof`). And sign-ups are counted:
with the sum solved like any try to get in, without it three times an hour for each network.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from flask import g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField
from wtforms.validators import Length, ValidationError

from portal.accounts import attempts, consents, passwords, signing_up
from portal.accounts.errors import WeakPassword
from portal.accounts.signing_up import Origin, SignUp
from portal.http.actor import public
from portal.http.language import language
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import Limit, TooOften
from portal.tenancy import links
from portal.tenancy.signup_fields import Asked, SignUpField, SignUpRules
from portal.tenancy.text_models import PageVersion
from portal.web.parts import client_fields, forms
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public import consent_fields, work_proof
from portal.web.public.pages import blueprint

UNSOLVED: Final = Limit(count_max=3, window=timedelta(hours=1))
"""Sign-ups of one network whose browser has not solved the sum."""
TRAP: Final = "homepage"
"""The field that nobody sees."""
_TIME_ZONE_LENGTH_MAX: Final = 40


class SignUpForm(Form):
    """What every reseller has to know of somebody new; `sign_up_form` adds what it asks for.

    Its hidden fields are filled in by a script: the sum that comes with the form, its solution, and
    the time zone of the browser's clock.
    """

    usual_country: str
    email: Any
    password: Any
    work = HiddenField(validators=[Length(max=work_proof.LENGTH_MAX)])
    solution = HiddenField(validators=[Length(max=12)])
    time_zone = HiddenField(validators=[Length(max=_TIME_ZONE_LENGTH_MAX)])

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
            fields["email"] = forms.email(
                lazy_gettext("E-mail address"), render_kw={"autocomplete": "email"}
            )
        if (asked := rules.asked(name)) is not Asked.HIDDEN:
            fields[name.value] = client_fields.field(
                name, required=asked is Asked.REQUIRED, by_themselves=True
            )
    fields["password"] = forms.new_password(lazy_gettext("Password"))
    fields |= consent_fields.fields(to_accept)
    form: SignUpForm = type("SignUpForm", (SignUpForm,), fields)()
    if not form.work.data:
        renew_work(form)
    if "country" in form:
        required = rules.asked(SignUpField.COUNTRY) is Asked.REQUIRED
        form["country"].choices = client_fields.countries(required=required)
        if form["country"].data is None:
            form["country"].data = usual_country
    return form


def renew_work(form: SignUpForm) -> None:
    """Give a form another sum, since the one that it came with is spent or there was none."""
    form.work.data, form.solution.data = work_proof.challenge(), ""


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
        return page("public/signup.html", 422 if form.is_submitted() else 200, form=form, trap=TRAP)
    if request.form.get(TRAP):
        form.form_errors.append(
            gettext("Something was filled in twice. Please send the form again.")
        )
        return page("public/signup.html", 422, form=form, trap=TRAP)
    try:
        calculated = _counted(form)
    except TooOften:
        renew_work(form)
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        return page("public/signup.html", 429, form=form, trap=TRAP)
    client = signing_up.sign_up(
        session(),
        form=form.filled_in(),
        origin=links.origin_of(session(), current().settings),
        came=Origin(address=address(), time_zone=form.time_zone.data or "", calculated=calculated),
    )
    if client is not None:
        consents.record(session(), client_id=client.id, accepted=to_accept, address=address())
    return redirect(url_for("public.signup_done"), 303)


@blueprint.get("/signup/done")
@public
def signup_done() -> Response:
    """What happens next."""
    _refuse_closed()
    return page("public/signup_done.html")


def _counted(form: SignUpForm) -> bool:
    """Count a sign-up; whether its browser has solved the sum, which is spent with it.

    Raises:
        TooOften: the address, the network or the reseller has had as many as it may.
    """
    with own_transaction() as beside:
        attempts.count(beside, "signup", address=address(), account=form.email.data)
        given, answer = form.work.data or "", form.solution.data or ""
        if work_proof.solved(beside, given=given, answer=answer):
            return True
        attempts.count_for_network(beside, "signup_unsolved", address=address(), limit=UNSOLVED)
        return False


def _refuse_closed() -> None:
    """Nobody signs up at the console, or where the reseller lets nobody in by themselves.

    Raises:
        NotFound: this is such a place.
    """
    if g.tenant.is_operator or not g.tenant.settings.sign_up.open:
        raise NotFound
