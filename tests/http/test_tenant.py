"""Whose portal a request is for: by its host name alone."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.http.wiring import current
from portal.infra import clock
from portal.infra.db import Database
from portal.tenancy import branding, hostnames, resellers
from portal.tenancy.models import Hostname
from tests.cast import Cast
from tests.http.asking import CONSOLE, HARBOUR, SUNNY, ask, raw
from tests.web.browsing import Browser

NOWHERE = [
    "",
    "unknown.localhost",
    "sunny.localhost.evil.test",
    "127.0.0.1:8000",
    "[::1]:8000",
    "localhost",
    "sunny",
    "sunny.localhost:8000:9",
    "sunny.localhost@harbour.localhost",
    "sunny.localhost/harbour",
    "sunny.localhost\\",
    "sunny_.localhost",
    "-.localhost",
    "a" * 300 + ".localhost",
    "sunny.localhost,harbour.localhost",
    "é" * 70 + ".localhost",
]


@pytest.mark.parametrize("host", NOWHERE)
def test_a_name_of_nobody_is_answered_by_nobody(reading: Flask, host: str) -> None:
    answer = raw(reading, "GET", "/login", HTTP_HOST=host.encode().decode("latin-1"))
    assert answer.status_code == 421
    for name in ("Sunny", "Harbour", "Wholesale", "/a/", "/brand/"):
        assert name not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "host", ["sunny.localhost", "SUNNY.localhost:8000", "sunny.localhost.", "sunny.localhost.:80"]
)
def test_a_name_is_the_same_however_it_is_written(reading: Flask, host: str) -> None:
    answer = raw(reading, "GET", "/login", HTTP_HOST=host)
    assert (answer.status_code, "SunnyText" in answer.text) == (200, True)


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-Host",
        "Forwarded",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Host",
        "X-Forwarded-For",
    ],
)
def test_no_header_leads_to_another_portal(reading: Flask, header: str) -> None:
    answer = ask(reading, "/login", headers={header: "harbour.localhost"})
    assert "SunnyText" in answer.text
    assert "Harbour" not in answer.text


def test_each_host_has_its_own_brand(reading: Flask) -> None:
    assert "SunnyText" in ask(reading, "/login", SUNNY).text
    assert "Harbour" in ask(reading, "/login", HARBOUR).text
    console = ask(reading, "/login", CONSOLE).text
    assert "Wholesale" in console
    for page in (SUNNY, HARBOUR):
        assert "Wholesale" not in ask(reading, "/login", page).text


def test_a_name_taken_away_is_soon_nobodys(app: Flask, database: Database) -> None:
    with database.session(1) as session, session.begin():
        hostnames.add(session, "sms.sunny.test", primary=True)
    assert ask(app, "/login", "http://sms.sunny.test").status_code == 200
    with app.app_context():
        assert current().tenants.find("nobody.test") is None
        first = current().tenants.find("sms.sunny.test")
        assert current().tenants.find("sms.sunny.test") is first
        current().tenants.forget()
        assert current().tenants.find("sms.sunny.test") is not first


def test_a_change_of_the_brand_is_seen(app: Flask, database: Database) -> None:
    assert "SunnyText" in ask(app, "/login").text
    with database.session(1) as session, session.begin():
        branding.set_up(session, title="Sunshine")
    with app.app_context():
        current().tenants.forget()
    assert "Sunshine" in ask(app, "/login").text


def test_a_suspended_resellers_portal_is_still_there(app: Flask, database: Database) -> None:
    with database.session(1) as session, session.begin():
        resellers.suspend(session)
    assert ask(app, "/login").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_to_neighbours_under_any_name(reading: Flask, path: str) -> None:
    for host in ("127.0.0.1:8000", "unknown.test", "sunny.localhost", ""):
        assert raw(reading, "GET", path, HTTP_HOST=host, REMOTE_ADDR="127.0.0.1").status_code == 200
        assert raw(reading, "GET", path, HTTP_HOST=host, REMOTE_ADDR="::1").status_code == 200
    assert (
        raw(reading, "GET", path, HTTP_HOST="10.0.0.1", REMOTE_ADDR="192.0.2.1").status_code == 421
    )
    assert raw(reading, "GET", path, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_the_consoles_pages_are_on_its_host_only(reading: Flask) -> None:
    strangers = {"GET": "/operator/resellers", "POST": "/operator/ledger/prove"}
    for method, path in strangers.items():
        for other in ("GET", "POST", "PUT"):
            assert ask(reading, path, SUNNY, method=other).status_code == 404, (method, other, path)
    assert ask(reading, "/operator/resellers", CONSOLE).status_code == 303
    for path in ("/dashboard", "/reseller/", "/reseller/clients", "/signup", "/signup/done"):
        assert ask(reading, path, CONSOLE).status_code == 404, path


@pytest.fixture
def two_names(app: Flask, database: Database) -> Flask:
    """Sunny answers to another name as well, which stands in its links."""
    with database.session(1) as session, session.begin():
        hostnames.add(session, "sms.sunny.test", primary=True)
    with app.app_context():
        current().tenants.forget()
    return app


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/"),
        ("/login", "/login"),
        ("/login?next=%2Fdashboard&x=%C3%A9", "/login?next=%2Fdashboard&x=%C3%A9"),
        ("/gr%C3%BC%C3%9Fe?a=1&a=2", "/gr%C3%BC%C3%9Fe?a=1&a=2"),
        ("/x//evil.test/%0d%0aX: y", "/x//evil.test/%0D%0AX%3A%20y"),
    ],
)
def test_visitors_are_led_to_the_name_in_links(two_names: Flask, path: str, target: str) -> None:
    for method in ("GET", "HEAD"):
        path_only, _, query = path.partition("?")
        answer = two_names.test_client(use_cookies=False).open(
            base_url=SUNNY, path=path_only, query_string=query, method=method
        )
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"http://sms.sunny.test:8000{target}"
        assert answer.headers["Cache-Control"] == "no-store"  # tomorrow it may be the other way
    assert ask(two_names, "/login", "http://sms.sunny.test:8000").status_code == 200
    assert ask(two_names, "/login", HARBOUR).status_code == 200


def test_forms_programs_and_files_stay_where_they_are(two_names: Flask) -> None:
    assert ask(two_names, "/login", method="POST").status_code == 400  # it has no token
    for path, status in {
        "/api/v1/balance": 401,
        "/api/v1/openapi.json": 200,
        "/healthz": 200,
        "/hooks/gateways/none": 404,
        "/brand/0000000000000000.css": 200,
        "/media/00000000000000000000000000000000.png": 404,
    }.items():
        assert ask(two_names, path).status_code == status, path


def test_who_is_signed_in_stays_under_the_name_of_the_session(
    two_names: Flask, visit: Callable[..., Browser], cast: Cast
) -> None:
    browser = visit(cast.sam)
    assert browser.get("/reseller/clients").status == 200
    browser.post("/logout")
    assert browser.get("/reseller/clients").status == 308


def test_nobody_is_led_to_a_name_that_no_longer_leads_here(
    two_names: Flask, database: Database
) -> None:
    with database.session(1) as session, session.begin():
        row = session.get_one(Hostname, (1, "sms.sunny.test"))
        row.failing_since = clock.now()
    with two_names.app_context():
        current().tenants.forget()
    assert ask(two_names, "/login").status_code == 200
