"""Sign in from a form on a reseller's own website, by the field names of VoIP.ms.

No token can protect such a form, so three other things do: it is taken from listed sites alone, its
answers and throttles are those of the page to sign in on, and it gives no session but a ticket,
which a page of ours exchanges. There, where the browser shows its cookies again, whoever is signed
in already is asked first.
"""

from __future__ import annotations

from typing import Final

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from portal.accounts import tickets
from portal.accounts.errors import LinkSpent
from portal.http import security, signing_in
from portal.http.actor import public
from portal.http.unit_of_work import session
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.arriving import somebody_else
from portal.web.public.pages import blueprint
from portal.web.public.signing_in import LoginForm, home_of, login_page, tried

ACTION: Final = "DirectLogin"
_COOKIE: Final = "ticket"


class SentForm(LoginForm):
    """What the other site's form has sent; it cannot have a token of ours."""

    is_elsewhere = True

    class Meta:
        """Nothing to protect: the view asks where it comes from."""

        csrf = False


@blueprint.post("/direct-login")
@public
def direct_login() -> Response:
    """Check what was typed on another site, and go on to a page of ours with a ticket."""
    if g.tenant.is_operator:
        raise NotFound  # the console takes nobody's form
    if not security.comes_from(g.tenant.settings.login_sites):
        return _unlisted()
    given = request.form
    typed = {"email": given.get("col_email", ""), "password": given.get("col_password", "")}
    form = SentForm(MultiDict(typed))
    if not form.validate():
        return login_page(form, 422)
    refused = tried(
        form,
        lambda: signing_in.take_ticket(
            email=form.email.data, password=form.password.data, is_ours=_is_ours()
        ),
    )
    if isinstance(refused, Response):
        return refused
    answer = redirect(url_for("public.continue_direct_login"), 303)
    age_seconds = int(tickets.GOOD_FOR.total_seconds())
    security.set_cookie(answer, _COOKIE, g.ticket, age_seconds=age_seconds)
    return answer


@blueprint.route("/direct-login/continue", methods=["GET", "POST"])
@public
def continue_direct_login() -> Response:
    """Exchange the ticket for a session; whoever is signed in as somebody else is asked first."""
    ticket = request.cookies.get(security.cookie_name(_COOKIE), "")
    form = Form()
    try:
        if form.validate_on_submit():
            owner = signing_in.sign_in_by(ticket)
            steps = url_for("public.second_step") if g.asks_second_step else home_of(owner)
            answer = redirect(steps, 303)
            security.delete_cookie(answer, _COOKIE)
            return answer
        owner = tickets.owner_of(session(), token=ticket)
    except LinkSpent:
        flash(gettext("Please sign in here. What you typed elsewhere came too late."), "info")
        return redirect(url_for("public.login"), 303)
    return page(
        "public/direct_login.html",
        form=form,
        name=owner.name,
        email=owner.email,
        other=somebody_else(owner),
    )


def _is_ours() -> bool:
    """Whether the form names this portal's reseller and what it is for."""
    number = str(g.tenant.reseller.number)
    return request.form.get("UID", "").strip() == number and request.form.get("action") == ACTION


def _unlisted() -> Response:
    return page(
        "public/notice.html",
        403,
        heading=gettext("You cannot sign in from that website"),
        text=gettext(
            "Its owner has not told us about it yet, so that nobody can catch your password with a"
            " form that looks like ours. You can sign in on our own page."
        ),
        action={"label": gettext("Sign in"), "url": url_for("public.login")},
    )
