"""Activate, refuse, suspend and lift; SOFT and HARD."""

from __future__ import annotations

from flask import flash, g, redirect
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import clients, wallet
from portal.accounts.errors import LimitBelowDebt
from portal.accounts.roles import Right
from portal.accounts.statuses import BalanceManagement
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.provisioning import onboarding
from portal.web.parts.addresses import ID
from portal.web.parts.formats import money
from portal.web.reseller import client_forms as forms
from portal.web.reseller.client import client_page, packages_for
from portal.web.reseller.client_frame import found_client
from portal.web.reseller.client_wallet import money_page
from portal.web.reseller.pages import address_of, blueprint, money_of, origin


@blueprint.post(f"/clients/<{ID}:client_id>/activate")
@requires(Right.CLIENTS_MANAGE)
def activate(client_id: int) -> Response:
    """Let a waiting client in."""
    form = forms.ActivateForm(packages_for(found_client(client_id)))
    if not form.validate_on_submit():
        return client_page(client_id, status=422, activate_form=form)
    client = onboarding.activate(
        session(),
        client_id=client_id,
        package_id=int(form.package.data) if form.package.data else None,
        setup_fee=form.setup_fee.data,
        by=g.actor,
        origin=origin(),
    )
    flash(gettext("%(name)s is active and has been told.", name=client.name), "success")
    return redirect(address_of(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/refuse")
@requires(Right.CLIENTS_MANAGE)
def refuse(client_id: int) -> Response:
    """Turn a waiting client down."""
    form = forms.RefuseForm()
    if not form.validate_on_submit():
        return client_page(client_id, status=422, refuse_form=form)
    client = clients.refuse(
        session(), client_id=client_id, by=g.actor, reason=form.reason.data, origin=origin()
    )
    flash(gettext("%(name)s is refused and has been told why.", name=client.name), "success")
    return redirect(address_of(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/take-refusal-back")
@requires(Right.CLIENTS_MANAGE)
def take_refusal_back(client_id: int) -> Response:
    """Let a refused client wait again."""
    client = clients.take_refusal_back(session(), client_id=client_id, by=g.actor)
    flash(gettext("The request of %(name)s waits again.", name=client.name), "success")
    return redirect(address_of(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/suspend")
@requires(Right.CLIENTS_MANAGE)
def suspend(client_id: int) -> Response:
    """Stop a client from sending."""
    form = forms.SuspendForm()
    if not form.validate_on_submit():
        return client_page(client_id, status=422, suspend_form=form)
    client = clients.suspend(session(), client_id=client_id, by=g.actor, reason=form.reason.data)
    flash(gettext("%(name)s is suspended.", name=client.name), "success")
    return redirect(address_of(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/lift")
@requires(Right.CLIENTS_MANAGE)
def lift(client_id: int) -> Response:
    """Take a suspension by staff back."""
    client = clients.lift(session(), client_id=client_id, by=g.actor)
    flash(gettext("The suspension of %(name)s is lifted.", name=client.name), "success")
    return redirect(address_of(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/balance-management")
@requires(Right.MONEY_POST)
def balance_management(client_id: int) -> Response:
    """Make a client SOFT, with or without a limit, or HARD."""
    form = forms.BalanceForm()
    if form.validate_on_submit():
        try:
            wallet.set_balance_management(
                session(),
                client_id=client_id,
                management=BalanceManagement(form.management.data),
                credit_limit=form.credit_limit.micros,
                by=g.actor,
            )
        except LimitBelowDebt as refused:
            form.credit_limit.errors = [
                gettext(
                    "The client owes %(debt)s already.", debt=money(refused.debt, refused.currency)
                )
            ]
        else:
            flash(gettext("The balance management is saved."), "success")
            return redirect(money_of(client_id), 303)
    return money_page(client_id, status=422, balance_form=form)
