"""Resellers: what each one's cover holds, and topping it up; suspending and resuming one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import activity, cover
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.infra.db import ResellerSession, in_scope_of
from portal.invoicing import cover_months
from portal.ledger import units
from portal.pricing import price_lists
from portal.reports import exposure
from portal.reports.exposure import Exposure
from portal.tenancy import resellers as known
from portal.tenancy.resellers import OPERATOR_ID
from portal.web.operator.cover_forms import LimitForm, TopUpForm
from portal.web.operator.pages import across_resellers, blueprint, in_reseller, own_people
from portal.web.operator.visit_forms import VisitForm
from portal.web.parts import booked_rows, paging
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page


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
    people = own_people()
    with in_reseller(reseller_id) as beside:
        return reseller_page(beside, people=people)


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


def reseller_page(
    beside: ResellerSession,
    *,
    people: Mapping[int, str],
    status: int = 200,
    form: TopUpForm | None = None,
    limit_form: LimitForm | None = None,
    currency: str = "",
    visit_form: VisitForm | None = None,
) -> Response:
    """The page of the session's reseller, with fresh forms but for one that was just submitted.

    `people` are the operator's, who made the payments. `currency` is which cover is shown, where
    the address does not say it.
    """
    found = exposure.of_own(beside)
    covers = cover.listed(beside)
    currencies = currencies_of(beside)
    chosen = currency or request.args.get("currency", found.reseller.currency)
    shown = chosen if chosen in currencies else found.reseller.currency
    movements = cover.movements(
        beside, currency=shown, below_id=paging.below_id(), limit=paging.ASKED
    )
    listed = paging.cut(movements, id_of=lambda each: each.transfer_id)
    with in_scope_of(beside, OPERATOR_ID) as own:
        unpaid = {
            each.currency: cover_months.unpaid(own, found.reseller.id, each.currency)
            for each in covers
        }
    return page(
        "operator/reseller.html",
        status,
        reseller=_shown(found),
        covers=covers,
        unpaid=unpaid,
        shown_currency=shown,
        form=form or TopUpForm(currencies, formdata=None),
        limit_form=limit_form
        or LimitForm(
            formdata=None,
            limit=units.decimal_string(cover.limit(beside, currency=shown), shown),
        ),
        visit_form=visit_form or VisitForm(formdata=None),
        transactions=booked_rows.shown(beside, listed.rows, currency=shown, names=people),
        prev_url=listed.prev_url,
        next_url=listed.next_url,
    )


def currencies_of(beside: ResellerSession) -> list[str]:
    """What a cover can be in: the reseller's own first, then those it has prices or money in."""
    own = known.own(beside).currency
    others = {
        *price_lists.wholesale_currencies(beside),
        *(c.currency for c in cover.listed(beside)),
    }
    return [own, *sorted(others - {own})]


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
