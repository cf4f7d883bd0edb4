"""Resellers: what each one's cover holds, and topping it up; suspending and resuming one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.accounts import activity, cover
from portal.accounts.errors import AmountNotPositive
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.infra.db import ResellerSession
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.ledger import statements
from portal.reports import exposure
from portal.reports.exposure import Exposure
from portal.tenancy import resellers as known
from portal.web.operator.pages import across_resellers, blueprint, in_reseller
from portal.web.parts import once, transfer_rows
from portal.web.parts.addresses import ID
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import REQUIRED, Form, legible
from portal.web.parts.pages import page

TRANSACTIONS_SHOWN = 50


class TopUpForm(Form):
    """Money of a reseller's; `key` makes a second click do nothing."""

    amount = AmountField(lazy_gettext("Amount"), [DataRequired(REQUIRED), Length(max=20)])
    description = StringField(
        lazy_gettext("Description"), [DataRequired(REQUIRED), Length(max=200)], filters=[legible]
    )
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )


@dataclass(frozen=True, kw_only=True)
class ResellerShown:
    """A reseller in the list or on its own page; `cover_micros` is in its currency."""

    id: int
    number: int
    name: str
    slug: str
    hostname: str
    hostnames: list[str]
    currency: str
    clients: int
    cover_micros: int
    suspended: bool
    created_at: datetime


@blueprint.get("/resellers")
@requires(Right.RESELLERS_READ)
def resellers() -> Response:
    """All resellers by name."""
    with across_resellers() as everywhere:
        rows = [_shown(each) for each in exposure.of_all(everywhere)]
    return page("operator/resellers.html", rows=rows)


@blueprint.get(f"/resellers/<{ID}:reseller_id>")
@requires(Right.RESELLERS_READ)
def reseller(reseller_id: int) -> Response:
    """One reseller: its cover and what moved on it."""
    with in_reseller(reseller_id) as beside:
        return _page(beside, form=TopUpForm(formdata=None))


@blueprint.post(f"/resellers/<{ID}:reseller_id>/cover")
@requires(Right.RESELLERS_MANAGE)
def top_up(reseller_id: int) -> Response:
    """Credit the reseller's cover by hand."""
    form = TopUpForm()
    with in_reseller(reseller_id) as beside:
        if form.validate_on_submit() and _posted(beside, form):
            return redirect(url_for("operator.reseller", reseller_id=reseller_id), 303)
        return _page(beside, form=form, status=422)


@blueprint.post(f"/resellers/<{ID}:reseller_id>/suspend")
@requires(Right.RESELLERS_MANAGE)
def suspend(reseller_id: int) -> Response:
    """Stop the reseller's clients from sending."""
    with in_reseller(reseller_id) as beside:
        known.suspend(beside)
        activity.record(beside, by=g.actor, what="reseller.suspended")
    flash(gettext("The reseller is suspended: its clients cannot send."), "success")
    return redirect(url_for("operator.reseller", reseller_id=reseller_id), 303)


@blueprint.post(f"/resellers/<{ID}:reseller_id>/resume")
@requires(Right.RESELLERS_MANAGE)
def resume(reseller_id: int) -> Response:
    """Let the reseller's clients send again."""
    with in_reseller(reseller_id) as beside:
        known.resume(beside)
        activity.record(beside, by=g.actor, what="reseller.resumed")
    flash(gettext("The reseller's clients can send again."), "success")
    return redirect(url_for("operator.reseller", reseller_id=reseller_id), 303)


def _posted(beside: ResellerSession, form: TopUpForm) -> bool:
    """Move the money once and say so; where that is refused, the form says why."""
    try:
        once.act(
            beside,
            owner_id=g.actor.person_id,
            endpoint="web.cover",
            key=form.key.data,
            asked={"amount": form.amount.data, "description": form.description.data},
            verb=lambda: cover.pay_in(
                beside,
                amount=form.amount.amount,
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


def _page(beside: ResellerSession, *, form: TopUpForm, status: int = 200) -> Response:
    found = exposure.of_own(beside)
    currency = found.reseller.currency
    account_id = cover.account(beside, currency=currency)
    movements = statements.movements(beside, account_id, limit=TRANSACTIONS_SHOWN)
    return page(
        "operator/reseller.html",
        status,
        reseller=_shown(found),
        cover_micros=found.cover,
        form=form,
        transactions=[transfer_rows.row(each, currency=currency) for each in movements],
    )


def _shown(found: Exposure) -> ResellerShown:
    return ResellerShown(
        id=found.reseller.id,
        number=found.reseller.number,
        name=found.reseller.name,
        slug=found.reseller.slug,
        hostname=found.names[0] if found.names else "",
        hostnames=found.names,
        currency=found.reseller.currency,
        clients=found.clients,
        cover_micros=found.cover,
        suspended=found.reseller.suspended_at is not None,
        created_at=found.reseller.created_at,
    )
