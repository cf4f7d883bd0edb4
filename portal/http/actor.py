"""Who acts in a request, and whether its route is for them.

Every view is marked with `requires`, `signed_in`, `personal`, `public` or `anonymous`, and those of
a service that clients may not be offered with `offers` as well. The marks are read before the view
is called, and `refuse_unmarked` fails the build where one is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import flask
from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.exceptions import Forbidden, MethodNotAllowed, NotFound, Unauthorized
from werkzeug.wrappers import Response

from portal.accounts import sessions
from portal.accounts.actor import Actor, Viewing
from portal.accounts.roles import Audience, Right
from portal.http import recognising, security
from portal.tenancy.display import Service, ServiceHidden

VIEWS_OF: Final = {
    "client": Audience.CLIENT,
    "reseller": Audience.RESELLER,
    "operator": Audience.OPERATOR,
    "operator_api": Audience.OPERATOR,
}
"""Whose pages a blueprint has; the others are for everybody or for programs."""

FOR_PROGRAMS: Final = frozenset({"api", "operator_api"})
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Whom a view is for."""

    right: Right | None = None
    is_public: bool = False
    is_anonymous: bool = False
    is_personal: bool = False
    service: Service | None = None
    """What a client has to be offered; nobody else is asked."""


def requires(right: Right) -> Callable[[View], View]:
    """Mark a view as one for those of its audience who have this right."""
    return _marking(Access(right=right))


def offers(service: Service) -> Callable[[View], View]:
    """Mark a view that is marked already as part of a service, which a client may not be shown."""

    def mark(view: View) -> View:
        access = access_of(view)
        assert access is not None, view
        return _marking(replace(access, service=service))(view)

    return mark


def signed_in(view: View) -> View:
    """Mark a view as one for everybody of its audience, whatever their rights."""
    return _marking(Access())(view)


def personal(view: View) -> View:
    """Mark a view as one for everybody who is signed in, and nobody in another's place."""
    return _marking(Access(is_personal=True))(view)


def personally(view: View) -> View:
    """Mark a view that is marked already as one for nobody in another's place."""
    access = access_of(view)
    assert access is not None, view
    return _marking(replace(access, is_personal=True))(view)


def public(view: View) -> View:
    """Mark a view as one for everybody; it may greet those who are signed in."""
    return _marking(Access(is_public=True))(view)


def anonymous(view: View) -> View:
    """Mark a view as one for everybody that never looks who asks: files, health, callbacks."""
    return _marking(Access(is_public=True, is_anonymous=True))(view)


