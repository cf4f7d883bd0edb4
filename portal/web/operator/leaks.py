"""Does anything on a reseller's portal name the operator or another reseller? Looked at by hand."""

from __future__ import annotations

import threading
from typing import Final

from flask import Flask, current_app, g
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import activity
from portal.accounts.roles import Right
from portal.http import leaks
from portal.http.actor import requires
from portal.http.leaks import Report
from portal.http.unit_of_work import end_early
from portal.http.wiring import current
from portal.infra.errors import NotFound
from portal.tenancy import resellers as known
from portal.web.operator.pages import blueprint, in_reseller
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page

_one_at_a_time: Final = threading.Lock()


@blueprint.get(f"/resellers/<{ID}:reseller_id>/leaks")
@requires(Right.RESELLERS_MANAGE)
def reseller_leaks(reseller_id: int) -> Response:
    """Say what is looked at, with the button that begins."""
    return _page(reseller_id)


@blueprint.post(f"/resellers/<{ID}:reseller_id>/leaks")
@requires(Right.RESELLERS_MANAGE)
def look_for_leaks(reseller_id: int) -> Response:
    """Look through the whole portal now, and show what was found; nothing of it is kept."""
    if not _one_at_a_time.acquire(blocking=False):
        problem = gettext("Another portal is being looked at. Try again in a minute.")
        return _page(reseller_id, status=409, problem=problem)
    try:
        # Its transaction ends before the look begins, which opens many of its own.
        with in_reseller(reseller_id) as beside:
            known.own(beside)
            activity.record(beside, by=g.actor, what="reseller.searched")
        end_early()
        report = _report(reseller_id)
    finally:
        _one_at_a_time.release()
    if report is None:
        problem = gettext("This portal has no host name yet, so that there is nothing to look at.")
        return _page(reseller_id, status=409, problem=problem)
    return _page(reseller_id, report=report)


def _report(reseller_id: int) -> Report | None:
    wiring = current()
    try:
        return leaks.look(
            _application(),
            database=wiring.database,
            settings=wiring.settings,
            reseller_id=reseller_id,
        )
    except NotFound:
        return None


def _page(
    reseller_id: int, *, report: Report | None = None, problem: str = "", status: int = 200
) -> Response:
    with in_reseller(reseller_id) as beside:
        reseller = known.own(beside)
        return page(
            "operator/leaks.html", status, reseller=reseller, report=report, problem=problem
        )


def _application() -> Flask:
    # Flask's own way to hand the application itself to a thread, which has no request.
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as said
    assert isinstance(app, Flask)
    return app
