"""Whether a certificate may be asked for: said to programs on this machine, at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from portal.infra.db import Database
from portal.tenancy import hostnames, own_names, proving
from portal.tenancy.proving import Seen
from tests.cast import SUNNY
from tests.http.asking import SUNNY as SUNNY_ORIGIN
from tests.http.asking import ask, raw

OWN = "sms.acme.test"
HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}


def asked(app: Flask, domain: str) -> int:
    query = f"domain={domain}" if domain else ""
    return raw(app, "GET", "/internal/tls-ask", query, **HERE).status_code


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "stranger.test",
        "localhost",
        "127.0.0.1",
        "sunny.localhost.evil.test",
        "xn--zzzzzz.test",
        "*.localhost",
        "a" * 4000,
        "%00",
        "%FF",
        "%ED%A0%80",
        "sunny.portals.test%0a",
    ],
)
def test_no_for_everything_else(reading: Flask, domain: str) -> None:
    assert asked(reading, domain) in {400, 404}


def test_nobody_but_programs_on_this_machine_is_answered(app: Flask, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        hostnames.add_of_zone(session, zone="portals.test")
    path = "/internal/tls-ask"
    query = "domain=sunny.portals.test"
    for address in ("192.0.2.1", "2001:db8::1", "10.0.0.1"):
        answer = raw(app, "GET", path, query, REMOTE_ADDR=address)
        assert answer.status_code == 404
        nowhere = raw(app, "GET", "/internal/nothing", query, REMOTE_ADDR=address)
        assert len(answer.text) == len(nowhere.text)
        assert raw(
            app, "GET", path, query, REMOTE_ADDR=address, HTTP_HOST="x.test"
        ).status_code == (421)
    assert asked(app, "sunny.portals.test") == 200
    assert ask(app, f"{path}?{query}", SUNNY_ORIGIN, method="POST").status_code == 405


def test_yes_for_names_of_the_zone_the_console_and_what_leads_here(
    app: Flask, database: Database
) -> None:
    assert asked(app, "console.localhost") == 200
    assert asked(app, "CONSOLE.localhost") == 200
    assert asked(app, OWN) == 404
    with database.session(SUNNY) as session, session.begin():
        token = own_names.ask(session, OWN, most=1).row.token
        seen = Seen(texts=[token], addresses=["192.0.2.7"], ours=["192.0.2.7"])
        proving.record(session, OWN, seen)
    assert asked(app, OWN) == 200
    with database.session(SUNNY) as session, session.begin():
        own_names.release(session, OWN)
    assert asked(app, OWN) == 404


def test_it_is_one_look_into_a_table(
    app: Flask, counted: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with counted() as statements:
        asked(app, "stranger.test")
    assert len([each for each in statements if each.startswith("SELECT hostnames")]) == 1
    assert len(statements) <= 2
