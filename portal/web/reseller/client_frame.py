"""What all pages of one client have in common: whose they are, the way between them, its note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response, current_app, g, url_for
from flask_babel import lazy_gettext

from portal.accounts import access, directory, timeline, wallet
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.unit_of_work import session
from portal.web.parts import client_rows
from portal.web.parts.pages import page


@dataclass(frozen=True)
class Tab:
    """One of a client's pages, for those who have the right to it."""

    endpoint: str
    label: str
    right: Right


@dataclass(frozen=True)
class TabShown:
    """A tab as the page shows it."""

    label: str
    url: str
    current: bool


TABS: Final = (
    Tab("reseller.client", lazy_gettext("Overview"), Right.CLIENTS_READ),
    Tab("reseller.client_sub_accounts", lazy_gettext("Sub-accounts"), Right.CLIENTS_READ),
    Tab("reseller.client_wallet", lazy_gettext("Money"), Right.WALLET_READ),
    Tab("reseller.client_statement", lazy_gettext("Statement"), Right.WALLET_READ),
    Tab("reseller.client_numbers", lazy_gettext("Numbers"), Right.CLIENTS_READ),
    Tab("reseller.client_messages", lazy_gettext("Messages"), Right.MESSAGES_READ),
    Tab("reseller.client_sending", lazy_gettext("What it may send"), Right.CLIENTS_READ),
    Tab("reseller.client_people", lazy_gettext("People"), Right.CLIENTS_READ),
    Tab("reseller.client_notes", lazy_gettext("Notes"), Right.CLIENTS_READ),
    Tab("reseller.client_activity", lazy_gettext("Activity"), Right.ACTIVITY_READ),
)
"""The pages of a client, in the order in which they are offered."""

_UNDER: Final = {
    "reseller.client_sub_account": "reseller.client_sub_accounts",
    "reseller.open_sub_account": "reseller.client_sub_accounts",
}
"""Pages that a tab does not lead to, and the one that stays marked on them."""


def found_client(client_id: int) -> Client:
    """The client of the address.

    Raises:
        NotFound: it is none of this reseller's.
    """
    return access.client_by_id(session(), actor=g.actor, client_id=client_id)


def client_view(
    template: str, found: Client, current: str, *, status: int = 200, **context: object
) -> Response:
    """A page of this client, with the tab of the endpoint `current` as the open one."""
    return page(
        template,
        status,
        client=client_rows.shown(
            found,
            balance=wallet.balance(session(), found),
            last_login_at=directory.last_login(session(), client_id=found.id),
        ),
        facts=found,
        tabs=_tabs(found, current),
        pinned=timeline.pinned(session(), client_id=found.id),
        **context,
    )


def _tabs(found: Client, current: str) -> list[TabShown]:
    marked = _UNDER.get(current, current)
    return [
        TabShown(
            label=str(each.label),
            url=url_for(each.endpoint, client_id=found.id),
            current=each.endpoint == marked,
        )
        for each in TABS
        if each.endpoint in current_app.view_functions and g.actor.can(each.right)
    ]
