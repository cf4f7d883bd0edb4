"""The reseller's account with PayPal: kept, tested, hidden and removed."""

from __future__ import annotations

from flask import g
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.payments import accounts
from portal.payments.errors import AccountUnfit
from portal.web.reseller import payments
from portal.web.reseller.pages import blueprint
from portal.web.reseller.payment_forms import PayPalForm


@blueprint.post("/payments/paypal")
@fresh
@personally
@requires(Right.SETTINGS_MANAGE)
def paypal_account() -> Response:
    """Keep an account with PayPal."""
    form = PayPalForm(has_secrets=accounts.own(session(), accounts.PAYPAL) is not None)
    if not form.validate_on_submit():
        return payments.show(paypal_form=form)
    try:
        accounts.change(
            session(),
            kind=accounts.PAYPAL,
            secrets={
                "client_id": form.client_id.data or "",
                "client_secret": form.client_secret.data or "",
                "webhook_id": form.webhook_id.data or "",
            },
            connected="",
            is_live=form.place.data == "live",
            by=g.actor,
            vault=current().vault,
        )
    except AccountUnfit as unfit:
        form.refuse(unfit)
        return payments.show(paypal_form=form)
    return payments.saved()


@blueprint.post("/payments/paypal/test")
@personally
@requires(Right.SETTINGS_MANAGE)
def test_paypal() -> Response:
    """Ask PayPal who we are."""
    return payments.tested(accounts.PAYPAL)


@blueprint.post("/payments/paypal/offer")
@requires(Right.SETTINGS_MANAGE)
def pause_paypal() -> Response:
    """Keep it from clients for a while, or let them see it again."""
    return payments.paused(accounts.PAYPAL)


@blueprint.post("/payments/paypal/remove")
@fresh
@personally
@requires(Right.SETTINGS_MANAGE)
def remove_paypal() -> Response:
    """Take no more payments with it."""
    return payments.removed(accounts.PAYPAL)
