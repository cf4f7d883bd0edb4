"""Confirm the address that somebody signed up with, and have the link for it sent again."""

from __future__ import annotations

from flask import g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from portal.accounts import confirming
from portal.accounts.errors import LinkSpent
from portal.http.actor import public
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import TooOften
from portal.provisioning import admitting
from portal.tenancy import links
from portal.tenancy.admission import Outcome
from portal.web.parts import forms
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


class AgainForm(Form):
    """Who wants another link."""

    email = forms.email(lazy_gettext("E-mail address"))


class ConfirmForm(Form):
    """Nothing but its token: programs that look through mail follow links, and send no forms."""


@blueprint.route("/signup/again", methods=["GET", "POST"])
@public
def signup_again() -> Response:
    """Ask for another link; the answer is the same whether or not somebody waits for one."""
    _refuse_console()
    form = AgainForm()
    if not form.validate_on_submit():
        return page("public/signup_again.html", 422 if form.is_submitted() else 200, form=form)
    try:
        with own_transaction() as beside:
            confirming.ask_again(beside, email=form.email.data, address=address())
    except TooOften:
        return _too_often("public/signup_again.html", form)
    return redirect(url_for("public.signup_done"), 303)


@blueprint.route("/signup/confirm/<string(maxlength=200):token>", methods=["GET", "POST"])
@public
def signup_confirm(token: str) -> Response:
    """Confirm with the link from the mail; only sending the form uses the link up."""
    _refuse_console()
    form = ConfirmForm()
    try:
        with own_transaction() as beside:
            confirming.count(beside, address=address())
        client = confirming.client_of(session(), token=token)
        if form.validate_on_submit():
            origin = links.origin_of(session(), current().settings)
            outcome = admitting.confirm(session(), token=token, address=address(), origin=origin)
            return _confirmed(outcome)
    except TooOften:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        return page("public/signup_confirm.html", 429, form=form, client=None)
    except LinkSpent:
        return page(
            "public/notice.html",
            410,
            heading=gettext("This link does not work any more"),
            text=gettext(
                "It works for 24 hours, and once. If your address is confirmed already, there is"
                " nothing left for you to do. Else you can have another link sent."
            ),
            action={"label": gettext("Send me a new link"), "url": url_for("public.signup_again")},
        )
    status = 422 if form.is_submitted() else 200
    return page("public/signup_confirm.html", status, form=form, client=client)


def _confirmed(outcome: Outcome) -> Response:
    """What happens next, on the page that answers the form."""
    if outcome is Outcome.ACTIVATED:
        return page(
            "public/notice.html",
            heading=gettext("Your account is active"),
            text=gettext("Your address is confirmed. Sign in with it and with your password."),
            action={"label": gettext("Sign in"), "url": url_for("public.login")},
        )
    text = (
        gettext("Our staff look at your request next. You hear from us by e-mail.")
        if outcome is Outcome.WAITS
        else gettext("We have looked at your request, and have sent you the answer by e-mail.")
    )
    return page(
        "public/notice.html",
        heading=gettext("Thank you, your address is confirmed"),
        text=text,
        action={"label": gettext("Back to the front page"), "url": url_for("public.home")},
    )


def _too_often(template: str, form: Form) -> Response:
    form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
    return page(template, 429, form=form)


def _refuse_console() -> None:
    """Nobody signs up at the console. Where the reseller lets nobody in, links that are out work.

    Raises:
        NotFound: this is the console.
    """
    if g.tenant.is_operator:
        raise NotFound
