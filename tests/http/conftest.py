"""The application asked directly: over a database of the test's own, or over the shared one."""

import pytest
from flask import Flask

from portal.app import create_app
from portal.infra.config import Settings
from portal.infra.db import Database
from tests.web.conftest import app, application, counted, visit

__all__ = ["app", "application", "counted", "reading", "visit"]


@pytest.fixture(scope="session")
def reading(shared_database: Database) -> Flask:
    """The application for requests that leave nothing behind; made once."""
    settings = Settings(
        secret="a secret of the tests, long enough to be one",
        public_scheme="http",
        public_port=8000,
    )
    return create_app(settings, database=shared_database)
