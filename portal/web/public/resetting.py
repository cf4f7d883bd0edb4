"""A new password for whoever can read the mail of their address."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from portal.accounts import resets
from portal.accounts.errors import LinkSpent, WeakPassword
from portal.http import entering
from portal.http.actor import public
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import TooOften
from portal.tenancy import links
from portal.web.parts import forms
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


class ResetRequestForm(Form):
    """Whose password."""

    email = forms.email(lazy_gettext("E-mail address"))


class ResetForm(Form):
    """The new one."""

    password = forms.new_password(lazy_gettext("New password"))


@blueprint.route("/reset", methods=["GET", "POST"])
@public
def reset_request() -> Response:
    """Ask for a link; the answer is the same whether or not there is such an address."""
    _refuse_hidden()
    form = ResetRequestForm()
    if not form.validate_on_submit():
        return page("public/reset_request.html", 422 if form.is_submitted() else 200, form=form)
    try:
        with own_transaction() as beside:
            resets.request(beside, email=form.email.data, address=address())
    except TooOften:
        return _too_often("public/reset_request.html", form)
    return page("public/reset_sent.html")


@blueprint.route("/reset/<string(maxlength=200):token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Response:
    """Choose a password with the link from the mail; only sending the form uses the link up."""
    form = ResetForm()
    try:
        with own_transaction() as beside:
            resets.count_confirmation(beside, address=address())
        resets.owner_of(session(), token=token)
        if form.validate_on_submit():
            origin = links.origin_of(session(), current().settings)
            person = resets.confirm(
                session(),
                token=token,
                password=form.password.data,
                address=address(),
                origin=origin,
            )
            entering.know_browser(person)
            flash(gettext("The new password is saved. Sign in with it."), "success")
            return redirect(url_for("public.login"), 303)
    except TooOften:
        return _too_often("public/reset.html", form)
    except LinkSpent:
        return _spent()
    except WeakPassword as weak:
        form.password.errors = [forms.weakness(weak)]
    return page("public/reset.html", 422 if form.is_submitted() else 200, form=form)


def _too_often(template: str, form: Form) -> Response:
    form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
    return page(template, 429, form=form)


def _refuse_hidden() -> None:
    """No link is sent to anybody where the reseller has hidden it; links that are out still work.

    Raises:
        NotFound: it has.
    """
    if not g.tenant.settings.password_reset:
        raise NotFound


def _spent() -> Response:
    heading = gettext("This link does not work any more")
    if not g.tenant.settings.password_reset:
        text = gettext("It works for one hour, and once. Please ask us.")
        action = {"label": gettext("Sign in"), "url": url_for("public.login")}
    else:
        text = gettext("It works for one hour, and once. You can have another one sent.")
        action = {"label": gettext("Send me a new link"), "url": url_for("public.reset_request")}
    return page("public/notice.html", 410, heading=heading, text=text, action=action)
