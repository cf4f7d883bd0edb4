"""What all pages of one's own share: their blueprint, whose they are, and what leads to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, g, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from portal.accounts import own_account
from portal.accounts.models import Person
from portal.http.unit_of_work import session
from portal.web.parts.pages import page

blueprint = Blueprint("account", __name__)

_TABS: Final = {
    "account.profile": lazy_gettext("Profile"),
    "account.password": lazy_gettext("Password"),
    "account.email": lazy_gettext("E-mail"),
    "account.sessions": lazy_gettext("Where you are signed in"),
    "account.second_step": lazy_gettext("Second step"),
    "account.passkeys": lazy_gettext("Passkeys"),
}
_PART_OF: Final = {
    "account.end_session": "account.sessions",
    "account.end_other_sessions": "account.sessions",
    "account.set_up_second_step": "account.second_step",
    "account.renew_codes": "account.second_step",
    "account.add_passkey": "account.passkeys",
    "account.rename_passkey": "account.passkeys",
}


@dataclass(frozen=True)
class Tab:
    """A page of one's own, as the others lead to it."""

    label: str
    url: str
    current: bool


def own_person() -> Person:
    """Whose pages these are.

    Raises:
        NotFound: they are gone.
    """
    return own_account.person(session(), by=g.actor)


def own_page(template: str, status: int = 200, **context: object) -> Response:
    """A page of one's own, with what leads to the others."""
    opened = _PART_OF.get(request.endpoint or "", request.endpoint)
    tabs = [Tab(str(label), url_for(each), each == opened) for each, label in _TABS.items()]
    return page(f"account/{template}", status, tabs=tabs, **context)
