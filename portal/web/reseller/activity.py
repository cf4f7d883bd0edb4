"""Everything that was done on a reseller's portal."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, g

from portal.accounts import access, directory
from portal.accounts import activity as log
from portal.accounts.activity import Chosen
from portal.accounts.models import Activity
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.web.parts import activity_lists, activity_rows
from portal.web.parts.activity_lists import ActivityFilters
from portal.web.parts.activity_rows import ActivityRow
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@blueprint.get("/activity")
@requires(Right.ACTIVITY_READ)
def activity() -> Response:
    """Who did what, latest first, narrowed by what the address says."""
    form = ActivityFilters()
    client_name = _client_name(form)
    drawn = activity_lists.listed(form, find=_find, show=shown)
    return page(
        "reseller/activity.html", 422 if form.errors else 200, client_name=client_name, **drawn
    )


@blueprint.get("/activity.csv")
@requires(Right.ACTIVITY_READ)
def activity_file() -> Response:
    """The same as a file."""
    form = ActivityFilters()
    if not form.validate():
        return activity()
    _client_name(form)
    return activity_lists.file(form, find=_find, show=shown)


def shown(rows: Sequence[Activity]) -> list[ActivityRow]:
    """Acts as the reseller's staff reads them."""
    about = {each.client_id for each in rows if each.client_id is not None}
    return activity_rows.shown(
        rows,
        names=directory.client_names(session(), about),
        people=directory.person_names(session(), activity_rows.nameless(rows)),
    )


def _find(chosen: Chosen, below_id: int | None, limit: int) -> list[Activity]:
    return log.page(session(), chosen=chosen, below_id=below_id, limit=limit)


def _client_name(form: ActivityFilters) -> str:
    """The name of the client that is asked for; of none, nothing."""
    if form.client_id is None:
        return ""
    return access.client_by_id(session(), actor=g.actor, client_id=form.client_id).name
