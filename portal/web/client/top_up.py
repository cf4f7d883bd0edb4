"""The kept card and its automatic top-up: what is charged when, switched on and off, removed."""

from __future__ import annotations

from typing import Final

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.infra.errors import PortalError
from portal.payments import payable, saved_methods, top_up_rules
from portal.payments.errors import (
    AmountNotOffered,
    LimitTooLow,
    NotToppedUp,
    ThresholdNotOffered,
)
from portal.tenancy import settings
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client
from portal.web.client.top_up_forms import AutomaticForm, decimal, top_up_form
from portal.web.parts import top_up_words
from portal.web.parts.pages import page

_BEGINS_WITH_TIMES: Final = 3


@blueprint.get("/top-up")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def top_up() -> Answer:
    """The card, and when it is charged."""
    return _page(own_client())


@blueprint.post("/top-up")
@fresh
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def change_top_up() -> Response:
    """Have the card charged by itself from now on, or otherwise than before."""
    client = own_client()
    form = _form(client, is_sent=True)
    if not form.validate_on_submit():
        return _page(client, form, status=422)
    try:
        top_up_rules.switch_on(session(), client_id=client.id, wish=form.wish(), by=g.actor)
    except PortalError as refused:
        _say(form, refused)
        return _page(client, form, status=422)
    flash(gettext("Automatic top-up is on."), "success")
    return redirect(url_for("client.top_up"), 303)


@blueprint.post("/top-up/off")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def stop_top_up() -> Response:
    """Charge the card no more by itself; it stays kept."""
    top_up_rules.switch_off(session(), client_id=own_client().id, by=g.actor)
    flash(gettext("Automatic top-up is off."), "success")
    return redirect(url_for("client.top_up"), 303)


@blueprint.post("/top-up/card/remove")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def remove_card() -> Response:
    """Keep the card no longer, and so charge it no more."""
    client = own_client()
    top_up_rules.switch_off(session(), client_id=client.id, by=g.actor)
    saved_methods.remove(session(), client_id=client.id, by=g.actor)
    flash(gettext("The card is removed. The payment service forgets it within minutes."), "success")
    return redirect(url_for("client.top_up"), 303)


def _say(form: AutomaticForm, refused: PortalError) -> None:
    """Write on the form why nothing has changed.

    Raises:
        PortalError: what no form can mend.
    """
    match refused:
        case ThresholdNotOffered():
            form["threshold"].errors = [gettext("Write an amount from 1 to 100000.")]
        case AmountNotOffered():
            form["amount"].errors = [
                gettext("This amount is not offered. Please choose another one.")
            ]
        case LimitTooLow():
            form["sum_max"].errors = [
                gettext("This is too little for one top-up, or too much. Write another amount.")
            ]
        case NotToppedUp():
            form.form_errors.append(gettext("Keep a card first: pay in with it and tick the box."))
        case _:
            raise refused


def _form(client: Client, *, is_sent: bool = False) -> AutomaticForm:
    """The form as it was sent, or with what was chosen before, or with something to begin with."""
    rules = settings.read(session()).deposits
    amounts = payable.amounts(session(), client.currency)
    if is_sent:
        return top_up_form(rules=rules, currency=client.currency, amounts=amounts)
    rule = top_up_rules.own(session(), client.id)
    threshold, amount = rules.least, next(iter(amounts), rules.least)
    count_max, sum_max = _BEGINS_WITH_TIMES, _BEGINS_WITH_TIMES * amount
    if rule is not None and rule.currency == client.currency:
        threshold, amount = rule.threshold, rule.amount
        count_max, sum_max = rule.count_max, rule.sum_max
    return top_up_form(
        rules=rules,
        currency=client.currency,
        amounts=amounts,
        formdata=None,
        threshold=decimal(threshold, client.currency),
        amount=decimal(amount, client.currency) if rules.other_amounts else str(amount),
        count_max=count_max,
        sum_max=decimal(sum_max, client.currency),
    )


def _page(client: Client, form: AutomaticForm | None = None, *, status: int = 200) -> Answer:
    rules = settings.read(session()).deposits
    can_choose = rules.other_amounts or bool(payable.amounts(session(), client.currency))
    return page(
        "client/top_up.html",
        status,
        top_up=top_up_words.shown(session(), client),
        form=form or _form(client),
        can_choose=can_choose,
        can_keep=payable.keeping(session(), client.currency),
        currency=client.currency,
    )
