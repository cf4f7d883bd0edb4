"""Sensitive acts: whoever has not proved lately who they are does so first, and then goes on.

A view that is marked with `fresh` is called only where its person has signed in or confirmed who
they are within `sessions.CONFIRMED_FOR`. A page that is asked for too late leads to the page that
confirms, and from there back. A form that is sent too late is carried there with all that was typed
and, once that is done, sent on to where it was going; only files have to be chosen again, so the
page that shows such a form is marked as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from portal.accounts.statuses import TWO_STEPS, Proof
from portal.http.actor import access_of
from portal.http.security import safe_next

View = TypeVar("View", bound=Callable[..., Any])


def fresh(view: View) -> View:
    """Mark a view as one for those who have proved lately who they are.

    It says nothing of whom the view is for: `requires` or `signed_in` stands beside it. Staff in a
    client's place are refused, whatever they have proved: they are not the client.
    """
    marked: Any = view
    marked.asks_fresh = True
    return view


def insist() -> Response | None:
    """Let a request through to its view, or lead to the page that confirms.

    Where staff take a second step, whoever of them has none is led to where it is set up.

    Raises:
        Forbidden: somebody is in a client's place.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and _lacks_second_step(view):
        flash(gettext("Everybody who works here signs in with a second step. Set yours up."))
        return redirect(url_for("account.second_step"), 303)
    if not getattr(view, "asks_fresh", False):
        return None
    actor = g.actor
    if actor is None or actor.viewing is not None:
        raise Forbidden
    return None if g.get("is_confirmed") else _confirm_first()


def _lacks_second_step(view: Callable[..., Any]) -> bool:
    """Whether this is staff with a password alone where that is not enough."""
    actor, access = g.actor, access_of(view)
    if actor is None or actor.client_id is not None or g.get("proof", Proof.PASSKEY) in TWO_STEPS:
        return False
    if not g.tenant.settings.staff_take_second_step or access is None or access.is_public:
        return False
    return request.blueprint != "account"


def _confirm_first() -> Response:
    if "HX-Request" in request.headers:
        # A fragment of a page would be filled with the form; the whole page is to go there.
        shown = urlsplit(request.headers.get("HX-Current-URL", "")).path
        return Response(status=401, headers={"HX-Redirect": _page(shown)})
    if request.method != "POST":
        return redirect(_page(request.full_path.removesuffix("?")), 303)
    if request.files:
        return redirect(_page(urlsplit(request.referrer or "").path), 303)
    # 307 has the browser send the form there.
    return redirect(_page(request.full_path.removesuffix("?"), method="POST"), 307)


def _page(wanted: str, *, method: str = "GET") -> str:
    return url_for("account.confirm", next=safe_next(wanted, method=method))
