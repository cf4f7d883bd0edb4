"""What stands in the bar of each audience's pages: sections, and the pages of the open one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext

from portal.accounts.actor import Actor
from portal.accounts.roles import Audience, Right
from portal.tenancy.display import EVERYTHING, Display, Service
from portal.web.parts.page_places import PART_OF

_ITSELF: Final = "page"
_ABOVE: Final = "true"


@dataclass(frozen=True)
class Page:
    """A page that the bar leads to, for those who have the right to it and are offered its service.

    Whoever may open no other page of its section sees it under its own name, and its own icon if it
    has one.
    """

    endpoint: str
    label: str
    right: Right | None = None
    icon: str | None = None
    service: Service | None = None


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


def _alone(
    endpoint: str,
    label: str,
    icon: str,
    right: Right | None = None,
    service: Service | None = None,
) -> Section:
    """A section of one page."""
    return Section(label, icon, (Page(endpoint, label, right, service=service),))


SECTIONS: Final[dict[Audience, tuple[Section, ...]]] = {
    Audience.CLIENT: (
        _alone("client.dashboard", lazy_gettext("Home"), "home"),
        _alone("client.send", lazy_gettext("Send"), "send", Right.MESSAGES_SEND, Service.SEND),
        Section(
            lazy_gettext("Messages"),
            "message-2",
            (
                Page("client.messages", lazy_gettext("Sent"), Right.MESSAGES_READ),
                Page(
                    "client.inbox",
                    lazy_gettext("Inbox"),
                    Right.MESSAGES_READ,
                    service=Service.INBOX,
                ),
            ),
        ),
        _alone("client.prices", lazy_gettext("Prices"), "tag", Right.PRICES_READ, Service.PRICES),
        _alone("client.usage", lazy_gettext("Usage"), "chart-line", service=Service.USAGE),
        _alone(
            "client.deposit",
            lazy_gettext("Deposit"),
            "wallet",
            Right.WALLET_PAY,
            Service.DEPOSITS,
        ),
        Section(
            lazy_gettext("Statement"),
            "receipt",
            (
                Page(
                    "client.statement",
                    lazy_gettext("Statement"),
                    Right.WALLET_READ,
                    service=Service.BALANCE,
                ),
                Page(
                    "client.invoices",
                    lazy_gettext("Invoices"),
                    Right.PAYMENTS_READ,
                    service=Service.DEPOSITS,
                ),
            ),
        ),
        _alone("client.people", lazy_gettext("People"), "users", Right.PEOPLE_MANAGE),
        _alone("client.activity", lazy_gettext("Activity"), "activity", Right.ACTIVITY_READ),
    ),
    Audience.RESELLER: (
        _alone("reseller.dashboard", lazy_gettext("Home"), "home", Right.CLIENTS_READ),
        Section(
            lazy_gettext("Clients"),
            "users",
            (
                Page("reseller.clients", lazy_gettext("Clients"), Right.CLIENTS_READ),
                Page("reseller.sign_ups", lazy_gettext("Sign-ups"), Right.CLIENTS_READ),
                Page(
                    "reseller.country_requests",
                    lazy_gettext("Countries asked for"),
                    Right.CLIENTS_READ,
                ),
                Page("reseller.mails", lazy_gettext("Mails"), Right.MAILS_READ),
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
                Page("reseller.deposits_list", lazy_gettext("Deposits"), Right.WALLET_READ),
                Page("reseller.transfers_list", lazy_gettext("Bank transfers"), Right.WALLET_READ),
                Page("reseller.invoices", lazy_gettext("Invoices"), Right.WALLET_READ),
                Page("reseller.quotas", lazy_gettext("Quotas"), Right.WALLET_READ),
                Page("reseller.receivables", lazy_gettext("Receivables"), Right.WALLET_READ),
                Page("reseller.vouchers", lazy_gettext("Vouchers"), Right.WALLET_READ),
            ),
        ),
        Section(
            lazy_gettext("Texts"),
            "book",
            (
                Page("reseller.texts", lazy_gettext("Mails"), Right.SETTINGS_MANAGE),
                Page("reseller.welcome_text", lazy_gettext("Welcome"), Right.SETTINGS_MANAGE),
                Page("reseller.pages", lazy_gettext("Pages"), Right.SETTINGS_MANAGE),
                Page("reseller.wording", lazy_gettext("Languages"), Right.SETTINGS_MANAGE),
            ),
        ),
        Section(
            lazy_gettext("Settings"),
            "settings",
            (
                Page("reseller.settings", lazy_gettext("Settings"), Right.SETTINGS_MANAGE),
                Page("reseller.brand", lazy_gettext("Brand"), Right.SETTINGS_MANAGE),
                Page("reseller.display", lazy_gettext("What clients see"), Right.SETTINGS_MANAGE),
                Page("reseller.payments", lazy_gettext("Payments"), Right.SETTINGS_MANAGE),
                Page("reseller.invoice_settings", lazy_gettext("Invoices"), Right.SETTINGS_MANAGE),
                Page("reseller.access", lazy_gettext("Access"), Right.SETTINGS_MANAGE),
                Page("reseller.keys", lazy_gettext("Keys"), Right.KEYS_MANAGE, icon="key"),
                Page("reseller.mail", lazy_gettext("Mail"), Right.SETTINGS_MANAGE),
                Page("reseller.retention", lazy_gettext("Retention"), Right.SETTINGS_MANAGE),
                Page("reseller.hostnames", lazy_gettext("Host names"), Right.SETTINGS_MANAGE),
                Page("reseller.staff", lazy_gettext("People"), Right.PEOPLE_MANAGE, icon="users"),
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
        Section(
            lazy_gettext("Money"),
            "wallet",
            (
                Page("operator.deposits_list", lazy_gettext("Deposits"), Right.WALLET_READ),
                Page("operator.transfers_list", lazy_gettext("Bank transfers"), Right.WALLET_READ),
                Page("operator.invoices", lazy_gettext("Invoices"), Right.WALLET_READ),
                Page("operator.payments", lazy_gettext("Payments"), Right.SETTINGS_MANAGE),
                Page(
                    "operator.invoice_settings",
                    lazy_gettext("What stands on invoices"),
                    Right.SETTINGS_MANAGE,
                ),
            ),
        ),
        _alone("operator.gateways", lazy_gettext("Gateways"), "router", Right.GATEWAYS_READ),
        _alone("operator.ledger", lazy_gettext("Ledger"), "scale", Right.LEDGER_READ),
        _alone("operator.keys", lazy_gettext("Keys"), "key", Right.KEYS_MANAGE),
        _alone("operator.staff", lazy_gettext("People"), "users", Right.PEOPLE_MANAGE),
        _alone("operator.activity", lazy_gettext("Activity"), "activity", Right.ACTIVITY_READ),
    ),
}


def home_of(audience: Audience, rights: Collection[Right]) -> str:
    """Where somebody begins: the first page that they have the right to."""
    _, pages = next(_open_to(audience, rights))
    return url_for(pages[0].endpoint)


def items(
    actor: Actor | None, counts: Mapping[str, int], *, shown: str | None = None
) -> list[Item]:
    """The bar for somebody, with how much waits on which page; empty for visitors.

    The open page is the one that answers, unless `shown` names another.
    """
    if actor is None:
        return []
    opened = request.endpoint or "" if shown is None else shown
    return [
        _item(section, pages, counts, opened)
        for section, pages in _open_to(actor.audience, actor.rights, actor.display)
    ]


def _open_to(
    audience: Audience, rights: Collection[Right], display: Display = EVERYTHING
) -> Iterator[tuple[Section, list[Page]]]:
    """The sections with the pages that somebody may open; a section without one is left out."""
    for section in SECTIONS[audience]:
        pages = [
            each
            for each in section.pages
            if (each.right is None or each.right in rights)
            and (each.service is None or display.shows(each.service))
        ]
        if pages:
            yield section, pages


def _item(section: Section, pages: list[Page], counts: Mapping[str, int], opened: str) -> Item:
    links = tuple(_link(each, counts, opened) for each in pages)
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


def _link(page: Page, counts: Mapping[str, int], opened: str) -> Link:
    current = _ITSELF if page.endpoint == opened else ""
    if PART_OF.get(opened) == page.endpoint:
        current = _ABOVE
    return Link(
        label=str(page.label),
        url=url_for(page.endpoint),
        current=current,
        count=counts.get(page.endpoint, 0),
    )
