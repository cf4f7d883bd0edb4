"""A code that is worth money: typed in, it is credited once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.accounts import attempts
from portal.accounts.actor import Actor
from portal.accounts.errors import CurrencyNotPriced
from portal.accounts.roles import Right
from portal.billing import vouchers
from portal.billing.vouchers import Redeemed, VoucherNotValid, VoucherUsedBefore
from portal.http.actor import offers, requires
from portal.http.unit_of_work import own_transaction, session
from portal.infra.throttle import Limit, TooOften
from portal.tenancy import resellers
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client, today_at
from portal.web.parts.formats import money
from portal.web.parts.forms import REQUIRED, Form, legible
from portal.web.parts.pages import page

TRIES: Final = Limit(count_max=10, window=timedelta(minutes=5))


class VoucherForm(Form):
    """A code as somebody reads it from a card or a mail."""

    code = StringField(
        lazy_gettext("Code"),
        [DataRequired(REQUIRED), Length(max=60)],
        filters=[legible],
        description=lazy_gettext("Large and small letters are the same; dashes may be left out."),
    )


@blueprint.route("/voucher", methods=["GET", "POST"])
@offers(Service.VOUCHERS)
@requires(Right.WALLET_PAY)
def voucher() -> Response:
    """The form, and the credit."""
    form = VoucherForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                redeemed = _redeemed(g.actor, form.code.data)
            except TooOften:
                status = 429
                form.form_errors.append(
                    gettext("Too many codes were tried. Please wait a few minutes.")
                )
            except VoucherUsedBefore:
                form.code.errors = [gettext("You have redeemed this voucher before.")]
            except (VoucherNotValid, CurrencyNotPriced):
                form.code.errors = [gettext("This code is not valid. Please check what you typed.")]
            else:
                amount = money(redeemed.amount, redeemed.currency)
                flash(gettext("%(amount)s is credited.", amount=amount), "success")
                return redirect(_seen_in(redeemed), 303)
    return page("client/voucher.html", status, form=form)


def _seen_in(redeemed: Redeemed) -> str:
    """Where the credit is to be read, for those who are shown that."""
    actor: Actor = g.actor
    if actor.can(Right.WALLET_READ):
        return url_for("client.statement", currency=redeemed.currency)
    return url_for("client.voucher")


def _redeemed(actor: Actor, code: str) -> Redeemed:
    """What the code brought; each try counts, also where nothing comes of it."""
    client = own_client()
    with own_transaction() as beside:
        attempts.count_for_account(beside, "voucher", account=str(client.id), limit=TRIES)
    return vouchers.redeem(
        session(),
        client_id=client.id,
        code=code,
        by=actor,
        today=today_at(resellers.own(session()).time_zone),
    )
