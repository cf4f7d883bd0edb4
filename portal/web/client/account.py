"""A client's own account: its data, its sub-accounts, its numbers."""

from __future__ import annotations

from flask import g
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import access
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.http.actor import signed_in
from portal.http.unit_of_work import session
from portal.messaging import incoming_prices
from portal.numbers import finding
from portal.pricing import packages
from portal.tenancy.display import Service
from portal.tenancy.signup_fields import SignUpField
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import inbound_rows, sub_account_rows
from portal.web.parts.client_fields import LABELS
from portal.web.parts.pages import page

_IF_KNOWN = (
    SignUpField.ADDRESS,
    SignUpField.POSTAL_CODE,
    SignUpField.CITY,
    SignUpField.STATE,
    SignUpField.TAX_ID,
)


@blueprint.get("/account")
@signed_in
def account() -> Response:
    """The client's data, sub-accounts and numbers."""
    actor: Actor = g.actor
    client = own_client()
    own = access.own_sub_accounts(session(), actor=actor)
    names = {each.id: each.name for each in own}
    numbers = finding.of_actor(session(), actor) if actor.display.shows(Service.NUMBERS) else []
    fees = incoming_prices.fees(session(), numbers)
    return page(
        "client/account.html",
        profile=_profile(client),
        sub_accounts=sub_account_rows.shown(own, packages.listed(session())),
        numbers=[
            inbound_rows.number_shown(each, fees=fees, sub_account_names=names) for each in numbers
        ],
    )


def _profile(client: Client) -> list[tuple[str, str]]:
    return [
        (gettext("Number"), str(client.number)),
        (gettext("Company"), client.company),
        (gettext("Name"), f"{client.firstname} {client.lastname}".strip()),
        (gettext("E-mail"), client.email),
        (gettext("Telephone"), client.phone),
        *((str(LABELS[each]), known) for each in _IF_KNOWN if (known := getattr(client, each))),
        (gettext("Country"), client.country),
        (gettext("Time zone"), client.time_zone),
    ]