def _marking(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        marked: Any = view
        marked.access = access
        marked.right = access.right
        return view

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """Whom a view is for, or None if it was never said."""
    access = getattr(view, "access", None)
    return access if isinstance(access, Access) else None


def refuse_unmarked(app: Flask) -> None:
    """See that every view of an application says whom it is for.

    Raises:
        LookupError: naming one that does not.
    """
    for endpoint, view in app.view_functions.items():
        if access_of(view) is None:
            raise LookupError(f"{endpoint} does not say whom it is for: mark it in its module")


class _User(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """What Flask-Login is given: nothing but the actor."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def recognise_with(app: Flask) -> None:
    """Let Flask-Login ask us who somebody is; it keeps nothing of its own."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_load)
    # Its `init_app` would look after a cookie of its own at the end of every request, and so tell
    # caches that files depend on cookies. No cookie can have this name, so none is taken for it.
    app.config["REMEMBER_COOKIE_NAME"] = ";"
    vars(app)["login_manager"] = manager


def recognise() -> None:
    """Put `g.actor`: who acts, or None."""
    g.actor = None
    access = _access()
    if access is None or access.is_anonymous or g.tenant is None:
        return
    g.actor = getattr(current_user, "actor", None)


def _load(_: object) -> _User | None:
    actor = recognising.speaker() if request.blueprint in FOR_PROGRAMS else recognising.visitor()
    return _User(actor) if actor else None


def admit() -> Response | None:
    """Let the request through to its view, or say where to go instead.

    Raises:
        NotFound: the page is another audience's, is not on this host, or is of a hidden service.
        Unauthorized: a program has shown no key that holds.
        ServiceHidden: a program asks for what its client is not offered.
        Forbidden: the right is missing, or the page is of whoever is in another's place.
    """
    _refuse_wrong_host()
    access = _access()
    if access is None:
        return None  # there is no such page, or not for this method, which Flask says next
    if access.is_public:
        return None
    actor: Actor | None = g.actor
    if actor is None:
        return _ask_to_sign_in()
    wanted = VIEWS_OF.get(request.blueprint or "")
    if wanted is not None and actor.audience is not wanted:
        return _lead_back(actor)
    _refuse_hidden(access, actor)
    if access.right is not None and not actor.can(access.right):
        raise Forbidden
    if actor.viewing is not None:
        _keep_on_leash(access, actor.viewing)
    return None


def _lead_back(actor: Actor) -> Response:
    """Back from a client's pages, where staff's time there is over with this very request.

    Raises:
        NotFound: for anybody else, since these pages are another audience's.
    """
    client_id = g.get("left_place_of")
    if client_id is None or actor.audience is not Audience.RESELLER:
        raise NotFound
    flash(gettext("Your time in the client's place is over."), "info")
    return redirect(url_for("reseller.client", client_id=client_id), 303)


def _keep_on_leash(access: Access, viewing: Viewing) -> None:
    """Who is in another's place changes nothing without a reason, and nothing personal with one."""
    if access.is_personal or not (viewing.may_act or request.method in {"GET", "HEAD", "OPTIONS"}):
        raise Forbidden


def _refuse_hidden(access: Access, actor: Actor) -> None:
    """What is hidden from a client looks to people as if it were not there; programs are told."""
    if request.blueprint not in FOR_PROGRAMS:
        if access.service is not None and not actor.display.shows(access.service):
            raise NotFound
        return
    for service in (Service.API, access.service):
        if service is not None and not actor.display.shows(service):
            raise ServiceHidden(service)


def _access() -> Access | None:
    if request.endpoint is None:
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    assert access is not None, request.endpoint  # `refuse_unmarked` has seen it
    return access


def _refuse_wrong_host() -> None:
    """The console has its own pages and no reseller's, and the other way round."""
    wanted = VIEWS_OF.get(_blueprint_of_path())
    if wanted is None or g.tenant is None:
        return
    if g.tenant.is_operator != (wanted is Audience.OPERATOR):
        raise NotFound


def _blueprint_of_path() -> str:
    """The blueprint that has this path, be it for another method: those are on one host as well."""
    refused = request.routing_exception
    if not isinstance(refused, MethodNotAllowed):
        return request.blueprint or ""
    adapter = current_app.url_map.bind("")
    endpoint, _ = adapter.match(request.path, method=next(iter(refused.valid_methods or ["GET"])))
    return str(endpoint).rpartition(".")[0]


def _ask_to_sign_in() -> Response:
    if request.blueprint in FOR_PROGRAMS:
        raise Unauthorized
    wanted = request.full_path.removesuffix("?") if request.method == "GET" else None
    if "HX-Request" in request.headers:
        # A fragment of a page would be filled with the form; the whole page is to go there.
        return Response(status=401, headers={"HX-Redirect": url_for("public.login")})
    return redirect(url_for("public.login", next=wanted), 303)


def bring_cookie(response: flask.Response) -> flask.Response:
    """Give the browser the cookie that it has from now on, or take away one that does not hold."""
    token = g.get("new_cookie")
    if token and response.status_code >= 400:
        return response  # what the cookie is for was undone
    if token:
        age_seconds = int(sessions.AGE_MAX.total_seconds())
        security.set_cookie(response, "sid", token, age_seconds=age_seconds)
    elif token == "":
        security.delete_cookie(response, "sid")
    return response
