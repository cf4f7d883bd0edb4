"""Come from the console to a reseller's pages: a ticket in the address, exchanged by a form."""

from __future__ import annotations

from flask import g, redirect, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from portal.accounts import visits
from portal.accounts.errors import LinkSpent
from portal.http import visiting
from portal.http.actor import public
from portal.http.unit_of_work import session
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


@blueprint.route("/visit/<ticket>", methods=["GET", "POST"])
@public
def visit(ticket: str) -> Response:
    """Begin a visit; whoever is signed in on this portal is asked first.

    Raises:
        NotFound: this is the console, which nobody visits.
    """
    if g.tenant.is_operator:
        raise NotFound
    form = Form()
    try:
        if form.validate_on_submit():
            visiting.begin(ticket)
            return redirect(url_for("reseller.dashboard"), 303)
        waiting = visits.waiting(session(), ticket=ticket, host=g.tenant.host)
    except LinkSpent:
        return _spent()
    return page(
        "public/visit.html",
        form=form,
        url=url_for("public.visit", ticket=ticket),
        may_act=bool(waiting.reason),
        other=g.actor.name if g.actor is not None and g.actor.viewing is None else "",
    )


def _spent() -> Response:
    return page(
        "public/notice.html",
        410,
        heading=gettext("This link does not work any more"),
        text=gettext(
            "It works once, within a minute, and under one address only. Nothing was begun. Go back"
            " to where you found it and ask for a new one."
        ),
    )
