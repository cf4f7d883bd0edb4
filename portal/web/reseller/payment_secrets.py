"""The secrets of a payment account shown once more, to whoever has just proved who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.infra.vault import Unsealable
from portal.payments import accounts, registry, revealing
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint

PLACE: Final = f"/payments/<any({accounts.STRIPE},{accounts.PAYPAL}):kind>/secrets"
NAMES: Final[Mapping[str, str]] = {
    "secret_key": lazy_gettext("Secret key"),
    "signing_secret": lazy_gettext("Signing secret of the webhook"),
    "client_id": lazy_gettext("Client ID"),
    "client_secret": lazy_gettext("Secret"),
    "webhook_id": lazy_gettext("Webhook ID"),
}


@blueprint.post(PLACE)
@fresh
@personally
@requires(Right.SETTINGS_MANAGE)
def payment_secrets(kind: str) -> Answer | Response:
    """The keys of an account, as they were typed."""
    parts = current()
    try:
        secrets = revealing.secrets_of(
            session(), kind=kind, by=g.actor, vault=parts.vault, settings=parts.settings
        )
    except Unsealable:
        flash(gettext("The keys cannot be read any more. Please enter them again."), "danger")
        return redirect(url_for(".payments"), 303)
    return page(
        "reseller/payment_secrets.html",
        provider=registry.adapter(kind).label,
        secrets=[(NAMES[name], value) for name, value in secrets.items() if value],
    )
