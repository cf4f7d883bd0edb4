"""When a client is warned of its balance, and money that goes from it to another client."""

from __future__ import annotations

from flask import flash, g, redirect, request
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import client_list, clients, keeping, wallet
from portal.accounts.errors import (
    AmountNotPositive,
    CurrenciesDiffer,
    InsufficientFunds,
    MovedToItself,
)
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.payments import top_up_rules
from portal.web.parts import once
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page
from portal.web.reseller.client_frame import found_client
from portal.web.reseller.client_money_forms import LowBalanceForm, MoveForm
from portal.web.reseller.client_wallet import money_page
from portal.web.reseller.money import too_little
from portal.web.reseller.pages import blueprint, money_of

FOUND_MAX = 10


@blueprint.post(f"/clients/<{ID}:client_id>/low-balance")
@requires(Right.CLIENTS_MANAGE)
def low_balance(client_id: int) -> Response:
    """Choose at which balance a mail goes to whom."""
    form = LowBalanceForm()
    if not form.validate_on_submit():
        return money_page(client_id, status=422, low_balance_form=form)
    clients.set_low_balance(
        session(),
        client_id=client_id,
        threshold=form.threshold.micros,
        email=form.email.data or "",
        by=g.actor,
    )
    flash(gettext("The low-balance mail is saved."), "success")
    return redirect(money_of(client_id), 303)


@blueprint.post(f"/clients/<{ID}:client_id>/top-up/off")
@requires(Right.CLIENTS_MANAGE)
def stop_client_top_up(client_id: int) -> Response:
    """Charge a client's kept card no more by itself; only the client can switch that on again."""
    found = found_client(client_id)
    top_up_rules.switch_off(session(), client_id=found.id, by=g.actor)
    flash(gettext("Automatic top-up is off."), "success")
    return redirect(money_of(client_id), 303)


@blueprint.route(f"/clients/<{ID}:client_id>/move", methods=["GET", "POST"])
@requires(Right.MONEY_POST)
def move_money(client_id: int) -> Response:
    """Ask how much goes to whom, show what both have then, and move it once that is confirmed."""
    giver = found_client(client_id)
    form = MoveForm()
    taker, found = None, list[Client]()
    if form.validate_on_submit():
        found = _found(form, giver)
        taker = found[0] if len(found) == 1 else None
        fits = taker is not None and _fits(form, giver, taker)
        if taker and fits and "confirmed" in request.form and _moved(form, giver, taker):
            flash(gettext("The money is with %(name)s.", name=taker.name), "success")
            return redirect(money_of(client_id), 303)
        if form.errors:
            taker = None
    return page(
        "reseller/move_money.html",
        422 if form.errors else 200,
        client=giver,
        balance_micros=wallet.balance(session(), giver),
        form=form,
        found=found if len(found) > 1 else [],
        taker=taker,
        taker_balance_micros=0 if taker is None else wallet.balance(session(), taker),
    )


def _found(form: MoveForm, giver: Client) -> list[Client]:
    """Who may be meant: the one that was picked, else all whose number or name begins so."""
    listed = client_list.search(session(), text=form.to.data, limit=FOUND_MAX + 1)
    others = [each.client for each in listed if each.client.id != giver.id]
    if form.to_id.data:
        others = [each for each in others if str(each.id) == form.to_id.data]
    exact = [each for each in others if str(each.number) == form.to.data]
    if not others and listed:
        form.to.errors = [gettext("This is the client that gives. Choose another.")]
    elif not others:
        form.to.errors = [gettext("No client is called so. Try its number, or its e-mail address.")]
    elif len(others) > FOUND_MAX:
        form.to.errors = [gettext("Too many are called so. Write more of the name.")]
    return [] if form.errors else exact or others


def _fits(form: MoveForm, giver: Client, taker: Client) -> bool:
    """Whether it could be done as things stand; else the form says why not."""
    held, overdraft = wallet.balance(session(), giver), keeping.overdraft_of(giver)
    if form.amount.amount <= 0:
        form.amount.errors = [gettext("An amount is above zero.")]
    elif giver.currency != taker.currency:
        form.to.errors = [_currencies(giver.currency, taker.currency)]
    elif None in {giver.wallet_id, taker.wallet_id}:
        form.to.errors = [gettext("Both have to be activated before.")]
    elif overdraft is not None and held + overdraft < form.amount.amount:
        short = InsufficientFunds(needs=form.amount.amount, has=held, currency=giver.currency)
        form.amount.errors = [too_little(short)]
    return not form.errors


def _moved(form: MoveForm, giver: Client, taker: Client) -> bool:
    try:
        once.act(
            session(),
            owner_id=giver.id,
            endpoint="web.move",
            key=form.key.data,
            asked={
                "amount": form.amount.data,
                "to": str(taker.id),
                "reason": form.reason.data,
            },
            verb=lambda: wallet.move(
                session(),
                from_client_id=giver.id,
                to_client_id=taker.id,
                amount=form.amount.amount,
                reason=form.reason.data,
                by=g.actor,
            ),
        )
    except InsufficientFunds as refused:
        form.amount.errors = [too_little(refused)]
    except CurrenciesDiffer as refused:
        form.to.errors = [_currencies(refused.giver, refused.taker)]
    except (AmountNotPositive, MovedToItself):
        form.form_errors.append(gettext("Things have changed meanwhile. Look again."))
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        form.form_errors.append(gettext("This is being done already."))
    return not form.errors


def _currencies(giver: str, taker: str) -> str:
    return str(
        gettext(
            "One pays in %(giver)s, the other in %(taker)s, and nothing is converted.",
            giver=giver,
            taker=taker,
        )
    )
