"""All messages of a reseller with cost, price and profit: the list and one of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, url_for
from flask_babel import gettext

from portal.accounts import access, directory
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.messaging import history
from portal.messaging.models import Message
from portal.pricing import packages
from portal.tenancy import resellers
from portal.web.parts import message_receipts, message_rows, paging
from portal.web.parts.addresses import ID
from portal.web.parts.filters import MessageFilters
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@dataclass(frozen=True, kw_only=True)
class TotalsShown:
    """Sums over all messages that the filters let through, in the reseller's currency."""

    count: int
    parts: int
    cost_micros: int
    price_micros: int
    profit_micros: int
    currency: str


@blueprint.get("/messages")
@requires(Right.MESSAGES_READ)
def messages() -> Response:
    """Every client's messages, newest first, narrowed by what the address says."""
    form = MessageFilters()
    reseller = resellers.own(session())
    if not form.validate():
        return page(
            "reseller/messages.html",
            422,
            rows=[],
            totals=None,
            form=form,
            prev_url=None,
            next_url=None,
        )
    chosen = form.chosen(reseller.time_zone)
    found = history.page(
        session(), actor=g.actor, chosen=chosen, below_id=paging.below_id(), limit=paging.ASKED
    )
    shown = paging.cut(found, id_of=lambda each: each.id)
    names = directory.client_names(session(), {each.client_id for each in shown.rows})
    return page(
        "reseller/messages.html",
        rows=[message_rows.shown(each, client_name=names[each.client_id]) for each in shown.rows],
        totals=_totals(chosen, currency=reseller.currency),
        form=form,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/messages/<{ID}:message_id>")
@requires(Right.MESSAGES_READ)
def message(message_id: int) -> Response:
    """One message with its receipt, cost and profit, and what became of it."""
    found = history.message_by_id(session(), actor=g.actor, message_id=message_id)
    client = access.client_by_id(session(), actor=g.actor, client_id=found.client_id)
    return page(
        "reseller/message.html",
        message=message_receipts.shown(session(), found, client_name=client.name),
        history=message_rows.steps(found, history.events_of(session(), found)),
        for_staff=True,
        package=_package_of(found),
    )


@dataclass(frozen=True)
class PackageLink:
    """What the package of a receipt is called, and where it is to be read."""

    name: str
    url: str


def _package_of(found: Message) -> PackageLink | None:
    version_id = found.package_version_id
    if version_id is None:
        return None
    version = packages.version_by_id(session(), version_id)
    package = packages.by_id(session(), version.package_id)
    name = gettext("%(name)s, version %(number)s", name=package.name, number=version.number)
    return PackageLink(name, url_for("reseller.package", package_id=package.id))


def _totals(chosen: history.Filter, *, currency: str) -> TotalsShown:
    sums = history.totals(session(), actor=g.actor, chosen=chosen)
    return TotalsShown(
        count=sums.messages,
        parts=sums.parts,
        cost_micros=sums.cost.get(currency, 0),
        price_micros=sums.price.get(currency, 0),
        profit_micros=sums.profit.get(currency, 0),
        currency=currency,
    )
