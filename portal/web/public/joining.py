"""Come by an invitation: choose a password, and sign in with it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from portal.accounts import accepting
from portal.accounts.errors import LinkSpent, WeakPassword
from portal.accounts.models import Person
from portal.http.actor import public
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.infra.throttle import TooOften
from portal.web.parts import forms
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


class JoinForm(Form):
    """The first password."""

    password = forms.new_password(lazy_gettext("Password"))


@blueprint.route("/join/<string(maxlength=200):token>", methods=["GET", "POST"])
@public
def join(token: str) -> Response:
    """Choose a password with the link from the mail; only sending the form uses the link up."""
    form = JoinForm()
    try:
        with own_transaction() as beside:
            accepting.count(beside, address=address())
        guest = accepting.guest_of(session(), token=token)
        if form.validate_on_submit():
            accepting.accept(session(), token=token, password=form.password.data, address=address())
            flash(gettext("Your password is saved. Sign in with it."), "success")
            return redirect(url_for("public.login"), 303)
    except TooOften:
        return _too_often()
    except LinkSpent:
        return _spent()
    except WeakPassword as weak:
        form.password.errors = [forms.weakness(weak)]
    return _page(form, guest)


def _page(form: JoinForm, guest: Person) -> Response:
    status = 422 if form.is_submitted() else 200
    return page("public/join.html", status, form=form, email=guest.email)


def _too_often() -> Response:
    return page(
        "public/notice.html",
        429,
        heading=gettext("Too many tries"),
        text=gettext("Please wait a few minutes, then open the link again."),
        action={"label": gettext("Sign in"), "url": url_for("public.login")},
    )


def _spent() -> Response:
    return page(
        "public/notice.html",
        410,
        heading=gettext("This invitation does not work any more"),
        text=gettext(
            "It works for seven days, and once. If you have chosen a password already, sign in."
            " Otherwise ask whoever invited you to send it again."
        ),
        action={"label": gettext("Sign in"), "url": url_for("public.login")},
    )
