"""Sign in with another e-mail address."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from portal.accounts import email_changes
from portal.accounts.errors import LinkSpent
from portal.http.actor import personal, public
from portal.http.reauthentication import fresh
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import TooOften
from portal.tenancy import links
from portal.web.account.pages import blueprint, own_page, own_person
from portal.web.parts import forms
from portal.web.parts.forms import Form
from portal.web.parts.pages import page


class EmailForm(Form):
    """The new one."""

    email = forms.email(lazy_gettext("New e-mail address"))


@blueprint.route("/profile/email", methods=["GET", "POST"])
@personal
@fresh
def email() -> Response:
    """Ask for it; a mail with a link goes there."""
    form, person = EmailForm(), own_person()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        if form.email.data.lower() == person.email.lower():
            form.email.errors = [gettext("This is your address already.")]
        else:
            try:
                with own_transaction() as beside:
                    email_changes.request(beside, own_person(), email=form.email.data, by=g.actor)
            except TooOften as refused:
                form.form_errors.append(gettext("Too many tries. Please wait some hours."))
                answer = own_page("email.html", 429, form=form, person=person)
                answer.headers["Retry-After"] = str(refused.retry_after_seconds)
                return answer
            return own_page("email_sent.html", email=form.email.data)
    return own_page("email.html", status, form=form, person=person)


@blueprint.route("/profile/email/<string(maxlength=200):token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> Response:
    """Have it from now on, with the link of the mail; only sending the form uses the link up."""
    form = Form()
    try:
        with own_transaction() as beside:
            email_changes.count_try(beside, address=address())
        if form.validate_on_submit():
            origin = links.origin_of(session(), current().settings)
            email_changes.confirm(session(), token=token, address=address(), origin=origin)
            flash(gettext("From now on you sign in with the new address."), "success")
            return redirect(url_for("public.home" if g.actor else "public.login"), 303)
        asked = email_changes.asked_by(session(), token=token)
    except TooOften:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        return page("account/email_confirm.html", 429, form=form, email="")
    except LinkSpent:
        return page(
            "public/notice.html",
            410,
            heading=gettext("This link does not work any more"),
            text=gettext("It works for 24 hours, and once. You can ask for another one."),
            action={"label": gettext("Go on"), "url": url_for("account.email")},
        )
    return page("account/email_confirm.html", form=form, email=asked.email)
