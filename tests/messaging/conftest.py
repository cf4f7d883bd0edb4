"""What the tests of messages share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.infra.db import Database
from tests.builders.undone import Undone


@pytest.fixture
def undone(shared_database: Database) -> Iterator[Database]:
    """Commits step by step, and leaves nothing behind."""
    with shared_database.engine.connect() as connection, connection.begin() as whole:
        yield Undone(shared_database, connection)
        whole.rollback()
