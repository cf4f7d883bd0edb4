"""Run the tests once for each change of a module, each time in a process of its own.

A plugin of pytest, for the copy that mutation testing works on. The tests are collected once, and
what they share is made once; then a fork begins where a run would otherwise have to.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tools.mutation import CHANGED, NOT_TESTED, NOTICED, SURVIVED, TIMED_OUT

ONLY: Final = "PORTAL_CHANGES"
"""The variable that names the changes to try, if not all."""

_SLOWER_MAX: Final = 20
_SECONDS_MIN: Final = 60


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Instead of running the tests, run those that come to a changed function, change by change."""
    written = Path(f"{os.environ[CHANGED]}.meta")
    known = json.loads(written.read_text(encoding="utf-8"))
    results: dict[str, int | None] = known["exit_code_by_key"]
    only = os.environ.get(ONLY, "").split() or list(results)
    reached, seconds = _reached(session)
    if session.testsfailed:
        return True
    patience = _patience(session.items, seconds)
    if _tried(session, "unchanged", session.items, patience=patience) != SURVIVED:
        raise pytest.UsageError("the tests fail in a process of their own, without a change")
    for name in only:
        tests = reached[name.partition("__mutmut_")[0]]
        patience = _patience(tests, seconds)
        results[name] = _tried(session, name, tests, patience=patience)
        written.write_text(json.dumps(known), encoding="utf-8")
    return True


def _reached(
    session: pytest.Session,
) -> tuple[defaultdict[str, list[pytest.Item]], dict[pytest.Item, float]]:
    """Run all tests, unchanged: which come to which function, and how long each takes."""
    set_mutant_under_test("stats")
    hit = state()._stats  # noqa: SLF001 - where mutmut keeps it
    reached: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    seconds = {}
    for item, following in _with_following(session.items):
        hit.clear()
        began = time.monotonic()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds[item] = time.monotonic() - began
        for function in hit:
            reached[function].append(item)
    return reached, seconds


def _patience(tests: Sequence[pytest.Item], seconds: Mapping[pytest.Item, float]) -> int:
    """How long to wait for these tests, in seconds."""
    return round(_SECONDS_MIN + _SLOWER_MAX * sum(seconds[item] for item in tests))


def _with_following(items: Sequence[pytest.Item]) -> list[tuple[pytest.Item, pytest.Item]]:
    """Each test with one that is said to come after it, so that what all share is kept."""
    return list(zip(items, [*items[1:], items[0]], strict=True))


def _tried(
    session: pytest.Session, name: str, tests: Sequence[pytest.Item], *, patience: int
) -> int:
    if not tests:
        return NOT_TESTED
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        os._exit(_noticed(session, name, tests, patience=patience))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return TIMED_OUT
    return os.WEXITSTATUS(status)


def _noticed(
    session: pytest.Session, name: str, tests: Sequence[pytest.Item], *, patience: int
) -> int:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(patience)
    set_mutant_under_test(name)
    try:
        # pytest has no public way to begin with another test than the one it was about to run.
        session._setupstate.teardown_exact(tests[0])  # noqa: SLF001 - see above
        for item, following in _with_following([*tests, *session.items[:1]])[: len(tests)]:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return NOTICED
    except BaseException:  # noqa: BLE001 - whatever it is, the change has brought it about
        return NOTICED
    return SURVIVED
