"""The application for what only reads."""

from tests.http.conftest import reading

__all__ = ["reading"]
