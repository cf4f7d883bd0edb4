"""Where somebody is signed in, and how to end that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, redirect, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from portal.accounts import browsers
from portal.accounts import sessions as kept
from portal.accounts.session_models import SignedIn
from portal.http.actor import personal
from portal.http.unit_of_work import session
from portal.infra import signing
from portal.infra.errors import NotFound
from portal.web.account.pages import blueprint, own_page, own_person
from portal.web.parts.addresses import ID


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One browser that is signed in."""

    id: int
    browser: str
    address: str
    host: str
    since: datetime
    last_seen_at: datetime
    is_this: bool


@blueprint.get("/profile/sessions")
@personal
def sessions() -> Response:
    """The list, this browser first."""
    rows = [_row(each) for each in kept.own(session(), person=own_person())]
    rows.sort(key=lambda each: not each.is_this)
    return own_page("sessions.html", rows=rows)


@blueprint.post(f"/profile/sessions/<{ID}:session_id>/end")
@personal
def end_session(session_id: int) -> Response:
    """Sign one browser out; one that has ended by itself meanwhile is no fault."""
    try:
        kept.end_one(session(), session_id=session_id, by=g.actor)
    except NotFound:
        flash(gettext("This browser was signed out already."), "info")
    else:
        flash(gettext("The browser is signed out."), "success")
    return redirect(url_for("account.sessions"), 303)


@blueprint.post("/profile/sessions/end-others")
@personal
def end_other_sessions() -> Response:
    """Sign all browsers out but this one."""
    count = kept.end_others(session(), token=g.session_token, by=g.actor)
    flash(
        ngettext("%(num)s browser is signed out.", "%(num)s browsers are signed out.", count),
        "success",
    )
    return redirect(url_for("account.sessions"), 303)


def _row(row: SignedIn) -> SessionRow:
    return SessionRow(
        id=row.id,
        browser=str(browsers.described(row.browser)) or gettext("Unknown browser"),
        address=row.address,
        host=row.host,
        since=row.created_at,
        last_seen_at=row.last_seen_at,
        is_this=row.hash == signing.digest(g.session_token),
    )
