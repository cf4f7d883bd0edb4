"""Harbour, which is paid in euros, in a transaction that is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.infra.db import Database, ResellerSession
from tests.cast import HARBOUR, Cast


@pytest.fixture
def harbour(database: Database, cast: Cast) -> Iterator[ResellerSession]:
    """A session of Harbour's."""
    with database.session(HARBOUR) as session:
        session.begin()
        yield session
        session.rollback()
