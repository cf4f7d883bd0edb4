"""One PostgreSQL for many runs of the tests, each of which would start a server of its own.

The fixtures of this module take the place of those of `tests/conftest.py` in the copy that
mutation testing works on.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from portal.infra import migrations
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from tests import cast as people
from tests.builders.open_folder import open_folder

FOLDER = "PORTAL_TEST_SERVER"
"""The variable that says where the server is."""

_numbers = itertools.count(1)


@contextmanager
def running() -> Iterator[Path]:
    """A server with the databases that the tests copy; the folder where it is found."""
    with open_folder() as folder:
        made = Server(folder, durable=False, connections_max=200)
        try:
            made.start()
            migrations.upgrade(made.create_database("migrated"))
            _make_cast(made)
            yield folder
        finally:
            made.stop()


def _make_cast(server: Server) -> None:
    database = Database(server.create_database("cast", template="migrated"))
    database.open()
    people.build(database)
    database.close()


@pytest.fixture(scope="session")
def server() -> Server:
    """The server that runs already."""
    found = Server(Path(os.environ[FOLDER]), durable=False)
    assert found.attach()
    return found


@pytest.fixture(scope="session")
def migrated() -> str:
    """The name of a database that has all tables and nothing in them."""
    return "migrated"


@pytest.fixture(scope="session")
def template() -> str:
    """The name of a database that has the cast in its tables."""
    return "cast"


@pytest.fixture(scope="session")
def shared_database(server: Server) -> Iterator[Database]:
    """A copy for tests that roll back what they do."""
    yield from _copy(server)


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A copy of the test's own, for whoever commits."""
    yield from _copy(server)


def _copy(server: Server) -> Iterator[Database]:
    # A run is a process, and what one that was stopped has left is in no other's way.
    name = f"copy_{os.getpid()}_{next(_numbers)}"
    made = Database(server.create_database(name, template="cast"), pool_size=16)
    made.open()
    # A fork opens connections of its own, and leaves these to the run that it comes from.
    os.register_at_fork(after_in_child=partial(made.engine.dispose, close=False))
    maker = os.getpid()
    yield made
    made.close()
    if os.getpid() == maker:
        server.drop_database(name)
