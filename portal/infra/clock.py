"""The present moment, asked for in one place so that tests and demo data can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_pretended: ContextVar[datetime | None] = ContextVar("pretended_now", default=None)


def now() -> datetime:
    """The moment in UTC, aware, to the microsecond."""
    return _pretended.get() or datetime.now(UTC)


def ago(**parts: float) -> datetime:
    """The moment so long before now."""
    return now() - timedelta(**parts)


@contextmanager
def pretending(moment: datetime) -> Iterator[None]:
    """Let `now` answer a given moment: for demo data with a past, and for tests."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
