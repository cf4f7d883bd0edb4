"""Every route of the application, asked for in ways that nobody means well with."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portal.accounts.actor import Actor
from tests.builders.addresses import filled
from tests.cast import Cast
from tests.web.conftest import Visit

# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = pytest.mark.no_cover

ODD_QUERIES = [
    "endpoint=1&_method=POST&_scheme=javascript&_external=1&_anchor=x&below=5",
    "below=99999999999999999999&trail=1.x.99999999999999999999",
    "below=-1&status=nope&q=%25%5C%27%22%3C&since=2026-02-30&until=nope",
    "from=9999-12-31&to=9999-12-31&since=9999-12-31&until=0001-01-01",
    "from=0001-01-01&to=0001-01-01&q=" + "%E2%80%AE" * 50,
    "lang=de&lang=xx&q=9999999999999999999999",
]
ODD_FORMS: list[dict[str, str]] = [
    {},
    {"amount": "1e9", "description": "x" * 5000, "key": "x"},
    {"amount": "99999999999999999999999", "key": "x" * 9000, "reason": "\u202e" * 999},
    {
        "amount": "１２",
        "management": "NOPE",
        "credit_limit": "-1",
        "package": "99999999999999999999",
    },
    {"amount": "NaN", "to": "+" + "9" * 39, "text": "\N{GRINNING FACE}" * 3000, "from_": "x" * 999},
    {
        "name": "\N{COMBINING ACUTE ACCENT}" * 300,
        "scopes": "nope",
        "user": "../..",
        "language": "xx",
    },
]


def everybody(cast: Cast) -> dict[str, Actor]:
    return {"client": cast.alice.owner, "reseller": cast.sam, "operator": cast.olga}


def addresses(app: Flask, blueprint: str, method: str) -> list[str]:
    """Each route of a blueprint, with an id that nothing has."""
    return sorted(
        filled(rule.rule, "12345")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{blueprint}.") and method in (rule.methods or set())
    )


@pytest.mark.parametrize("blueprint", ["client", "reseller", "operator"])
def test_no_address_makes_a_page_fail(app: Flask, visit: Visit, cast: Cast, blueprint: str) -> None:
    browser = visit(everybody(cast)[blueprint])
    paths = addresses(app, blueprint, "GET")
    assert len(paths) > 3
    for path in paths:
        for query in ["", *ODD_QUERIES]:
            seen = browser.get(f"{path}?{query}" if query else path)
            assert seen.status in {200, 303, 400, 404, 422}, (path, query, seen.status)
            if not is_a_mail(seen.html):
                assert not re.search(r'(?:href|action|src)="(?:javascript|//|http)', seen.html)


def is_a_mail(html: str) -> bool:
    """Whether a page is a mail in a frame, whose links name the portal."""
    return "urn:schemas-microsoft-com" in html


@pytest.mark.parametrize("blueprint", ["client", "reseller", "operator"])
def test_no_form_makes_a_page_fail(app: Flask, visit: Visit, cast: Cast, blueprint: str) -> None:
    browser = visit(everybody(cast)[blueprint])
    browser.get("/dashboard" if blueprint == "client" else f"/{blueprint}/")
    browser.get("/operator/ledger" if blueprint == "operator" else "/nope")
    for path in addresses(app, blueprint, "POST"):
        for form in ODD_FORMS:
            seen = browser.post(path, **form)
            assert seen.status < 500, (path, form, seen.status)


@pytest.mark.parametrize("blueprint", ["client", "reseller", "operator"])
def test_every_page_is_closed_to_visitors_and_to_every_other_audience(
    app: Flask, visit: Visit, cast: Cast, blueprint: str
) -> None:
    own = everybody(cast)[blueprint]
    hosts = {0: cast.console_host, 1: cast.sunny_host}
    strangers = {name: actor for name, actor in everybody(cast).items() if name != blueprint}
    for method in ("GET", "POST"):
        for path in addresses(app, blueprint, method):
            visitor = visit(host=hosts[own.reseller_id])
            asked = visitor.get(path) if method == "GET" else visitor.post(path)
            assert (asked.status, asked.location.partition("?")[0]) == (303, "/login"), path
            for actor in strangers.values():
                browser = visit(actor)
                browser.get("/")
                asked = browser.get(path) if method == "GET" else browser.post(path)
                assert asked.status == 404, (path, actor.email, asked.status)
