"""What a reseller sells below its cost, destination by destination."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response, url_for
from flask_babel import gettext

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.pricing import selling, sold_below_cost
from portal.pricing.margins import Loss
from portal.pricing.sold_below_cost import Below
from portal.tenancy import settings
from portal.web.parts import numbered_pages
from portal.web.parts.numbered_pages import NumberedPage
from portal.web.parts.pages import page
from portal.web.parts.rate_pages import country_name
from portal.web.reseller.pages import blueprint


@dataclass(frozen=True, kw_only=True)
class BelowShown:
    """A destination that a package sells at a loss; amounts are of a part."""

    package_name: str
    package_url: str
    destination: str
    prefix: str
    price_micros: int
    cost_micros: int
    currency: str
    since: date


@blueprint.get("/packages/below-cost")
@requires(Right.PRICES_READ)
def below_cost() -> Response:
    """All of it by package, the greatest loss first."""
    found = sold_below_cost.listed(session(), on=selling.today(session()))
    cut = numbered_pages.cut([(each, loss) for each in found for loss in each.losses])
    rows = [_shown(each, loss) for each, loss in cut.rows]
    return page(
        "reseller/below_cost.html",
        blocked=settings.read(session()).wholesale_rise == "block",
        shown=NumberedPage(rows, cut.number, cut.of, cut.total, cut.prev_url, cut.next_url),
    )


def _shown(each: Below, loss: Loss) -> BelowShown:
    package = each.package
    return BelowShown(
        package_name=gettext("Clients without a package") if package.is_default else package.name,
        package_url=url_for("reseller.package", package_id=package.id),
        destination=country_name(loss.prefix),
        prefix=loss.prefix,
        price_micros=loss.price,
        cost_micros=loss.cost,
        currency=each.currency,
        since=each.since(loss),
    )
