"""The addresses in mails are those of pages."""

import inspect
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.tenancy import links
from tests.http.asking import SUNNY

VALUES = {
    "origin": SUNNY,
    "token": "x" * 43,
    "client_id": 12345,
    "reseller_id": 1,
    "deposit_id": 7,
    "invoice_id": 7,
    "month": "2026-11",
    "slug": "sunny",
    "name": "sms.example.com",
    "ticket": "x" * 43,
}
LINKS = [
    function
    for name, function in inspect.getmembers(links, inspect.isfunction)
    if function.__module__ == links.__name__ and name != "origin_of"
]


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.__name__)
def test_every_link_leads_to_a_page(reading: Flask, link: object) -> None:
    assert callable(link)
    wanted = inspect.signature(link).parameters
    address = link(**{name: VALUES[name] for name in wanted})
    assert address.startswith(f"{SUNNY}/")
    method = "POST" if link.__name__.endswith("_hook") else "GET"
    endpoint, _ = reading.url_map.bind("").match(urlsplit(address).path, method=method)
    assert endpoint in reading.view_functions


def test_there_are_links() -> None:
    assert len(LINKS) >= 6
