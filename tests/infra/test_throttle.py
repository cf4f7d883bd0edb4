"""Whoever tries too often waits, and is told for how long."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from portal.infra import clock, throttle
from portal.infra.db import Database, ResellerSession
from portal.infra.throttle import Counter, Limit, TooOften

THEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FIVE_A_MINUTE = Limit(count_max=5, window=timedelta(minutes=1))


def hit(session: ResellerSession, seconds: float, *, weight: int = 1, key: str = "k") -> int:
    """Try at a moment; 0, or the seconds that are asked for."""
    with clock.pretending(THEN + timedelta(seconds=seconds)):
        try:
            throttle.hit(session, key, FIVE_A_MINUTE, weight=weight)
        except TooOften as refused:
            return refused.retry_after_seconds
    return 0


def test_the_sixth_of_five_is_refused(session: ResellerSession) -> None:
    assert [hit(session, 0) for _ in range(5)] == [0, 0, 0, 0, 0]
    assert hit(session, 0) > 0
    assert hit(session, 0, key="another") == 0


def test_a_refusal_says_how_long(session: ResellerSession) -> None:
    with pytest.raises(TooOften, match=r"^try again in \d+ s$") as refused:
        throttle.hit(session, "k", FIVE_A_MINUTE, weight=6)
    assert refused.value.code == "limit_reached"


def test_a_refused_try_counts(session: ResellerSession) -> None:
    for _ in range(20):
        hit(session, 0)
    assert session.get_one(Counter, "k").count == 20


def test_the_window_slides(session: ResellerSession) -> None:
    """Five at the end of a minute and five at the start of the next are not five a minute."""
    assert [hit(session, 0)] + [hit(session, 59) for _ in range(4)] == [0] * 5
    assert hit(session, 61) > 0
    assert hit(session, 119) == 0


@pytest.mark.parametrize("tries", [5, 6, 500])
def test_who_waits_for_a_window_gets_a_try(session: ResellerSession, tries: int) -> None:
    """However many were refused meanwhile, where a limit says so; and not a second one at once."""
    limit = Limit(count_max=5, window=timedelta(minutes=1), carried_max=4)

    def tried(seconds: float) -> int:
        with clock.pretending(THEN + timedelta(seconds=seconds)):
            try:
                throttle.hit(session, "carried", limit)
            except TooOften as refused:
                return refused.retry_after_seconds
        return 0

    waits = [tried(n * 59 / tries) for n in range(tries)]
    assert waits[:5] == [0] * 5
    assert max(waits) <= 60
    assert tried(60) == 0
    assert tried(60.1) > 0


def test_an_old_window_is_forgotten(session: ResellerSession) -> None:
    for _ in range(20):
        hit(session, 0)
    assert hit(session, 121) == 0
    assert (session.get_one(Counter, "k").count, session.get_one(Counter, "k").before) == (1, 0)


@given(
    st.lists(
        st.tuples(st.floats(0, 200, allow_nan=False), st.integers(1, 4)), min_size=1, max_size=25
    )
)
def test_a_try_at_the_moment_that_was_named_succeeds(
    session: ResellerSession, tries: list[tuple[float, int]]
) -> None:
    """And it is named no later than two windows from now."""
    throttle.forgive(session, "k")
    at, wait = 0.0, 0
    for at, weight in sorted(tries):
        wait = hit(session, at, weight=weight)
    assert 0 <= wait <= 120
    if wait:
        assert hit(session, at + wait) == 0


def test_forgiving_starts_anew(session: ResellerSession) -> None:
    for _ in range(9):
        hit(session, 0)
    throttle.forgive(session, "k")
    assert hit(session, 0) == 0


def test_a_long_key_is_cut_the_same_way_everywhere(session: ResellerSession) -> None:
    key = "x" * 500
    for _ in range(9):
        hit(session, 0, key=key)
    throttle.forgive(session, key)
    assert hit(session, 0, key=key) == 0


def test_what_no_window_reaches_back_to_is_forgotten(session: ResellerSession) -> None:
    hit(session, 0, key="old")
    hit(session, timedelta(days=3).total_seconds(), key="new")
    with clock.pretending(THEN + timedelta(days=3)):
        throttle.forget_old(session)
    left = session.scalars(select(Counter.key).where(Counter.key.in_(["old", "new"])))
    assert left.all() == ["new"]


def test_processes_count_together(database: Database) -> None:
    """Eight at once, ten tries each, five allowed: exactly five."""
    allowed: list[bool] = []

    def try_often() -> None:
        for _ in range(10):
            with database.session(1) as session:
                try:
                    throttle.hit(session, "k", FIVE_A_MINUTE)
                    allowed.append(True)
                except TooOften:
                    pass
                session.commit()

    threads = [threading.Thread(target=try_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 5
    with database.session(1) as session:
        assert session.get_one(Counter, "k").count == 80


def test_counters_are_not_worth_a_write_ahead_log(session: ResellerSession) -> None:
    kept = session.scalar(text("SELECT relpersistence FROM pg_class WHERE relname = 'throttles'"))
    assert kept == "u"
