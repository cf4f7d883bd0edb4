"""What every test stands on: a real PostgreSQL, the cast, the application.

Each process of the suite has a server of its own, with one template database in which the cast was
made. Tests of features use a shared copy and roll back; tests of doors, which commit, have another
one after each other, in which everything is put back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from portal.infra import migrations
from portal.infra.db import Database, ResellerSession
from portal.infra.embedded_postgres import Server
from tests import cast as people
from tests.builders.open_folder import open_folder
from tests.builders.reused import Reused
from tests.cast import Cast

pytest_plugins = ("tests.unskippable",)

# Two busy cores make times meaningless: an example may take as long as it likes.
settings.register_profile(
    "suite",
    deadline=None,
    # A change is judged by the same examples each time; people at work get new ones at every run.
    derandomize=os.environ.get("CI") == "true",
    max_examples=int(os.environ.get("PORTAL_TEST_EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")

_NAME_LENGTH_MAX = 80


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Leave long examples out of names: some take megabytes, others change with the time."""
    if isinstance(val, str | bytes) and len(val) > _NAME_LENGTH_MAX:
        return f"long {argname}"
    return None


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL of this process's own; what it holds need not survive."""
    with open_folder() as folder:
        made = Server(folder, durable=False, connections_max=200)
        made.start()
        yield made
        made.stop()


@pytest.fixture(scope="session")
def migrated(server: Server) -> str:
    """The name of a database that has all tables and nothing in them."""
    migrations.upgrade(server.create_database("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def template(server: Server, migrated: str) -> str:
    """The name of a database that has the cast in its tables."""
    url = server.create_database("cast", template=migrated)
    database = Database(url)
    database.open()
    people.build(database)
    database.close()
    return "cast"


@pytest.fixture(scope="session")
def shared_database(server: Server, template: str) -> Iterator[Database]:
    """A copy for tests that roll back what they do."""
    database = Database(server.create_database("shared", template=template))
    database.open()
    yield database
    database.close()


@pytest.fixture(scope="session")
def reused(server: Server, template: str) -> Iterator[Reused]:
    """The copy that is put back after each test."""
    made = Reused(server, template=template, name="reused")
    yield made
    made.close()


@pytest.fixture
def database(reused: Reused) -> Iterator[Database]:
    """A copy that is the test's own, for whoever commits."""
    made = Database(reused.url(), pool_size=16)
    made.open()
    yield made
    made.close()


@pytest.fixture(scope="session")
def cast(shared_database: Database) -> Cast:
    """Everybody, by name; the same ids in every copy."""
    return people.find(shared_database)


@pytest.fixture
def session(shared_database: Database) -> Iterator[ResellerSession]:
    """A session of Sunny's that is rolled back."""
    with shared_database.session(people.SUNNY) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def harbour_session(shared_database: Database) -> Iterator[ResellerSession]:
    """A session of Harbour's that is rolled back."""
    with shared_database.session(people.HARBOUR) as opened:
        yield opened
        opened.rollback()
