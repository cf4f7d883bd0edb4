"""The application with every visitor of the authorisation matrix in its database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.app import create_app
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from tests.architecture import canaries
from tests.architecture.canaries import Planted
from tests.architecture.entering import Pass, enter
from tests.cast import Cast

SETTINGS = Settings(
    secret="a secret of the tests, long enough to be one", public_scheme="http", public_port=8000
)


@pytest.fixture(scope="session")
def matrix_database(server: Server, template: str) -> Iterator[Database]:
    """A copy of the cast's database for all questions of the matrix."""
    database = Database(server.create_database("matrix", template=template))
    database.open()
    yield database
    database.close()


@pytest.fixture(scope="session")
def passes(matrix_database: Database, cast: Cast) -> dict[str, Pass]:
    """What each visitor shows, by name."""
    return enter(matrix_database, cast)


@pytest.fixture(scope="session")
def portal_app(matrix_database: Database) -> Flask:
    """The application as it is."""
    return create_app(SETTINGS, database=matrix_database)


@pytest.fixture(scope="session")
def guarded(matrix_database: Database) -> Flask:
    """The application with nothing behind its doors: who is let in is told so, and no more."""
    app = create_app(SETTINGS, database=matrix_database)
    app.config["WTF_CSRF_METHODS"] = set()  # tokens of forms are asked for after rights

    def admitted(**_: object) -> str:
        return "admitted"

    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _marked_like(view, admitted)
    return app


@pytest.fixture(scope="session")
def marked(server: Server, template: str) -> Iterator[Database]:
    """A copy of the cast's database, for canaries."""
    database = Database(server.create_database("no_trace", template=template))
    database.open()
    yield database
    database.close()


@pytest.fixture(scope="session")
def planted(marked: Database, cast: Cast) -> Planted:
    """What must not be found on Sunny's portal."""
    return canaries.plant(marked, cast)


def _marked_like(view: object, stub: object) -> object:
    def call(**values: object) -> object:
        return stub(**values)

    vars(call).update({name: value for name, value in vars(view).items() if name != "__wrapped__"})
    return call
