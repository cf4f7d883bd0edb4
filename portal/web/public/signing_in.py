"""Sign in and out, and leave a client's place."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from portal.accounts import passwords
from portal.accounts.errors import WrongCredentials
from portal.accounts.login import EMAIL_LENGTH_MAX, Admitted
from portal.accounts.roles import AUDIENCES, RIGHTS, Role
from portal.http import signing_in
from portal.http.actor import public
from portal.http.security import safe_next
from portal.infra.throttle import TooOften
from portal.web.parts import forms, navigation
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


class LoginForm(Form):
    """An address and a password. What is wrong with them is not said."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        [InputRequired(forms.REQUIRED), Length(max=EMAIL_LENGTH_MAX)],
        filters=[forms.trimmed],
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [InputRequired(forms.REQUIRED), Length(max=passwords.LENGTH_MAX)],
    )


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> Response:
    """The form, and the way in."""
    form = LoginForm()
    if not form.is_submitted() and g.actor is not None:
        return redirect(url_for("public.home"), 303)
    if not form.validate_on_submit():
        return _form(form, 422 if form.is_submitted() else 200)
    try:
        admitted = signing_in.sign_in(email=form.email.data, password=form.password.data)
    except WrongCredentials:
        form.form_errors.append(gettext("This address and password do not belong together."))
        return _form(form, 422)
    except TooOften as refused:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        answer = _form(form, 429)
        answer.headers["Retry-After"] = str(refused.retry_after_seconds)
        return answer
    if not admitted.may_sign_in:
        return _waiting(admitted)
    return redirect(safe_next(request.args.get("next", "")) or _home_of(admitted), 303)


@blueprint.post("/logout")
@public
def logout() -> Response:
    """Out, and the session is gone."""
    signing_in.sign_out()
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("public.login"), 303)


@blueprint.post("/leave")
@public
def stop_viewing_as() -> Response:
    """Back from a client's place to one's own."""
    client_id = signing_in.stop_viewing()
    if client_id is None:
        return redirect(url_for("public.home"), 303)
    return redirect(url_for("reseller.client", client_id=client_id), 303)


def _form(form: LoginForm, status: int) -> Response:
    return page("public/login.html", status, form=form, signup_open=not g.tenant.is_operator)


def _waiting(admitted: Admitted) -> Response:
    reason = admitted.client.refused_reason if admitted.client else ""
    return page("public/waiting.html", client_status=admitted.standing, reason=reason)


def _home_of(admitted: Admitted) -> str:
    role = Role(admitted.person.role)
    return navigation.home_of(AUDIENCES[role], RIGHTS[role])
