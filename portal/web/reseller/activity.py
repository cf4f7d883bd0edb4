"""Everything that was done on a reseller's portal."""

from __future__ import annotations

from flask import Response

from portal.accounts import activity as log
from portal.accounts import directory
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.web.parts import activity_rows, paging
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@blueprint.get("/activity")
@requires(Right.ACTIVITY_READ)
def activity() -> Response:
    """Who did what, latest first."""
    found = log.latest(session(), below_id=paging.below_id(), limit=paging.ASKED)
    shown = paging.cut(found, id_of=lambda each: each.id)
    about = {each.client_id for each in shown.rows if each.client_id is not None}
    return page(
        "reseller/activity.html",
        rows=activity_rows.shown(shown.rows, names=directory.client_names(session(), about)),
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )
