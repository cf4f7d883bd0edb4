"""What stands in the bar of each audience's pages: sections, and the pages of the open one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext

from portal.accounts.actor import Actor
from portal.accounts.roles import Audience, Right

_ITSELF: Final = "page"
_ABOVE: Final = "true"


@dataclass(frozen=True)
class Page:
    """A page that the bar leads to, for those who have the right to it.

    Whoever may open no other page of its section sees it under its own name, and its own icon if it
    has one.
    """

    endpoint: str
    label: str
    right: Right | None = None
    icon: str | None = None


@dataclass(frozen=True)
class Section:
    """Pages that belong together, under one name in the bar; it leads to the first of them."""

    label: str
    icon: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A page of the open section as it shows them; `count` is how much waits there.

    `current` is what `aria-current` says of it: "page" of the page that is shown, "true" of the one
    above that, or nothing.
    """

    label: str
    url: str
    current: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Item(Link):
    """A section as the bar shows it; `pages` are those of the open one, if there are several."""

    icon: str
    pages: tuple[Link, ...]


def _alone(endpoint: str, label: str, icon: str, right: Right | None = None) -> Section:
    """A section of one page."""
    return Section(label, icon, (Page(endpoint, label, right),))


SECTIONS: Final[dict[Audience, tuple[Section, ...]]] = {
    Audience.CLIENT: (
        _alone("client.dashboard", lazy_gettext("Home"), "home"),
        _alone("client.send", lazy_gettext("Send"), "send", Right.MESSAGES_SEND),
        Section(
            lazy_gettext("Messages"),
            "message-2",
            (
                Page("client.messages", lazy_gettext("Sent"), Right.MESSAGES_READ),
                Page("client.inbox", lazy_gettext("Inbox"), Right.MESSAGES_READ),
            ),
        ),
        _alone("client.prices", lazy_gettext("Prices"), "tag", Right.PRICES_READ),
        _alone("client.usage", lazy_gettext("Usage"), "chart-line"),
        _alone("client.statement", lazy_gettext("Statement"), "receipt", Right.WALLET_READ),
    ),
    Audience.RESELLER: (
        _alone("reseller.dashboard", lazy_gettext("Home"), "home", Right.CLIENTS_READ),
        Section(
            lazy_gettext("Clients"),
            "users",
            (
                Page("reseller.clients", lazy_gettext("Clients"), Right.CLIENTS_READ),
                Page(
                    "reseller.country_requests",
                    lazy_gettext("Countries asked for"),
                    Right.CLIENTS_READ,
                ),
            ),
        ),
        Section(
            lazy_gettext("Messages"),
            "message-2",
            (
                Page("reseller.messages", lazy_gettext("Sent"), Right.MESSAGES_READ),
                Page("reseller.inbox", lazy_gettext("Inbox"), Right.MESSAGES_READ),
                Page("reseller.numbers", lazy_gettext("Numbers"), Right.CLIENTS_READ),
            ),
        ),
        Section(
            lazy_gettext("Prices"),
            "tag",
            (
                Page("reseller.packages", lazy_gettext("Packages"), Right.PRICES_READ),
                Page("reseller.default_fees", lazy_gettext("Default fees"), Right.PRICES_MANAGE),
            ),
        ),
        Section(
            lazy_gettext("Money"),
            "wallet",
            (
                Page("reseller.cover", lazy_gettext("Cover"), Right.WALLET_READ),
                Page("reseller.quotas", lazy_gettext("Quotas"), Right.WALLET_READ),
                Page("reseller.receivables", lazy_gettext("Receivables"), Right.WALLET_READ),
                Page("reseller.vouchers", lazy_gettext("Vouchers"), Right.WALLET_READ),
            ),
        ),
        Section(
            lazy_gettext("Settings"),
            "settings",
            (
                Page("reseller.settings", lazy_gettext("Settings"), Right.SETTINGS_MANAGE),
                Page(
                    "reseller.activity",
                    lazy_gettext("Activity"),
                    Right.ACTIVITY_READ,
                    icon="activity",
                ),
            ),
        ),
    ),
    Audience.OPERATOR: (
        _alone(
            "operator.resellers", lazy_gettext("Resellers"), "building-store", Right.RESELLERS_READ
        ),
        _alone("operator.exposure", lazy_gettext("Exposure"), "chart-line", Right.RESELLERS_READ),
        _alone("operator.gateways", lazy_gettext("Gateways"), "router", Right.GATEWAYS_READ),
        _alone("operator.ledger", lazy_gettext("Ledger"), "scale", Right.LEDGER_READ),
    ),
}
_PART_OF: Final = {
    "client.message": "client.messages",
    "client.estimate": "client.send",
    "client.voucher": "client.statement",
    "client.prepaid_parts": "client.dashboard",
    "reseller.decline_country": "reseller.country_requests",
    "reseller.client": "reseller.clients",
    "reseller.reverse": "reseller.clients",
    "reseller.low_balance": "reseller.clients",
    "reseller.client_sending": "reseller.clients",
    "reseller.client_countries": "reseller.clients",
    "reseller.client_daily_limit": "reseller.clients",
    "reseller.approve_sender": "reseller.clients",
    "reseller.move_money": "reseller.clients",
    "reseller.cover_threshold": "reseller.cover",
    "reseller.top_up_quotas": "reseller.quotas",
    "reseller.set_quota_mode": "reseller.quotas",
    "reseller.create_vouchers": "reseller.vouchers",
    "reseller.package": "reseller.packages",
    "reseller.below_cost": "reseller.packages",
    "reseller.new_package": "reseller.packages",
    "reseller.edit_package": "reseller.packages",
    "reseller.rename_package": "reseller.packages",
    "reseller.assign_package": "reseller.packages",
    "reseller.try_version": "reseller.packages",
    "reseller.try_package": "reseller.packages",
    "reseller.rates": "reseller.packages",
    "reseller.edit_rate": "reseller.packages",
    "reseller.import_rates": "reseller.packages",
    "reseller.rate_draft": "reseller.packages",
    "reseller.message": "reseller.messages",
    "reseller.number": "reseller.numbers",
    "reseller.connect_number": "reseller.numbers",
    "operator.reseller": "operator.resellers",
    "operator.top_up": "operator.resellers",
    "operator.reverse_top_up": "operator.resellers",
    "operator.rates": "operator.resellers",
    "operator.edit_rate": "operator.resellers",
    "operator.import_rates": "operator.resellers",
    "operator.rate_draft": "operator.resellers",
    "operator.numbers": "operator.resellers",
    "operator.add_number": "operator.resellers",
    "operator.prove": "operator.ledger",
}
"""Pages that the bar does not lead to, and the page of it that they are found from."""


