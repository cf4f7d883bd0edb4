"""The present moment can be set, for one line of execution and for a while."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from portal.infra import clock

THEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - clock.now()) < timedelta(seconds=10)


def test_a_pretended_moment_ends_with_its_block() -> None:
    with clock.pretending(THEN):
        assert clock.now() == THEN
        assert clock.ago(days=1, hours=1) == datetime(2026, 2, 28, 11, 0, tzinfo=UTC)
        with clock.pretending(THEN + timedelta(days=1)):
            assert clock.now() == THEN + timedelta(days=1)
        assert clock.now() == THEN
    assert clock.now() != THEN


def test_a_pretended_moment_ends_with_an_error() -> None:
    with pytest.raises(KeyError), clock.pretending(THEN):
        raise KeyError
    assert clock.now() != THEN


def test_others_do_not_pretend_with_us() -> None:
    seen: list[datetime] = []
    with clock.pretending(THEN):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != THEN
