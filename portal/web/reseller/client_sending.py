"""What a client may send: to which countries, how much on a day, under which names."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import sending_limits, sub_accounts
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.language import locale
from portal.http.unit_of_work import session
from portal.messaging import sender_names
from portal.messaging.errors import SenderNotAllowed
from portal.tenancy import settings
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.client_money_forms import (
    EVERY_COUNTRY,
    CountriesForm,
    DailyLimitForm,
    SenderForm,
)
from portal.web.reseller.pages import blueprint


@blueprint.get(f"/clients/<{ID}:client_id>/sending")
@requires(Right.CLIENTS_READ)
def client_sending(client_id: int) -> Response:
    """The page."""
    return _page(client_id)


@blueprint.post(f"/clients/<{ID}:client_id>/countries")
@requires(Right.CLIENTS_MANAGE)
def client_countries(client_id: int) -> Response:
    """Open countries for this client."""
    found_client(client_id)
    form = CountriesForm()
    if not form.validate_on_submit():
        return _page(client_id, status=422, countries_form=form)
    sending_limits.open_countries(
        session(), client_id=client_id, countries=form.chosen(), by=g.actor
    )
    flash(gettext("The countries are saved."), "success")
    return redirect(_address(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/daily-limit")
@requires(Right.CLIENTS_MANAGE)
def client_daily_limit(client_id: int) -> Response:
    """Choose how much it may send on a day."""
    found_client(client_id)
    form = DailyLimitForm()
    if not form.validate_on_submit():
        return _page(client_id, status=422, limit_form=form)
    limit = form.limit.count if form.limit.data else None
    sending_limits.set_daily_limit(session(), client_id=client_id, limit=limit, by=g.actor)
    flash(gettext("The daily limit is saved."), "success")
    return redirect(_address(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/senders")
@requires(Right.CLIENTS_MANAGE)
def approve_sender(client_id: int) -> Response:
    """Let it send under another name, or change whether a name is for codes."""
    found_client(client_id)
    form = SenderForm()
    if form.validate_on_submit():
        try:
            name = sender_names.check(form.name.data)
        except SenderNotAllowed:
            form.name.errors = [
                gettext(
                    "This is no sender. It has up to 11 letters and digits without blanks, at"
                    " least one letter, and passes for no bank, brand or authority; or it is a"
                    " number with a plus."
                )
            ]
        else:
            sub_accounts.approve_sender(
                session(),
                client_id=client_id,
                name=name,
                for_codes=form.for_codes.data,
                by=g.actor,
            )
            flash(gettext("The client may send as %(name)s.", name=name), "success")
            return redirect(_address(client_id), 303)
    return _page(client_id, status=422, sender_form=form)


@blueprint.post(f"/clients/<{ID}:client_id>/senders/<string(maxlength=16):name>/withdraw")
@requires(Right.CLIENTS_MANAGE)
def withdraw_sender(client_id: int, name: str) -> Response:
    """Let it send under this name no more."""
    found_client(client_id)
    sub_accounts.withdraw_sender(session(), client_id=client_id, name=name, by=g.actor)
    flash(gettext("%(name)s is withdrawn.", name=name), "success")
    return redirect(_address(client_id), 303)


def _page(client_id: int, *, status: int = 200, **submitted: Form) -> Response:
    found = found_client(client_id)
    chosen = settings.read(session())
    forms: dict[str, Form] = {
        "countries_form": CountriesForm(
            formdata=None,
            every=EVERY_COUNTRY in found.countries,
            countries=_named([each for each in found.countries if each != EVERY_COUNTRY]),
        ),
        "limit_form": DailyLimitForm(
            formdata=None, limit="" if found.daily_limit is None else str(found.daily_limit)
        ),
        "sender_form": SenderForm(formdata=None),
    }
    return client_view(
        "reseller/client_sending.html",
        found,
        "reseller.client_sending",
        status=status,
        country=_named([found.country]),
        open_for_all=_open_for_all(chosen.countries),
        daily_limit=chosen.daily_limit,
        senders=sub_accounts.senders_of(session(), client_id=client_id),
        **{**forms, **submitted},
    )


def _open_for_all(countries: list[str]) -> str:
    if EVERY_COUNTRY in countries:
        return str(gettext("every country that has a rate"))
    return _named(countries)


def _named(codes: list[str]) -> str:
    return ", ".join(locale().territories.get(code, code) for code in codes)


def _address(client_id: int) -> str:
    return url_for("reseller.client_sending", client_id=client_id)
