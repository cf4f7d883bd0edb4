"""Payments and charges by hand, and taking one back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, g, redirect
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import wallet
from portal.accounts.errors import AmountNotPositive, InsufficientFunds
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.ledger import statements
from portal.ledger.errors import AlreadyReversed
from portal.web.parts import booked_rows, once
from portal.web.parts.addresses import ID
from portal.web.parts.booked_rows import BookedRow
from portal.web.parts.formats import money
from portal.web.parts.pages import page
from portal.web.reseller import client_forms as forms
from portal.web.reseller.client import currencies_of
from portal.web.reseller.client_frame import found_client
from portal.web.reseller.client_wallet import money_page
from portal.web.reseller.pages import blueprint, money_of


@blueprint.post(f"/clients/<{ID}:client_id>/payment")
@requires(Right.MONEY_POST)
def payment(client_id: int) -> Response:
    """Credit money that came in by other ways."""
    priced = currencies_of(found_client(client_id))
    form = forms.PaymentForm(priced)
    done = gettext("The payment is credited.")
    if form.validate_on_submit() and _posted(
        form,
        client_id,
        verb=partial(wallet.payment, currency=form.currency.data, priced=priced),
        endpoint="web.payment",
        done=done,
    ):
        return redirect(money_of(client_id), 303)
    return money_page(client_id, status=422, payment_form=form)


@blueprint.post(f"/clients/<{ID}:client_id>/charge")
@requires(Right.MONEY_POST)
def charge(client_id: int) -> Response:
    """Take money by hand."""
    form = forms.ChargeForm()
    done = gettext("The client is charged.")
    if form.validate_on_submit() and _posted(
        form, client_id, verb=wallet.charge, endpoint="web.charge", done=done
    ):
        return redirect(money_of(client_id), 303)
    return money_page(client_id, status=422, charge_form=form)


@blueprint.route(
    f"/clients/<{ID}:client_id>/transactions/<{ID}:transfer_id>/reverse", methods=["GET", "POST"]
)
@requires(Right.MONEY_POST)
def reverse(client_id: int, transfer_id: int) -> Response:
    """Ask why a transaction is to be taken back, and take it back."""
    client = found_client(client_id)
    row = _reversible(client_id, transfer_id)
    form = forms.ReverseForm()
    if form.validate_on_submit():
        try:
            wallet.reverse(
                session(),
                client_id=client_id,
                transfer_id=transfer_id,
                by=g.actor,
                reason=form.reason.data,
            )
        except InsufficientFunds as refused:
            form.form_errors.append(too_little(refused))
        except AlreadyReversed:
            form.form_errors.append(gettext("Somebody else has just taken it back."))
        else:
            flash(gettext("The transaction is reversed."), "success")
            return redirect(money_of(client_id), 303)
    return page(
        "reseller/reverse.html",
        422 if form.is_submitted() else 200,
        client=client,
        transaction=row,
        form=form,
    )


def _reversible(client_id: int, transfer_id: int) -> BookedRow:
    """The transaction, as the statement of the wallet that it moved shows it.

    Raises:
        NotFound: the client has no such transaction, or it is none that can be taken back.
    """
    for each in wallet.wallets(session(), found_client(client_id)):
        found = statements.movements(session(), each.account_id, below_id=transfer_id + 1, limit=1)
        rows = booked_rows.shown(session(), found, currency=each.currency)
        if rows and rows[0].id == transfer_id and rows[0].reversible:
            return rows[0]
    raise NotFound("transfer", transfer_id)


def _posted(
    form: forms.PaymentForm | forms.ChargeForm,
    client_id: int,
    *,
    verb: Callable[..., int],
    endpoint: str,
    done: str,
) -> bool:
    """Move the money once and say so; where that is refused, the form says why."""
    try:
        once.act(
            session(),
            owner_id=client_id,
            endpoint=endpoint,
            key=form.key.data,
            asked={
                name: form[name].data
                for name in ("amount", "currency", "description")
                if name in form
            },
            verb=lambda: verb(
                session(),
                client_id=client_id,
                amount=form.amount.amount,
                description=form.description.data,
                by=g.actor,
            ),
        )
    except AmountNotPositive:
        form.amount.errors = [gettext("An amount is above zero.")]
    except InsufficientFunds as refused:
        form.amount.errors = [too_little(refused)]
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        flash(gettext("This is being done already."), "info")
        return True
    else:
        flash(done, "success")
        return True
    return False


def too_little(refused: InsufficientFunds) -> str:
    """What there is and what is missing, in words."""
    return str(
        gettext(
            "The balance is %(has)s, and may not fall by %(needs)s.",
            has=money(refused.has, refused.currency),
            needs=money(refused.needs, refused.currency),
        )
    )
