"""What was done in a client's own firm: who signed in, who came to see, what was changed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from portal.accounts import activity as log
from portal.accounts import activity_told, directory
from portal.accounts.activity import Chosen
from portal.accounts.models import Activity
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import activity_groups, activity_lists, activity_rows
from portal.web.parts.activity_lists import ActivityFilters
from portal.web.parts.activity_rows import ActivityRow
from portal.web.parts.pages import page


@blueprint.get("/activity")
@requires(Right.ACTIVITY_READ)
def activity() -> Response:
    """Who did what, latest first, narrowed by what the address says."""
    form = _filters()
    drawn = activity_lists.listed(form, find=_find, show=_shown)
    return page("client/activity.html", 422 if form.errors else 200, **drawn)


@blueprint.get("/activity.csv")
@requires(Right.ACTIVITY_READ)
def activity_file() -> Response:
    """The same as a file."""
    form = _filters()
    if not form.validate():
        return activity()
    return activity_lists.file(form, find=_find, show=_shown)


def _filters() -> ActivityFilters:
    form = ActivityFilters(activity_groups.CLIENT_CHOICES)
    del form.client
    return form


def _find(chosen: Chosen, below_id: int | None, limit: int) -> list[Activity]:
    return log.page_for_client(
        session(),
        client_id=own_client().id,
        told=activity_told.TOLD,
        chosen=chosen,
        below_id=below_id,
        limit=limit,
    )


def _shown(rows: Sequence[Activity]) -> list[ActivityRow]:
    own = directory.people_of(session(), client_id=own_client().id)
    return activity_rows.for_client(rows, own=own, told=activity_told.REASONS_TOLD)
