"""What the operator asks of a reseller: its wholesale lists, by currency and route."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from flask import g, url_for
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.limits import takes_files
from portal.infra import clock
from portal.ledger import units
from portal.tenancy import resellers
from portal.web.operator.pages import blueprint, in_reseller
from portal.web.parts import rate_import_pages, rate_pages
from portal.web.parts.addresses import ID
from portal.web.parts.rate_pages import Place

_LIST = f"/resellers/<{ID}:reseller_id>/rates"


@blueprint.get(_LIST)
@requires(Right.RESELLERS_READ)
def rates(reseller_id: int) -> Response:
    """The list by prefix."""
    with _place(reseller_id) as place:
        return rate_pages.show(place)


@blueprint.get(f"{_LIST}/export")
@requires(Right.RESELLERS_READ)
def export_rates(reseller_id: int) -> Response:
    """The list as a file."""
    with _place(reseller_id) as place:
        return rate_pages.export(place)


@blueprint.route(f"{_LIST}/edit", methods=["GET", "POST"])
@requires(Right.RESELLERS_MANAGE)
def edit_rate(reseller_id: int) -> Response:
    """Add, change or end one rate."""
    with _place(reseller_id) as place:
        return rate_pages.edit(place)


@blueprint.route(f"{_LIST}/import", methods=["GET", "POST"])
@requires(Right.RESELLERS_MANAGE)
@takes_files
def import_rates(reseller_id: int) -> Response:
    """Choose a sheet."""
    with _place(reseller_id) as place:
        return rate_import_pages.upload(place)


@blueprint.route(f"{_LIST}/import/<{ID}:draft_id>", methods=["GET", "POST"])
@requires(Right.RESELLERS_MANAGE)
def rate_draft(reseller_id: int, draft_id: int) -> Response:
    """Look at what a sheet would change, and import it."""
    with _place(reseller_id) as place:
        return rate_import_pages.preview(place, draft_id)


@contextmanager
def _place(reseller_id: int) -> Iterator[Place]:
    with in_reseller(reseller_id) as beside:
        owner = resellers.own(beside)
        others = sorted(units.CURRENCIES_IN_USE - {owner.currency})
        yield Place(
            session=beside,
            name=rate_pages.name_from_address(currency=owner.currency),
            heading=owner.name,
            back_url=url_for("operator.reseller", reseller_id=reseller_id),
            back_label=owner.name,
            blueprint=blueprint.name,
            owner={"reseller_id": reseller_id},
            currencies=[owner.currency, *others],
            today=clock.now().astimezone(ZoneInfo(owner.time_zone)).date(),
            may_change=g.actor.can(Right.RESELLERS_MANAGE),
        )
