"""Sign in and out, and leave a client's place."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from portal.accounts import confirming, passwords
from portal.accounts.errors import WrongCredentials
from portal.accounts.login import EMAIL_LENGTH_MAX, Admitted
from portal.accounts.models import Person
from portal.accounts.roles import AUDIENCES, RIGHTS, Role
from portal.http import signing_in, visiting
from portal.http.actor import public
from portal.http.security import safe_next
from portal.http.unit_of_work import session
from portal.infra.throttle import TooOften
from portal.web.parts import forms, navigation
from portal.web.parts.forms import Form
from portal.web.parts.pages import leading_on, page
from portal.web.public.pages import blueprint


class LoginForm(Form):
    """An address and a password. What is wrong with them is not said."""

    is_elsewhere = False
    """Whether it stands on another site, and is only answered here."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        [InputRequired(forms.REQUIRED), Length(max=EMAIL_LENGTH_MAX)],
        filters=[forms.trimmed],
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [InputRequired(forms.REQUIRED), Length(max=passwords.LENGTH_MAX)],
    )
    passkey = HiddenField()
    """Of another form on the same page, which a passkey's answer is sent by."""


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> Response:
    """The form, and the way in."""
    form = LoginForm()
    if not form.is_submitted() and g.actor is not None:
        return redirect(url_for("public.home"), 303)
    if not form.validate_on_submit():
        return login_page(form, 422 if form.is_submitted() else 200)
    admitted = tried(
        form,
        lambda: signing_in.sign_in(email=form.email.data, password=form.password.data),
    )
    return admitted if isinstance(admitted, Response) else answer_to(admitted)


@blueprint.post("/logout")
@public
def logout() -> Response:
    """Out, and the session is gone; who is on a visit leaves."""
    if g.actor is not None and g.actor.is_on_visit:
        return stop_viewing_as()
    signing_in.sign_out()
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("public.login"), 303)


@blueprint.post("/leave")
@public
def stop_viewing_as() -> Response:
    """Back from another's place to one's own."""
    if g.actor is not None and g.actor.is_on_visit:
        return leading_on(visiting.leave(), gettext("You have left this portal"))
    client_id = signing_in.stop_viewing()
    if client_id is None:
        return redirect(url_for("public.home"), 303)
    return redirect(url_for("reseller.client", client_id=client_id), 303)


def tried(form: LoginForm, attempt: Callable[[], Admitted]) -> Admitted | Response:
    """Try a password. Whoever may not sign in gets the answer of this page, the same everywhere."""
    try:
        admitted = attempt()
    except WrongCredentials:
        form.form_errors.append(gettext("This address and password do not belong together."))
        return login_page(form, 422)
    except TooOften as refused:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        answer = login_page(form, 429)
        answer.headers["Retry-After"] = str(refused.retry_after_seconds)
        return answer
    return admitted if admitted.may_sign_in else waiting_page(admitted)


def answer_to(admitted: Admitted) -> Response:
    """Where somebody goes who was let in: on, to the second step, or to what they wait for."""
    if not admitted.may_sign_in:
        return waiting_page(admitted)
    wanted = safe_next(request.args.get("next", ""))
    if admitted.asks_second_step:
        return redirect(url_for("public.second_step", next=wanted), 303)
    return redirect(wanted or home_of(admitted.person), 303)


def login_page(form: LoginForm, status: int) -> Response:
    """The form, which is sent to its own address wherever it is shown."""
    wanted = safe_next(request.args.get("next", ""))
    passkey_url = url_for("public.login_by_passkey", next=wanted)
    return page("public/login.html", status, form=form, passkey_url=passkey_url)


def home_of(person: Person) -> str:
    """Where somebody begins."""
    role = Role(person.role)
    return navigation.home_of(AUDIENCES[role], RIGHTS[role])


def waiting_page(admitted: Admitted) -> Response:
    """What somebody sees who gave what they had to, and is not let in yet or any more."""
    client = admitted.client
    assert client is not None  # staff wait for nothing
    unconfirmed = admitted.person.email if confirming.awaited(session(), client) else ""
    return page(
        "public/waiting.html",
        client_status=admitted.standing,
        reason=client.refused_reason,
        unconfirmed=unconfirmed,
    )
