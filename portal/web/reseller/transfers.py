"""Transfers that are waited for: found, confirmed when the money is there, called off."""

from __future__ import annotations

from typing import Any

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import BooleanField
from wtforms.validators import DataRequired, Length

from portal.accounts.errors import AmountNotPositive
from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.unit_of_work import session
from portal.infra.errors import PortalError
from portal.ledger import units
from portal.payments import deposit_lists, deposits
from portal.payments.bank import accounts, importing, references, transfers
from portal.payments.bank.errors import AmountDiffers, NotExpected
from portal.payments.bank.statuses import Became
from portal.payments.errors import AmountNotOffered
from portal.payments.models import Deposit
from portal.web.parts import deposit_words, paging
from portal.web.parts.addresses import ID
from portal.web.parts.amounts import AmountField
from portal.web.parts.filters import Filters
from portal.web.parts.formats import money
from portal.web.parts.forms import REQUIRED, Form, text
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


class TransferFilters(Filters):
    """Whose transfer."""

    q = text(lazy_gettext("Reference, name or number"), length_max=140)


class ConfirmForm(Form):
    """What has arrived; its amount is put in when what was asked for is known."""

    is_agreed = BooleanField(lazy_gettext("Credit this amount, although another one was asked for"))


@blueprint.get("/transfers")
@requires(Right.WALLET_READ)
def transfers_list() -> Answer:
    """All that are waited for, the newest first."""
    form = TransferFilters()
    wanted = (form.q.data or "") if form.validate() else ""
    found = transfers.expected(
        session(), text=wanted, below_id=paging.below_id(), limit=paging.ASKED
    )
    shown = paging.cut(found, id_of=lambda each: each.id)
    payers = deposit_lists.payers(session(), shown.rows)
    return page(
        "reseller/transfers.html",
        422 if form.errors else 200,
        rows=[
            (
                deposit_words.shown(each, payer_name=payers[each.id]),
                references.spaced(each.reference or ""),
                each.waits_until,
            )
            for each in shown.rows
        ],
        form=form,
        is_narrowed=bool(wanted) or bool(form.errors),
        is_set_up=accounts.own(session()) is not None,
        open_lines=len(importing.lines_of(session(), became=Became.OPEN, limit=paging.ASKED)),
        open_lines_max=paging.ROWS_MAX,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/transfers/<{ID}:deposit_id>")
@requires(Right.WALLET_READ)
def transfer(deposit_id: int) -> Response:
    """One, to be confirmed or called off; of one that is decided, what has become of it."""
    found = deposits.by_id(session(), deposit_id)
    if not transfers.is_expected(found):
        return redirect(url_for(".deposit", deposit_id=deposit_id), 303)
    return _page(found, _form(found, formdata=None))


@blueprint.post(f"/transfers/<{ID}:deposit_id>/confirm")
@personally
@requires(Right.MONEY_POST)
def confirm_transfer(deposit_id: int) -> Response:
    """Credit what has arrived."""
    found = deposits.by_id(session(), deposit_id)
    form = _form(found)
    if not form.validate_on_submit():
        return _page(found, form, status=422)
    try:
        transfers.confirm(
            session(),
            deposit_id=deposit_id,
            amount=form.amount.amount,
            is_agreed=form.is_agreed.data,
            by=g.actor,
        )
    except NotExpected:
        flash(gettext("This transfer is not waited for any more. Nothing was credited."), "info")
    except (AmountNotPositive, AmountNotOffered, AmountDiffers) as refused:
        _say(form, refused, found)
        return _page(found, form, status=422)
    else:
        amount = money(form.amount.amount, found.currency)
        flash(gettext("%(amount)s is credited.", amount=amount), "success")
    return redirect(url_for(".deposit", deposit_id=deposit_id), 303)


@blueprint.post(f"/transfers/<{ID}:deposit_id>/call-off")
@personally
@requires(Right.MONEY_POST)
def call_off_transfer(deposit_id: int) -> Response:
    """Wait for it no longer."""
    try:
        transfers.call_off(session(), deposit_id=deposit_id, by=g.actor)
    except NotExpected:
        flash(gettext("This transfer is not waited for any more."), "info")
    else:
        flash(
            gettext("It is not waited for any more. Should it come, it can still be credited."),
            "success",
        )
    return redirect(url_for(".transfers_list"), 303)


def _say(form: ConfirmForm, refused: PortalError, found: Deposit) -> None:
    match refused:
        case AmountNotPositive():
            form.amount.errors = [gettext("An amount is above zero.")]
        case AmountNotOffered():
            form.amount.errors = [gettext("There are no such small coins of this currency.")]
        case _:
            form.is_agreed.errors = [
                gettext(
                    "%(asked)s was asked for. Tick this if %(amount)s is what arrived.",
                    asked=money(found.amount, found.currency),
                    amount=money(form.amount.amount, found.currency),
                )
            ]


def _form(found: Deposit, **options: Any) -> ConfirmForm:
    amount = AmountField(
        lazy_gettext("Amount that arrived"),
        [DataRequired(REQUIRED), Length(max=20)],
        description=gettext("%(asked)s was asked for.", asked=money(found.amount, found.currency)),
    )
    made: type[ConfirmForm] = type("AmountConfirmForm", (ConfirmForm,), {"amount": amount})
    begins_with = {"amount": units.decimal_string(found.amount, found.currency), **options}
    return made(**begins_with)


def _page(found: Deposit, form: ConfirmForm, *, status: int = 200) -> Answer:
    payers = deposit_lists.payers(session(), [found])
    return page(
        "reseller/transfer.html",
        status,
        deposit=deposit_words.shown(found, payer_name=payers[found.id]),
        reference=references.spaced(found.reference or ""),
        until=found.waits_until,
        form=form,
    )
