"""The front page: who is signed in goes on to their own."""

from __future__ import annotations

from flask import g, redirect, url_for
from werkzeug.wrappers import Response

from portal.http.actor import public
from portal.web.parts import navigation
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


@blueprint.get("/")
@public
def home() -> Response:
    """What the portal is, and how to get in."""
    if g.actor is not None:
        return redirect(navigation.home_of(g.actor.audience, g.actor.rights), 303)
    if g.tenant.is_operator:
        return redirect(url_for("public.login"), 303)
    return page("public/home.html")