def home_of(audience: Audience, rights: Collection[Right]) -> str:
    """Where somebody begins: the first page that they have the right to."""
    _, pages = next(_open_to(audience, rights))
    return url_for(pages[0].endpoint)


def items(actor: Actor | None, counts: Mapping[str, int]) -> list[Item]:
    """The bar for somebody, with how much waits on which page; empty for visitors."""
    if actor is None:
        return []
    return [
        _item(section, pages, counts) for section, pages in _open_to(actor.audience, actor.rights)
    ]


def _open_to(audience: Audience, rights: Collection[Right]) -> Iterator[tuple[Section, list[Page]]]:
    """The sections with the pages that somebody may open; a section without one is left out."""
    for section in SECTIONS[audience]:
        pages = [each for each in section.pages if each.right is None or each.right in rights]
        if pages:
            yield section, pages


def _item(section: Section, pages: list[Page], counts: Mapping[str, int]) -> Item:
    links = tuple(_link(each, counts) for each in pages)
    first, several = links[0], len(links) > 1
    is_open = any(link.current for link in links)
    return Item(
        label=str(section.label) if several else first.label,
        url=first.url,
        icon=section.icon if several else pages[0].icon or section.icon,
        current=first.current or (_ABOVE if is_open else ""),
        count=sum(link.count for link in links),
        pages=links if several and is_open else (),
    )


def _link(page: Page, counts: Mapping[str, int]) -> Link:
    shown = request.endpoint or ""
    current = _ITSELF if page.endpoint == shown else ""
    if _PART_OF.get(shown) == page.endpoint:
        current = _ABOVE
    return Link(
        label=str(page.label),
        url=url_for(page.endpoint),
        current=current,
        count=counts.get(page.endpoint, 0),
    )
