"""Payments into a reseller's cover by hand, and taking one back."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import cover
from portal.accounts.errors import AmountNotPositive, InsufficientFunds
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.ledger.errors import AlreadyReversed, OverdraftBelowDebt
from portal.tenancy import resellers as known
from portal.web.operator.cover_forms import LimitForm, ReverseForm, TopUpForm
from portal.web.operator.pages import blueprint, in_reseller, own_people
from portal.web.operator.resellers import currencies_of, reseller_page
from portal.web.parts import booked_rows, once
from portal.web.parts.addresses import ID
from portal.web.parts.booked_rows import BookedRow
from portal.web.parts.formats import money
from portal.web.parts.pages import page


@blueprint.post(f"/resellers/<{ID}:reseller_id>/cover")
@requires(Right.MONEY_POST)
def top_up(reseller_id: int) -> Response:
    """Credit the reseller's cover by hand."""
    people = own_people()
    with in_reseller(reseller_id) as beside:
        form = TopUpForm(currencies_of(beside))
        if form.validate_on_submit() and _posted(beside, form):
            return redirect(_address(reseller_id, form.currency.data), 303)
        return reseller_page(beside, people=people, form=form, status=422)


@blueprint.post(f"/resellers/<{ID}:reseller_id>/cover/<string(length=3):currency>/limit")
@requires(Right.RESELLERS_MANAGE)
def cover_limit(reseller_id: int, currency: str) -> Response:
    """Say how much the reseller may use before it pays.

    Raises:
        NotFound: the reseller has no cover in this currency.
    """
    people, form = own_people(), LimitForm()
    with in_reseller(reseller_id) as beside:
        if currency not in currencies_of(beside):
            raise NotFound("cover", reseller_id)
        if form.validate_on_submit() and _limited(beside, form, currency):
            return redirect(_address(reseller_id, currency), 303)
        return reseller_page(beside, people=people, limit_form=form, currency=currency, status=422)


@blueprint.route(
    f"/resellers/<{ID}:reseller_id>/cover/<string(length=3):currency>/<{ID}:transfer_id>/reverse",
    methods=["GET", "POST"],
)
@requires(Right.MONEY_POST)
def reverse_top_up(reseller_id: int, currency: str, transfer_id: int) -> Response:
    """Ask why a payment is to be taken back, and take it back."""
    form, people = ReverseForm(), own_people()
    with in_reseller(reseller_id) as beside:
        row = _reversible(beside, currency, transfer_id, people=people)
        if form.validate_on_submit():
            try:
                cover.reverse(
                    beside,
                    currency=currency,
                    transfer_id=transfer_id,
                    by=g.actor,
                    reason=form.reason.data,
                )
            except InsufficientFunds as refused:
                form.form_errors.append(
                    gettext(
                        "The cover is %(has)s: so much of the payment is spent already. Take a"
                        " smaller amount back by other ways, or wait for the next payment.",
                        has=money(refused.has, refused.currency),
                    )
                )
            except AlreadyReversed:
                form.form_errors.append(gettext("Somebody else has just taken it back."))
            else:
                flash(gettext("The payment is taken back."), "success")
                return redirect(_address(reseller_id, currency), 303)
        return page(
            "operator/reverse.html",
            422 if form.is_submitted() else 200,
            reseller=known.own(beside),
            transaction=row,
            form=form,
        )


def _address(reseller_id: int, currency: str) -> str:
    return url_for("operator.reseller", reseller_id=reseller_id, currency=currency)


def _reversible(
    beside: ResellerSession, currency: str, transfer_id: int, *, people: Mapping[int, str]
) -> BookedRow:
    """The payment, as the statement of the cover shows it.

    Raises:
        NotFound: there is none such, or it can be taken back no more.
    """
    if currency not in currencies_of(beside):
        raise NotFound("transfer", transfer_id)
    found = cover.movements(beside, currency=currency, below_id=transfer_id + 1, limit=1)
    rows = booked_rows.shown(beside, found, currency=currency, names=people)
    if not rows or rows[0].id != transfer_id or not rows[0].reversible:
        raise NotFound("transfer", transfer_id)
    return rows[0]


def _limited(beside: ResellerSession, form: LimitForm, currency: str) -> bool:
    """Keep the limit and say so; where that is refused, the form says why."""
    try:
        cover.set_limit(beside, currency=currency, limit=form.limit.amount, by=g.actor)
    except AmountNotPositive:
        form.limit.errors = [gettext("A limit is not below zero.")]
    except OverdraftBelowDebt as refused:
        form.limit.errors = [
            gettext(
                "The cover is %(has)s already: the limit cannot be less than that.",
                has=money(refused.balance, currency),
            )
        ]
    else:
        flash(gettext("The limit is saved."), "success")
        return True
    return False


def _posted(beside: ResellerSession, form: TopUpForm) -> bool:
    """Move the money once and say so; where that is refused, the form says why."""
    asked = {
        "amount": form.amount.data,
        "currency": form.currency.data,
        "description": form.description.data,
    }
    try:
        once.act(
            beside,
            owner_id=g.actor.person_id,
            endpoint="web.cover",
            key=form.key.data,
            asked=asked,
            verb=lambda: cover.pay_in(
                beside,
                amount=form.amount.amount,
                currency=form.currency.data,
                description=form.description.data,
                by=g.actor,
            ),
        )
    except AmountNotPositive:
        form.amount.errors = [gettext("An amount is above zero.")]
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        flash(gettext("This is being done already."), "info")
        return True
    else:
        flash(gettext("The payment is credited."), "success")
        return True
    return False
