"""Choose another password."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from portal.accounts import own_password
from portal.accounts.errors import WeakPassword
from portal.http import entering
from portal.http.actor import personal
from portal.http.reauthentication import fresh
from portal.http.recognising import address
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.tenancy import links
from portal.web.account.pages import blueprint, own_page, own_person
from portal.web.parts import forms
from portal.web.parts.forms import Form


class PasswordForm(Form):
    """The new one; the old one was asked for a moment ago."""

    password = forms.new_password(lazy_gettext("New password"))


@blueprint.route("/profile/password", methods=["GET", "POST"])
@personal
@fresh
def password() -> Response:
    """Choose one; whoever is signed in elsewhere as the same person is signed out."""
    form = PasswordForm()
    person = own_person()
    if form.validate_on_submit():
        try:
            own_password.change(
                session(),
                person,
                password=form.password.data,
                address=address(),
                origin=links.origin_of(session(), current().settings),
            )
        except WeakPassword as weak:
            form.password.errors = [forms.weakness(weak)]
        else:
            entering.begin(session(), person, proof=g.proof)
            flash(
                gettext("The new password is saved. All your other browsers are signed out."),
                "success",
            )
            return redirect(url_for("account.profile"), 303)
    return own_page("password.html", 422 if form.is_submitted() else 200, form=form)
