"""The application over a database of the test's own, and programs that call it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.accounts import api_keys
from portal.accounts.actor import Actor
from portal.accounts.roles import Right
from portal.app import create_app
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from tests.cast import Cast


@dataclass(frozen=True)
class Program:
    """A program that calls a host name, with or without a key, from an address of its own."""

    app: Flask
    host: str
    address: str
    key: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, json: object = None, **headers: str) -> TestResponse:
        return self.call("POST", path, headers=headers, json=json)

    def call(self, method: str, path: str, *, headers: dict[str, str], **more: Any) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        speaks = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.app.test_client().open(
            path,
            method=method,
            base_url=f"http://{self.host}",
            headers=speaks | named,
            environ_base={"REMOTE_ADDR": self.address},
            **more,
        )


Speak = Callable[..., Program]


@pytest.fixture
def app(database: Database) -> Flask:
    return _app(database)


@pytest.fixture
def speak(app: Flask, database: Database, cast: Cast) -> Speak:
    """A program of somebody's, with a key for all their rights or for some."""
    return _speaking(app, database, cast)


@pytest.fixture(scope="session")
def quiet_database(server: Server, template: str) -> Iterator[Database]:
    """A copy for programs that only ask, or are only refused: in the end it is as it was."""
    made = Database(server.create_database("quiet", template=template))
    made.open()
    yield made
    made.close()


@pytest.fixture(scope="session")
def quiet(quiet_database: Database, cast: Cast) -> Speak:
    """Programs that change nothing; much quicker than `speak`, which needs a copy each."""
    return _speaking(_app(quiet_database), quiet_database, cast)


@pytest.fixture(scope="session")
def quiet_alice(quiet: Speak, cast: Cast) -> Program:
    return quiet(cast.alice.owner)


@pytest.fixture
def nothing_sent(quiet_database: Database) -> Iterator[None]:
    """See that a test has left neither a message nor a place in the queue."""
    yield
    for table in ("messages", "dispatch_queue", "kept_answers"):
        assert count(quiet_database, table) == 0


def count(database: Database, table: str) -> int:
    """How many rows a table has, of all resellers."""
    with database.across_resellers() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608 - ours


def _app(database: Database) -> Flask:
    settings = Settings(
        secret="a secret of the tests, long enough to be one",
        public_scheme="http",
        public_port=8000,
    )
    return create_app(settings, database=database)


def _speaking(app: Flask, database: Database, cast: Cast) -> Speak:
    hosts = {0: cast.console_host, 1: cast.sunny_host, 2: cast.harbour_host}
    numbers = itertools.count(1)

    def program(
        actor: Actor | None = None,
        *,
        scopes: set[Right] | None = None,
        host: str = "",
        sub_account_id: int | None = None,
    ) -> Program:
        number = next(numbers)
        address = f"198.18.{number // 256}.{number % 256}"
        if actor is None:
            return Program(app, host or cast.sunny_host, address)
        with database.session(actor.reseller_id) as session, session.begin():
            _, key = api_keys.create(
                session,
                by=actor,
                name=f"Program {number}",
                scopes=scopes or actor.rights,
                sub_account_id=sub_account_id,
            )
        return Program(app, host or hosts[actor.reseller_id], address, key)

    return program
