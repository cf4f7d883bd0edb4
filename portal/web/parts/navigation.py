"""What stands in the bar of each audience's pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext

from portal.accounts.actor import Actor
from portal.accounts.roles import Audience, Right


@dataclass(frozen=True)
class Entry:
    """A page that the bar leads to, for those who have the right to it."""

    endpoint: str
    label: str
    icon: str
    right: Right | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """An entry as this page shows it."""

    label: str
    url: str
    icon: str
    current: bool


ENTRIES: Final[dict[Audience, tuple[Entry, ...]]] = {
    Audience.CLIENT: (
        Entry("client.dashboard", lazy_gettext("Home"), "home"),
        Entry("client.send", lazy_gettext("Send"), "send", Right.MESSAGES_SEND),
        Entry("client.messages", lazy_gettext("Messages"), "message-2", Right.MESSAGES_READ),
        Entry("client.statement", lazy_gettext("Statement"), "receipt", Right.WALLET_READ),
    ),
    Audience.RESELLER: (
        Entry("reseller.dashboard", lazy_gettext("Home"), "home"),
        Entry("reseller.clients", lazy_gettext("Clients"), "users", Right.CLIENTS_READ),
        Entry("reseller.messages", lazy_gettext("Messages"), "message-2", Right.MESSAGES_READ),
        Entry("reseller.packages", lazy_gettext("Packages"), "package", Right.PRICES_READ),
        Entry("reseller.activity", lazy_gettext("Activity"), "activity", Right.ACTIVITY_READ),
    ),
    Audience.OPERATOR: (
        Entry(
            "operator.resellers", lazy_gettext("Resellers"), "building-store", Right.RESELLERS_READ
        ),
        Entry("operator.gateways", lazy_gettext("Gateways"), "router", Right.GATEWAYS_READ),
        Entry("operator.ledger", lazy_gettext("Ledger"), "scale", Right.LEDGER_READ),
    ),
}
_PART_OF: Final = {
    "client.message": "client.messages",
    "client.estimate": "client.send",
    "reseller.client": "reseller.clients",
    "reseller.reverse": "reseller.clients",
    "reseller.message": "reseller.messages",
    "operator.reseller": "operator.resellers",
    "operator.prove": "operator.ledger",
}
"""Pages that have no entry, and the entry that leads to them."""


def home_of(audience: Audience, rights: Collection[Right]) -> str:
    """Where somebody begins: the first page that they have the right to."""
    return url_for(_entries(audience, rights)[0].endpoint)


def items(actor: Actor | None) -> list[Item]:
    """The bar for somebody; empty for visitors."""
    if actor is None:
        return []
    here = _PART_OF.get(request.endpoint or "", request.endpoint)
    return [
        Item(
            label=str(entry.label),
            url=url_for(entry.endpoint),
            icon=entry.icon,
            current=entry.endpoint == here,
        )
        for entry in _entries(actor.audience, actor.rights)
    ]


def _entries(audience: Audience, rights: Collection[Right]) -> list[Entry]:
    return [each for each in ENTRIES[audience] if each.right is None or each.right in rights]
