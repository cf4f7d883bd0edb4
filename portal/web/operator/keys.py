"""Keys for the operator's own programs."""

from __future__ import annotations

from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.reauthentication import fresh
from portal.web.operator.pages import blueprint
from portal.web.parts import key_pages
from portal.web.parts.addresses import ID
from portal.web.parts.key_pages import Place

_PLACE = Place(blueprint="operator")


@blueprint.get("/keys")
@requires(Right.KEYS_MANAGE)
def keys() -> Response:
    """The keys, and a form for another."""
    return key_pages.show(_PLACE)


@blueprint.post("/keys")
@fresh
@requires(Right.KEYS_MANAGE)
def create_token() -> Response:
    """A new key; its text is on the page that answers, and on no other."""
    return key_pages.create(_PLACE)


@blueprint.post(f"/keys/<{ID}:token_id>/revoke")
@requires(Right.KEYS_MANAGE)
def revoke_token(token_id: int) -> Response:
    """End a key at once."""
    return key_pages.revoke(_PLACE, token_id)
