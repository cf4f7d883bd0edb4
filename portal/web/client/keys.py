"""Keys for a client's programs."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import access
from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import key_pages
from portal.web.parts.addresses import ID
from portal.web.parts.key_pages import Place


@blueprint.get("/account/keys")
@offers(Service.API)
@requires(Right.KEYS_MANAGE)
def keys() -> Response:
    """The keys, and a form for another."""
    return key_pages.show(_place())


@blueprint.post("/account/keys")
@fresh
@offers(Service.API)
@requires(Right.KEYS_MANAGE)
def create_token() -> Response:
    """A new key; its text is on the page that answers, and on no other."""
    return key_pages.create(_place())


@blueprint.post(f"/account/keys/<{ID}:token_id>/revoke")
@offers(Service.API)
@requires(Right.KEYS_MANAGE)
def revoke_token(token_id: int) -> Response:
    """End a key at once."""
    return key_pages.revoke(_place(), token_id)


def _place() -> Place:
    own = access.sub_accounts_of(session(), client_id=own_client().id)
    return Place(
        blueprint="client",
        sub_accounts={each.id: each.name for each in own},
        above=(gettext("Account"), url_for("client.account")),
    )
