"""Which websites may have the form: what is an origin, and what a browser's header must say."""

from __future__ import annotations

import pytest

from portal.tenancy import login_sites
from portal.tenancy.login_sites import InvalidSite


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        (" HTTPS://WWW.Example.COM/ ", "https://www.example.com"),
        ("https://www.example.com/customers/login.html?a=b#c", "https://www.example.com"),
        ("https://www.example.com:443", "https://www.example.com"),
        ("https://www.example.com:8443/x", "https://www.example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://shop.localhost", "http://shop.localhost"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_an_address_is_brought_to_its_origin(typed: str, origin: str) -> None:
    assert login_sites.origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "www.example.com",
        "//www.example.com",
        "https://",
        "https:www.example.com",
        "http://www.example.com",
        "http://localhost.example.com",
        "ftp://www.example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "null",
        "*",
        "https://*",
        "https://*.example.com",
        "https://example",
        "https://user@www.example.com",
        "https://www.example.com@evil.test",
        "https://www.example.com:0",
        "https://www.example.com:99999",
        "https://www.example.com:x",
        "https://192.0.2.1",
        "https://[2001:db8::1]",
        "https://0x7f.1",
        "https://[::1",
        "https://exa mple.com",
        "https:\\\\www.example.com",
        "https://www.example.com\x00",
        "https://www.example.com\u202e",
        "https://" + "a" * 300 + ".example",
        "https://-a.example.com",
    ],
)
def test_what_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InvalidSite):
        login_sites.origin(typed)
    assert not login_sites.is_listed(typed, sites=[typed])


SITES = ["https://www.example.com", "https://shop.example.com:8443"]


@pytest.mark.parametrize(
    ("header", "listed"),
    [
        ("https://www.example.com", True),
        ("https://www.example.com/login.html", True),
        ("https://www.example.com/" + "a" * 5_000, True),
        ("https://shop.example.com:8443", True),
        ("https://shop.example.com", False),
        ("https://www.example.com.evil.test", False),
        ("https://evil.test/https://www.example.com", False),
        ("https://xwww.example.com", False),
        ("http://www.example.com", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_header_names_a_listed_site_or_none(header: str, listed: bool) -> None:
    assert login_sites.is_listed(header, sites=SITES) is listed
