"""Whose portal a request is for: by its host name alone."""

import pytest
from flask import Flask

from portal.http.wiring import current
from portal.infra.db import Database
from portal.tenancy import branding, hostnames, resellers
from tests.http.asking import CONSOLE, HARBOUR, SUNNY, ask, raw

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
        hostnames.add(session, "sms.sunny.test", primary=False)
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
