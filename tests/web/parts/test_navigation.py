"""The bar: sections and pages, each for those who have the right to it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask, request

from portal.accounts.actor import Actor
from portal.accounts.roles import AUDIENCES, RIGHTS, Audience, Right, Role
from portal.web.parts import navigation
from portal.web.parts.navigation import SECTIONS, Item, Link
from tests.architecture.matrix import ROUTES, Open
from tests.http.asking import SUNNY

COUNTRIES = "reseller.country_requests"
PLACELESS = {
    "client.account",  # the menu of the person leads there; to these it leads, and every page
    "client.ask",
    "client.keys",
    "client.sub_account",
    "client.sub_accounts_list",  # all others are files
    "client.activity_file",
    "client.fetch_copy",
    "client.invoice_pdf",
    "client.statement_file",
    "client.statement_pdf",
    "reseller.client_statement_file",
    "reseller.client_statement_pdf",
    "client.usage_file",
    "operator.activity_file",
    "operator.exposure_csv",
    "operator.invoice_pdf",
    "operator.invoices_csv",
    "reseller.cover_invoice_pdf",
    "reseller.access_code_png",
    "reseller.activity_file",
    "reseller.clients_csv",
    "reseller.clients_xlsx",
    "reseller.fetch_client_copy",
    "reseller.invoice_pdf",
    "reseller.invoices_csv",
    "reseller.access_code_svg",
    "operator.export_rates",
    "reseller.export_rates",
    "reseller.mail_frame",
    "reseller.receivables_csv",
    "reseller.vouchers_csv",
}


def someone(audience: Audience, rights: frozenset[Right]) -> Actor:
    return Actor(reseller_id=1, person_id=1, name="", email="", audience=audience, rights=rights)


def bar(
    reading: Flask,
    path: str,
    audience: Audience,
    rights: frozenset[Right],
    counts: Mapping[str, int] = {},
) -> list[Item]:
    with reading.test_request_context(path, base_url=SUNNY):
        return navigation.items(someone(audience, rights), counts)


def of_role(reading: Flask, path: str, role: Role) -> list[Item]:
    return bar(reading, path, AUDIENCES[role], RIGHTS[role])


def labels(links: list[Item] | tuple[Link, ...]) -> list[str]:
    return [each.label for each in links]


def opened(found: list[Item]) -> Item:
    (only,) = (each for each in found if each.current)
    return only


def test_visitors_have_no_bar(reading):
    with reading.test_request_context("/", base_url=SUNNY):
        assert navigation.items(None, {}) == []


@pytest.mark.parametrize("audience", Audience)
def test_without_rights_only_what_is_for_everybody_is_there(reading, audience):
    found = bar(reading, "/", audience, frozenset())
    assert (
        labels(found)
        == {
            Audience.CLIENT: ["Home", "Usage"],
            Audience.RESELLER: [],
            Audience.OPERATOR: [],
        }[audience]
    )


@pytest.mark.parametrize("role", Role)
def test_nobody_is_led_to_a_page_that_is_closed_to_them(reading, role):
    inside = {
        Audience.CLIENT: ["/inbox"],
        Audience.RESELLER: [
            "/reseller/numbers",
            "/reseller/country-requests",
            "/reseller/packages",
            "/reseller/quotas",
            "/reseller/activity",
        ],
        Audience.OPERATOR: ["/operator/ledger"],
    }[AUDIENCES[role]]
    for path in inside:
        found = of_role(reading, path, role)
        for link in [*found, *(page for each in found for page in each.pages)]:
            asks = ROUTES[endpoint_of(reading, link.url)][2]
            assert asks is Open.TO_THE_AUDIENCE or asks in RIGHTS[role], link


def test_a_section_with_one_open_page_is_called_like_it_and_shows_no_pages(reading):
    found = of_role(reading, "/reseller/activity", Role.STAFF_SUPPORT)
    assert labels(found) == ["Home", "Clients", "Messages", "Packages", "Money", "Activity"]
    assert (opened(found).url, opened(found).icon) == ("/reseller/activity", "activity")
    assert (opened(found).current, opened(found).pages) == ("page", ())


def test_the_bar_of_staff(reading):
    found = of_role(reading, "/reseller/inbox", Role.STAFF_OWNER)
    assert labels(found) == [
        "Home", "Clients", "Messages", "Prices", "Money", "Texts", "Settings"
    ]  # fmt: skip
    section = opened(found)
    assert (section.label, section.current, section.url) == (
        "Messages",
        "true",
        "/reseller/messages",
    )
    assert [(each.label, each.current) for each in section.pages] == [
        ("Sent", ""),
        ("Inbox", "page"),
        ("Numbers", ""),
    ]
    assert [each.pages for each in found if each is not section] == [()] * 6


def test_the_bar_of_a_client(reading):
    found = of_role(reading, "/messages", Role.OWNER)
    assert labels(found) == [
        "Home",
        "Send",
        "Messages",
        "Prices",
        "Usage",
        "Deposit",
        "Statement",
        "People",
        "Activity",
    ]
    assert opened(found).current == "page"
    assert labels(opened(found).pages) == ["Sent", "Inbox"]


def test_a_page_below_another_opens_its_section(reading):
    section = opened(of_role(reading, "/reseller/numbers/5", Role.STAFF_OWNER))
    assert (section.label, section.current) == ("Messages", "true")
    assert [each.current for each in section.pages] == ["", "", "true"]


def test_what_waits_is_counted_on_the_page_and_on_its_section(reading):
    counts = {COUNTRIES: 3}
    rights = RIGHTS[Role.STAFF_OWNER]
    closed = bar(reading, "/reseller/", Audience.RESELLER, rights, counts)
    assert [each.count for each in closed] == [0, 3, 0, 0, 0, 0, 0]
    section = opened(bar(reading, "/reseller/clients", Audience.RESELLER, rights, counts))
    assert [(each.label, each.count) for each in section.pages] == [
        ("Clients", 0),
        ("Sign-ups", 0),
        ("Countries asked for", 3),
        ("Mails", 0),
    ]


def test_what_waits_on_a_closed_page_is_not_counted(reading):
    rights = RIGHTS[Role.STAFF_OWNER] - {Right.CLIENTS_READ}
    found = bar(reading, "/reseller/", Audience.RESELLER, rights, {COUNTRIES: 3})
    assert labels(found) == ["Mails", "Messages", "Prices", "Money", "Texts", "Settings"]
    assert [each.count for each in found] == [0] * 6


@pytest.mark.parametrize("role", Role)
def test_everybody_has_a_home_that_is_open_to_them(reading, role):
    with reading.test_request_context("/", base_url=SUNNY):
        home = navigation.home_of(AUDIENCES[role], RIGHTS[role])
    assert (
        home
        == {
            Audience.CLIENT: "/dashboard",
            Audience.RESELLER: "/reseller/",
            Audience.OPERATOR: "/operator/resellers",
        }[AUDIENCES[role]]
    )


def test_a_page_asks_for_the_right_that_its_route_asks_for():
    pages = [page for each in SECTIONS.values() for section in each for page in section.pages]
    asked = {page.endpoint: ROUTES[page.endpoint][2] for page in pages}
    assert {page.endpoint: page.right or Open.TO_THE_AUDIENCE for page in pages} == asked


def test_every_page_has_a_place(reading):
    placeless = {
        endpoint
        for endpoint, (door, methods, _) in ROUTES.items()
        if door.audience is not None and not door.for_programs and "GET" in methods
        if not any(each.current for each in at(reading, endpoint, door.audience))
    }
    assert placeless == PLACELESS


SHOWS_ITS_FORM_AGAIN = (
    "client.make_statement_pdf",
    "reseller.activate",
    "reseller.refuse",
    "reseller.suspend",
    "reseller.view_as",
    "reseller.charge",
    "reseller.payment",
    "reseller.balance_management",
    "reseller.make_client_statement_pdf",
    "reseller.payment_secrets",
    "operator.payment_secrets",
    "reseller.offer_languages",
    "reseller.brand_picture",
)


@pytest.mark.parametrize("endpoint", SHOWS_ITS_FORM_AGAIN)
def test_a_form_that_is_refused_is_shown_in_the_place_of_its_page(reading, endpoint):
    audience = ROUTES[endpoint][0].audience
    assert any(each.current for each in at(reading, endpoint, audience))


def at(reading: Flask, endpoint: str, audience: Audience) -> list[Item]:
    everything = someone(audience, frozenset(Right))
    with reading.test_request_context("/", base_url=SUNNY):
        request.url_rule = next(reading.url_map.iter_rules(endpoint))
        return navigation.items(everything, {})


def endpoint_of(reading: Flask, path: str) -> str:
    return str(reading.url_map.bind("").match(path)[0])
