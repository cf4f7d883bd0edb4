"""Give a package to many sub-accounts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug import Response
from wtforms import BooleanField, SelectMultipleField

from portal.accounts.roles import Right
from portal.billing import assignments
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.pricing import packages, selling
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package
from portal.reports import sub_accounts
from portal.reports.sub_accounts import Held
from portal.tenancy import resellers
from portal.web.parts.addresses import ID
from portal.web.parts.filters import Filters
from portal.web.parts.formats import money
from portal.web.parts.forms import Form, text
from portal.web.parts.pages import page
from portal.web.reseller.package_page import sold_package
from portal.web.reseller.pages import blueprint

SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class HeldShown:
    """A sub-account that could have the package; `chosen` keeps a tick that was set."""

    id: int
    name: str
    user: str
    client_id: int
    client_name: str
    package: str
    chosen: bool


class SubAccountFilters(Filters):
    """Which sub-accounts are offered."""

    q = text(lazy_gettext("Client, sub-account or user name"), length_max=100)


class AssignForm(Form):
    """Those that get it; the page draws the ticks in its table."""

    sub_accounts = SelectMultipleField(
        lazy_gettext("Sub-accounts"), coerce=int, validate_choice=False
    )
    setup_fee = BooleanField(lazy_gettext("Charge the set-up fee for each of them"))


@blueprint.route(f"/packages/<{ID}:package_id>/assign", methods=["GET", "POST"])
@requires(Right.CLIENTS_MANAGE)
def assign_package(package_id: int) -> Response:
    """Choose sub-accounts, and give them the package from today on."""
    found = sold_package(package_id)
    form = AssignForm()
    filters = SubAccountFilters()
    filters.validate()
    offered = _offered(found, filters.q.data or "")
    if form.validate_on_submit():
        chosen = [each for each in offered if each.id in set(form.sub_accounts.data)]
        if not chosen:
            form.sub_accounts.errors = [gettext("Tick at least one sub-account.")]
        else:
            _assign(found, chosen, setup_fee=form.setup_fee.data)
            return redirect(url_for("reseller.package", package_id=package_id), 303)
    return _page(found, form, filters, offered)


def _page(
    found: Package, form: AssignForm, filters: SubAccountFilters, offered: Sequence[Held]
) -> Response:
    names = {each.id: each.name for each in packages.listed(session())}
    ticked = set(form.sub_accounts.data or ())
    currency = resellers.own(session()).currency
    amounts = _holding(found).amounts.get(currency)
    return page(
        "reseller/package_assign.html",
        422 if form.is_submitted() else 200,
        package=found,
        form=form,
        filters_form=filters,
        limited=len(offered) == SHOWN,
        shown=SHOWN,
        setup_fee=money(amounts.setup_fee, currency) if amounts else "",
        rows=[
            HeldShown(
                id=each.id,
                name=each.name,
                user=each.user,
                client_id=each.client_id,
                client_name=each.client_name,
                package=names.get(each.package_id or 0, ""),
                chosen=each.id in ticked,
            )
            for each in offered
        ],
    )


def _assign(found: Package, chosen: Sequence[Held], *, setup_fee: bool) -> None:
    """Give it to all of them; those that cannot have it are named, and do not stop the others."""
    in_order = sorted(chosen, key=lambda held: (held.client_id, held.id))
    left_out = assignments.assign_each(
        session(),
        [each.id for each in in_order],
        package_id=found.id,
        by=g.actor,
        on=selling.today(session()),
        setup_fee=setup_fee,
    )
    refused = [f"{each.client_name}, {each.name}" for each in in_order if each.id in left_out]
    given = len(chosen) - len(refused)
    if given:
        flash(
            ngettext(
                "%(num)s sub-account has the package now.",
                "%(num)s sub-accounts have the package now.",
                given,
            ),
            "success",
        )
    if refused:
        flash(gettext("These could not get it: %(names)s", names="; ".join(refused)), "danger")


def _offered(found: Package, words: str) -> list[Held]:
    return sub_accounts.that_could_have(
        session(),
        found.id,
        currencies=list(_holding(found).amounts),
        words=words,
        limit=SHOWN,
    )


def _holding(found: Package) -> Conditions:
    return packages.holding(session(), found.id, on=selling.today(session())).conditions
