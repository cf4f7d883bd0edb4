"""The stock of numbers of one reseller: what the operator puts into it and takes out."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.infra.db import ResellerSession
from portal.numbers import stock
from portal.numbers.errors import NotANumber, NumberConnected, NumberTaken
from portal.tenancy import resellers
from portal.web.operator.pages import blueprint, in_reseller
from portal.web.parts import inbound_rows
from portal.web.parts.addresses import ID
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import REQUIRED, Form, legible
from portal.web.parts.pages import page


class NumberForm(Form):
    """A number for a reseller's stock, and what its clients pay for it."""

    number = StringField(
        lazy_gettext("Number"),
        [DataRequired(REQUIRED), Length(max=40)],
        filters=[legible],
        description=lazy_gettext("With its country's code, as in +1 202 555 0199."),
    )
    setup_fee = AmountField(lazy_gettext("Set-up fee"), [Optional(), Length(max=20)])
    monthly_fee = AmountField(lazy_gettext("Monthly fee"), [Optional(), Length(max=20)])
    fee_per_message = AmountField(
        lazy_gettext("Price of a message received"),
        [Optional(), Length(max=20)],
        description=lazy_gettext("Empty: the client's package says."),
    )


@blueprint.get(f"/resellers/<{ID}:reseller_id>/numbers")
@requires(Right.RESELLERS_READ)
def numbers(reseller_id: int) -> Response:
    """The reseller's numbers."""
    with in_reseller(reseller_id) as beside:
        return _page(beside, NumberForm(formdata=None))


@blueprint.post(f"/resellers/<{ID}:reseller_id>/numbers")
@requires(Right.RESELLERS_MANAGE)
def add_number(reseller_id: int) -> Response:
    """Put a number into its stock."""
    form = NumberForm()
    with in_reseller(reseller_id) as beside:
        reseller = resellers.own(beside)
        if form.validate_on_submit() and _added(beside, form):
            flash(gettext("The number is in the stock of %(name)s.", name=reseller.name), "success")
            return redirect(url_for("operator.numbers", reseller_id=reseller_id), 303)
        return _page(beside, form, status=422)


@blueprint.post(f"/resellers/<{ID}:reseller_id>/numbers/<{ID}:number_id>/end")
@requires(Right.RESELLERS_MANAGE)
def end_number(reseller_id: int, number_id: int) -> Response:
    """Take a number out of its stock."""
    with in_reseller(reseller_id) as beside:
        try:
            stock.end(beside, number_id=number_id, by=g.actor)
        except NumberConnected:
            flash(gettext("A client has this number. Its reseller disconnects it first."), "danger")
        else:
            flash(gettext("The number is out of stock."), "success")
    return redirect(url_for("operator.numbers", reseller_id=reseller_id), 303)


def _added(beside: ResellerSession, form: NumberForm) -> bool:
    """Add it; where that is refused, the form says why."""
    try:
        stock.add(
            beside,
            number=form.number.data,
            setup_fee=form.setup_fee.amount,
            monthly_fee=form.monthly_fee.amount,
            fee_per_message=form.fee_per_message.micros,
            by=g.actor,
        )
    except NotANumber:
        form.number.errors = [gettext("This is no number with its country's code.")]
    except NumberTaken:
        form.number.errors = [gettext("This number is in a stock already.")]
    else:
        return True
    return False


def _page(beside: ResellerSession, form: NumberForm, *, status: int = 200) -> Response:
    reseller = resellers.own(beside)
    return page(
        "operator/numbers.html",
        status,
        reseller=reseller,
        rows=[inbound_rows.number_shown(each) for each in stock.listed(beside)],
        form=form,
    )
