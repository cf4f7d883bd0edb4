"""An installation for commands: a data folder, a secret, and a database that is there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.infra.db import Database
from tests.builders.open_folder import open_folder

SECRET = "tests-have-a-secret-of-their-own-too"


@contextmanager
def installed(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let commands find this database, as they find that of an installation."""
    with open_folder() as folder, monkeypatch.context() as environment:
        url = database.engine.url.set(drivername="postgresql")
        environment.setenv("PORTAL_DATABASE_URL", url.render_as_string(hide_password=False))
        environment.setenv("PORTAL_DATA_DIR", str(folder))
        environment.setenv("PORTAL_SECRET", SECRET)
        yield
