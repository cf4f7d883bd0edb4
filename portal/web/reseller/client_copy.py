"""A copy of all that is kept of a client, for staff who are asked for it."""

from __future__ import annotations

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.language import time_zone
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.reports import archives
from portal.web.parts import archive_rows
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page
from portal.web.reseller.client_frame import found_client
from portal.web.reseller.pages import blueprint


@blueprint.get(f"/clients/<{ID}:client_id>/copies")
@requires(Right.CLIENTS_MANAGE)
def client_copies(client_id: int) -> Answer:
    """The copies that can be fetched."""
    found = found_client(client_id)
    return page(
        "reseller/client_copies.html",
        client_id=found.id,
        name=found.name,
        archives=archive_rows.shown(session(), client_id=found.id, by=g.actor),
        kept_days=archives.KEPT.days,
    )


@blueprint.post(f"/clients/<{ID}:client_id>/copies")
@requires(Right.CLIENTS_MANAGE)
@fresh
def ask_for_client_copy(client_id: int) -> Response:
    """Have a copy made, its explanation in the client's language."""
    found = found_client(client_id)
    archives.ask(
        session(), client_id=found.id, language=found.language, time_zone=time_zone(), by=g.actor
    )
    flash(gettext("The copy is being made. It stands here when it is done."), "success")
    return redirect(url_for("reseller.client_copies", client_id=found.id), 303)


@blueprint.get(f"/clients/<{ID}:client_id>/copies/<{ID}:archive_id>")
@requires(Right.CLIENTS_MANAGE)
@fresh
def fetch_client_copy(client_id: int, archive_id: int) -> Answer:
    """A copy that is made, as a ZIP."""
    found = found_client(client_id)
    archive = archives.fetch(session(), client_id=found.id, archive_id=archive_id, by=g.actor)
    return archive_rows.download(
        reseller_id=found.reseller_id,
        archive_id=archive.id,
        length=archive.bytes,
        name=f"data-{found.number}",
    )
