"""The reseller's own money with its provider: what is left, what moved, when to be warned."""

from __future__ import annotations

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response as Redirection
from wtforms.validators import Length, Optional

from portal.accounts import cover as covers
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import at_operator, session
from portal.invoicing import cover_months
from portal.ledger import units
from portal.payments import accounts
from portal.tenancy import resellers, settings
from portal.web.parts import booked_rows, paging
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


class ThresholdForm(Form):
    """At which cover the alert goes out."""

    threshold = AmountField(
        lazy_gettext("Alert at"),
        [Optional(), Length(max=20)],
        description=lazy_gettext("In each currency. Empty: no alert before it is used up."),
    )


@blueprint.get("/cover")
@requires(Right.WALLET_READ)
def cover() -> Response:
    """The covers, and what moved on one of them."""
    return _page()


@blueprint.post("/cover/threshold")
@requires(Right.MONEY_POST)
def cover_threshold() -> Redirection:
    """Choose when to be warned."""
    form = ThresholdForm()
    if not form.validate_on_submit():
        return _page(form=form, status=422)
    covers.set_low_threshold(session(), threshold=form.threshold.micros, by=g.actor)
    flash(gettext("The alert is saved."), "success")
    return redirect(url_for("reseller.cover"), 303)


def _page(*, form: ThresholdForm | None = None, status: int = 200) -> Response:
    own = resellers.own(session()).currency
    listed = covers.listed(session())
    asked = request.args.get("currency", own)
    shown = asked if asked in {each.currency for each in listed} else own
    moved = paging.cut(
        covers.movements(session(), currency=shown, below_id=paging.below_id(), limit=paging.ASKED),
        id_of=lambda each: each.transfer_id,
    )
    threshold = settings.read(session()).low_cover_threshold
    with at_operator() as provider:
        may_top_up = bool(accounts.offered(provider))
        unpaid = cover_months.unpaid(provider, g.tenant.reseller_id, shown)
    written = "" if threshold is None else units.decimal_string(threshold, own)
    return page(
        "reseller/cover.html",
        status,
        covers=listed,
        may_top_up=may_top_up,
        unpaid=unpaid,
        limit=covers.limit(session(), currency=shown),
        shown_currency=shown,
        form=form or ThresholdForm(formdata=None, threshold=written),
        transactions=booked_rows.shown(session(), moved.rows, currency=shown),
        prev_url=moved.prev_url,
        next_url=moved.next_url,
    )
