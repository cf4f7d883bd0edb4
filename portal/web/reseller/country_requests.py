"""The countries that clients have asked for, and the answers to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.language import locale
from portal.http.unit_of_work import session
from portal.messaging import country_requests as requests
from portal.messaging.country_requests import AlreadyDecided, Waiting
from portal.messaging.models import CountryRequest
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form, text
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint, origin


class DeclineForm(Form):
    """Why a country stays closed; the client reads it. Several stand on one page."""

    reason = text(lazy_gettext("Reason"), length_max=200, required=True)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A request that waits; `form` has been sent if it has errors."""

    id: int
    client_id: int
    client_name: str
    country: str
    asked_at: datetime
    form: DeclineForm


@blueprint.get("/country-requests")
@requires(Right.CLIENTS_READ)
def country_requests() -> Response:
    """The requests that wait for an answer, oldest first."""
    return _page()


@blueprint.post(f"/country-requests/<{ID}:request_id>/open-for-client")
@requires(Right.CLIENTS_MANAGE)
def open_country_for_client(request_id: int) -> Response:
    """Open the country for the client that asked."""
    done = gettext("%(country)s is open for this client, who has been told.")
    return _answered(
        lambda: requests.open_for_client(session(), request_id, by=g.actor, origin=origin()),
        done=done,
    )


@blueprint.post(f"/country-requests/<{ID}:request_id>/open-for-all")
@requires(Right.CLIENTS_MANAGE)
def open_country_for_all(request_id: int) -> Response:
    """Open the country for all clients."""
    done = gettext("%(country)s is open for all clients; who asked has been told.")
    return _answered(
        lambda: requests.open_for_all(session(), request_id, by=g.actor, origin=origin()),
        done=done,
    )


@blueprint.post(f"/country-requests/<{ID}:request_id>/decline")
@requires(Right.CLIENTS_MANAGE)
def decline_country(request_id: int) -> Response:
    """Leave the country closed."""
    requests.by_id(session(), request_id)  # of one that is none, the reason is of no interest
    form = DeclineForm()
    if not form.validate_on_submit():
        return _page(status=422, submitted={request_id: form})
    reason = form.reason.data
    return _answered(
        lambda: requests.decline(session(), request_id, reason=reason, by=g.actor, origin=origin()),
        done=gettext("%(country)s stays closed for this client, who has been told why."),
    )


def _page(*, status: int = 200, submitted: Mapping[int, DeclineForm] | None = None) -> Response:
    forms = submitted or {}
    return page(
        "reseller/country_requests.html",
        status,
        rows=[
            _row(each, forms.get(each.request.id) or DeclineForm(formdata=None))
            for each in requests.waiting(session())
        ],
    )


def _row(waiting: Waiting, form: DeclineForm) -> Row:
    request = waiting.request
    form.reason.id = f"reason-{request.id}"
    form.reason.label.field_id = form.reason.id
    return Row(
        id=request.id,
        client_id=waiting.client.id,
        client_name=waiting.client.name,
        country=_name(request.country),
        asked_at=request.asked_at,
        form=form,
    )


def _answered(verb: Callable[[], CountryRequest], *, done: str) -> Response:
    try:
        found = verb()
    except AlreadyDecided:
        flash(gettext("Somebody else has answered this request."), "info")
    else:
        flash(done % {"country": _name(found.country)}, "success")
    return redirect(url_for("reseller.country_requests"), 303)


def _name(country: str) -> str:
    return str(locale().territories.get(country, country))
