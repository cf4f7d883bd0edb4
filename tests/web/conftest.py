"""The application over a database of the test's own, and browsers to visit it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask

from portal.accounts.actor import Actor
from portal.app import create_app
from portal.http import wiring
from portal.http.tenants import Tenants
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.messaging import sending
from portal.messaging.sending import Order
from tests.builders.asked import statements
from tests.cast import Cast
from tests.web.browsing import Browser

Visit = Callable[..., Browser]


@pytest.fixture(scope="session")
def application(shared_database: Database) -> Flask:
    """The application, as it serves people on this machine's own names; made once."""
    settings = Settings(
        secret="a secret of the tests, long enough to be one",
        public_scheme="http",
        public_port=8000,
    )
    return create_app(settings, database=shared_database)


@pytest.fixture
def app(application: Flask, database: Database) -> Flask:
    """The application over a database of the test's own."""
    with application.app_context():
        parts = replace(wiring.current(), database=database, tenants=Tenants(database))
    wiring.attach(application, parts)
    return application


@pytest.fixture
def visit(app: Flask, database: Database, cast: Cast) -> Visit:
    """A browser of somebody's, at the host name of their reseller; of a visitor, at Sunny's."""
    hosts = {0: cast.console_host, 1: cast.sunny_host, 2: cast.harbour_host}

    def browser(actor: Actor | None = None, *, host: str = "") -> Browser:
        own_host = hosts[actor.reseller_id if actor else 1]
        return Browser(app, database, host=host or own_host, actor=actor)

    return browser


@pytest.fixture
def sent(database: Database) -> Callable[..., int]:
    """Has somebody send a message, as a program of theirs would; its id."""

    def send(actor: Actor, to: str, text: str = "Hello") -> int:
        with database.session(actor.reseller_id) as session, session.begin():
            order = Order(to=to, text=text)
            return sending.accept_one(session, actor=actor, sub_account_id=None, order=order).id

    return send


@pytest.fixture
def counted(database: Database) -> Callable[[], AbstractContextManager[list[str]]]:
    """What is asked of the database inside of a block."""
    return lambda: statements(database.engine)
