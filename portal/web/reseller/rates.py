"""A package's own rates, which hold instead of its markup."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import g, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.limits import takes_files
from portal.http.unit_of_work import session
from portal.infra import clock
from portal.pricing import packages as offered
from portal.tenancy import resellers
from portal.web.parts import rate_import_pages, rate_pages
from portal.web.parts.addresses import ID
from portal.web.parts.rate_pages import Place
from portal.web.reseller.pages import blueprint

_LIST = f"/packages/<{ID}:package_id>/rates"


@blueprint.get(_LIST)
@requires(Right.PRICES_READ)
def rates(package_id: int) -> Response:
    """The own rates by prefix."""
    return rate_pages.show(_place(package_id))


@blueprint.get(f"{_LIST}/export")
@requires(Right.PRICES_READ)
def export_rates(package_id: int) -> Response:
    """The own rates as a file."""
    return rate_pages.export(_place(package_id))


@blueprint.route(f"{_LIST}/edit", methods=["GET", "POST"])
@requires(Right.PRICES_MANAGE)
def edit_rate(package_id: int) -> Response:
    """Add, change or end one rate."""
    return rate_pages.edit(_place(package_id))


@blueprint.route(f"{_LIST}/import", methods=["GET", "POST"])
@requires(Right.PRICES_MANAGE)
@takes_files
def import_rates(package_id: int) -> Response:
    """Choose a sheet."""
    return rate_import_pages.upload(_place(package_id))


@blueprint.route(f"{_LIST}/import/<{ID}:draft_id>", methods=["GET", "POST"])
@requires(Right.PRICES_MANAGE)
def rate_draft(package_id: int, draft_id: int) -> Response:
    """Look at what a sheet would change, and import it."""
    return rate_import_pages.preview(_place(package_id), draft_id)


def _place(package_id: int) -> Place:
    """Where the list is.

    Raises:
        NotFound: the reseller has no such package.
    """
    package = offered.by_id(session(), package_id)
    owner = resellers.own(session())
    today = clock.now().astimezone(ZoneInfo(owner.time_zone)).date()
    sold_in = sorted(offered.holding(session(), package.id, on=today).conditions.amounts)
    # Its usual currency first, if it is sold in it at all.
    currencies = sorted(sold_in, key=lambda each: each != owner.currency) or [owner.currency]
    name = rate_pages.name_from_address(currency=currencies[0], package_id=package.id)
    return Place(
        session=session(),
        name=name,
        heading=package.name,
        back_url=url_for("reseller.packages"),
        back_label=gettext("Packages"),
        blueprint=blueprint.name,
        owner={"package_id": package.id},
        currencies=list(dict.fromkeys([*currencies, name.currency])),
        today=today,
        may_change=g.actor.can(Right.PRICES_MANAGE),
    )
