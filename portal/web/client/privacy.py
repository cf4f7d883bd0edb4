"""A client's own data: what is kept for how long, and a copy of all of it."""

from __future__ import annotations

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.language import language, time_zone
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.reports import archives
from portal.tenancy import settings
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import archive_rows
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page


@blueprint.get("/account/data")
@requires(Right.PEOPLE_MANAGE)
def privacy() -> Answer:
    """What is kept, and the copies that can be fetched."""
    return page(
        "client/privacy.html",
        archives=archive_rows.shown(session(), client_id=own_client().id, by=g.actor),
        kept_days=archives.KEPT.days,
        removed_after_days=settings.read(session()).redact_after_days,
    )


@blueprint.post("/account/data/copies")
@requires(Right.PEOPLE_MANAGE)
@fresh
def ask_for_copy() -> Response:
    """Have a copy made."""
    archives.ask(
        session(),
        client_id=own_client().id,
        language=language(),
        time_zone=time_zone(),
        by=g.actor,
    )
    flash(gettext("Your copy is being made. It stands here when it is done."), "success")
    return redirect(url_for("client.privacy"), 303)


@blueprint.get(f"/account/data/copies/<{ID}:archive_id>")
@requires(Right.PEOPLE_MANAGE)
@fresh
def fetch_copy(archive_id: int) -> Answer:
    """A copy that is made, as a ZIP."""
    client = own_client()
    found = archives.fetch(session(), client_id=client.id, archive_id=archive_id, by=g.actor)
    return archive_rows.download(
        reseller_id=client.reseller_id,
        archive_id=found.id,
        length=found.bytes,
        name=f"data-{client.number}",
    )
