"""Let one client in with the link from a reseller's mail: without signing in, and once.

To open the page does nothing, since programs that look through mail do that as well.
"""

from __future__ import annotations

from flask import g, url_for
from flask_babel import gettext
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from portal.accounts import approving, sign_up_inbox
from portal.accounts.actor import Actor
from portal.accounts.errors import LinkSpent
from portal.accounts.models import Client
from portal.accounts.roles import Audience, Right
from portal.http.actor import public
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import TooOften
from portal.pricing import packages
from portal.provisioning import admitting
from portal.tenancy import links
from portal.web.parts import sign_up_rows
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.pages import blueprint


class ApproveForm(Form):
    """Nothing but its token and one button."""


@blueprint.route("/approve/<string(maxlength=200):token>", methods=["GET", "POST"])
@public
def approve(token: str) -> Response:
    """Who asks to be let in, with what stands out; the button does it."""
    if g.tenant.is_operator:
        raise NotFound
    form = ApproveForm()
    try:
        with own_transaction() as beside:
            approving.count(beside, address=address())
        client = approving.client_of(session(), token=token)
        if form.validate_on_submit():
            return _approved(token)
    except TooOften:
        text = gettext("Too many tries. Please wait a few minutes.")
        return page("public/notice.html", 429, heading=gettext("One moment, please"), text=text)
    except LinkSpent:
        return _spent()
    return _page(client, form, status=422 if form.is_submitted() else 200)


def _approved(token: str) -> Response:
    origin = links.origin_of(session(), current().settings)
    client = admitting.approve(
        session(), token=token, staff=_staff(), address=address(), origin=origin
    )
    return page(
        "public/notice.html",
        heading=gettext("%(name)s is active", name=client.name),
        text=gettext("An e-mail tells them so. There is nothing left for you to do here."),
        action={"label": gettext("Go to the portal"), "url": url_for("public.home")},
    )


def _page(client: Client, form: ApproveForm, *, status: int) -> Response:
    # Without a sign-in nobody reads here what other clients are called.
    row = sign_up_rows.shown(sign_up_inbox.one(session(), client))
    package_id = admitting.first_package(session(), client)
    return page(
        "public/approve.html",
        status,
        form=form,
        row=row,
        package=packages.by_id(session(), package_id).name if package_id else "",
        has_defaults=packages.default(session()) is not None,
    )


def _staff() -> Actor | None:
    """Whoever of the staff is signed in; it is recorded as theirs.

    Raises:
        Forbidden: they may not let clients in.
    """
    actor: Actor | None = g.actor
    if actor is None or actor.audience is not Audience.RESELLER:
        return None
    if not actor.can(Right.CLIENTS_MANAGE):
        raise Forbidden
    return actor


def _spent() -> Response:
    return page(
        "public/notice.html",
        410,
        heading=gettext("This link does not work any more"),
        text=gettext(
            "It works for 7 days, and once. Perhaps somebody has answered the request already:"
            " sign in to see."
        ),
        action={"label": gettext("Sign in"), "url": url_for("public.login")},
    )
