"""The secrets with which a reseller's own website signs login links."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import login_secrets
from portal.accounts.errors import TooManySecrets
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.web.parts.addresses import ID
from portal.web.reseller.access import access_page
from portal.web.reseller.pages import blueprint


@blueprint.post("/access/secrets")
@fresh
@requires(Right.LOGIN_LINKS_MAKE)
def make_login_secret() -> Response:
    """A new secret; its text is on the page that answers, and on no other."""
    try:
        secret = login_secrets.make(session(), by=g.actor, vault=current().vault)
    except TooManySecrets:
        flash(gettext("There are two secrets already. Revoke one first."), "warning")
        return redirect(url_for("reseller.access", _anchor="login-links"), 303)
    return access_page(new_secret=secret)


@blueprint.post(f"/access/secrets/<{ID}:secret_id>/revoke")
@requires(Right.LOGIN_LINKS_MAKE)
def revoke_login_secret(secret_id: int) -> Response:
    """End a secret at once, and every link that was signed with it."""
    login_secrets.revoke(session(), by=g.actor, secret_id=secret_id)
    flash(gettext("The secret is revoked."), "success")
    return redirect(url_for("reseller.access", _anchor="login-links"), 303)
