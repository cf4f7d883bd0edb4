"""Ids are unique, in order of time, and tell when they were made."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.infra import clock, ids
from portal.infra.db import Database
from portal.infra.ids import Generator

THEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
COUNTERS = 1 << ids.COUNTER_BITS


def test_no_id_is_made_before_a_node_is_leased(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_generator", [])
    assert not ids.has_node()
    with pytest.raises(ids.NodeUnknown):
        ids.new()
    ids.use_node(5)
    assert ids.new() >> ids.COUNTER_BITS & (ids.NODES - 1) == 5


def test_a_database_that_is_opened_leases_a_node_once(shared_database: Database) -> None:
    assert ids.has_node()
    before = ids.new() >> ids.COUNTER_BITS & (ids.NODES - 1)
    again = Database(shared_database.url)
    again.open()
    again.close()
    assert ids.new() >> ids.COUNTER_BITS & (ids.NODES - 1) == before


def test_the_layout() -> None:
    """41 bits of milliseconds since 2024, 12 of node, 10 of counter."""
    generator = Generator(3)
    moment = ids.EPOCH + timedelta(milliseconds=5)
    assert generator.make(moment) == 5 << 22 | 3 << 10
    assert generator.make(moment) == 5 << 22 | 3 << 10 | 1


def test_a_node_beyond_the_last_comes_round_again() -> None:
    assert Generator(ids.NODES + 3).make(THEN) == Generator(3).make(THEN)


def test_an_id_is_positive_and_fits_bigint_for_decades() -> None:
    last = datetime(2093, 1, 1, tzinfo=UTC)
    made = Generator(ids.NODES - 1).make(last)
    assert 0 < made < 2**63
    assert ids.moment_of(made) == last


def test_a_full_millisecond_spills_into_the_next() -> None:
    generator = Generator(0)
    made = [generator.make(THEN) for _ in range(3 * COUNTERS)]
    assert made == sorted(set(made))
    assert {ids.moment_of(each) - THEN for each in made} == {MILLISECOND * n for n in range(3)}
    assert generator.make(THEN + MILLISECOND) > made[-1]


def test_a_clock_that_steps_back_makes_no_id_twice() -> None:
    generator = Generator(0)
    first = [generator.make(THEN + n * MILLISECOND) for n in range(5000)]
    again = [generator.make(THEN + n * MILLISECOND) for n in range(5000)]
    assert not set(first) & set(again)


def test_what_is_made_for_the_past_is_remembered_as_well() -> None:
    """Demo data pretend a moment long ago, and make many ids for it among those of now."""
    generator = Generator(0)
    long_ago = THEN - timedelta(days=90)
    made = []
    for n in range(2 * COUNTERS):
        made += [generator.make(THEN + n * MILLISECOND), generator.make(long_ago)]
    assert len(set(made)) == len(made)


@given(st.lists(st.integers(0, 50), max_size=300), st.integers(0, 2**40))
def test_ids_are_unique_and_never_before_their_moment(steps: list[int], node: int) -> None:
    generator = Generator(node)
    moments = [THEN + MILLISECOND * step for step in steps]
    made = [generator.make(moment) for moment in moments]
    assert len(set(made)) == len(made)
    for moment, number in zip(moments, made, strict=True):
        assert ids.floor(moment) <= number < ids.floor(moment + MILLISECOND)
        assert ids.moment_of(number) == moment


def test_the_floor_is_below_every_id_of_its_moment() -> None:
    assert ids.floor(ids.EPOCH) == 0
    assert ids.floor(THEN) == Generator(0).make(THEN)
    assert ids.moment_of(ids.floor(THEN)) == THEN


def test_ids_follow_the_pretended_clock(shared_database: Database) -> None:
    with clock.pretending(THEN):
        assert ids.moment_of(ids.new()) == THEN


def test_threads_share_a_generator() -> None:
    generator = Generator(1)
    made: list[int] = []

    def make() -> None:
        mine = [generator.make(THEN) for _ in range(2000)]
        made.extend(mine)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000


def test_steady_work_does_not_slow_the_generator_down() -> None:
    """What is remembered of the last minute is not gone through for every id."""
    generator = Generator(1)
    began = time.perf_counter()
    for n in range(60_000):
        generator.make(THEN + n * MILLISECOND)
    assert time.perf_counter() - began < 5
