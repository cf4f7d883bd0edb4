"""Take a client's place, downward only."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http import signing_in
from portal.http.actor import requires
from portal.web.parts.addresses import ID
from portal.web.reseller import client_forms as forms
from portal.web.reseller.client import client_page
from portal.web.reseller.pages import blueprint


@blueprint.post(f"/clients/<{ID}:client_id>/view-as")
@requires(Right.CLIENTS_VIEW_AS)
def view_as(client_id: int) -> Response:
    """See the portal as the client does; with a reason also act for it, for half an hour."""
    form = forms.ViewAsForm()
    if not form.validate_on_submit():
        return client_page(client_id, status=422, view_as_form=form)
    signing_in.view_as(client_id=client_id, reason=form.reason.data or "")
    return redirect(url_for("client.dashboard"), 303)
