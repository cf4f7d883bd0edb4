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
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tools.mutation import CHANGED, FAIL_UNCHANGED, NOT_TESTED, NOTICED, SURVIVED, TIMED_OUT

ONLY: Final = "MUTATION_CHANGES"
"""The variable that names the changes to try, if not all."""

_SLOWER_MAX: Final = 20
_SECONDS_MIN: Final = 30
_NOTICED_AT_FIRST: Final = 0.1
# No change has this name.
_UNCHANGED: Final = "unchanged"


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
    order = _Order(seconds)
    _pass_unchanged(session, order)
    for name in only:
        results[name] = order.tried(session, name, reached[name.partition("__mutmut_")[0]])
        written.write_text(json.dumps(known), encoding="utf-8")
    # In the order that they have come to, in which they might be in each other's way.
    _pass_unchanged(session, order)
    return True


def _pass_unchanged(session: pytest.Session, order: _Order) -> None:
    if order.run(session, _UNCHANGED, session.items)[0] != SURVIVED:
        raise pytest.UsageError(FAIL_UNCHANGED)


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


def _with_following(items: Sequence[pytest.Item]) -> list[tuple[pytest.Item, pytest.Item]]:
    """Each test with one that is said to come after it, so that what all share is kept."""
    return list(zip(items, [*items[1:], items[0]], strict=True))


class _Order:
    """Which test comes first: who noticed most of the changes so far, for the time it takes."""

    def __init__(self, seconds: Mapping[pytest.Item, float]) -> None:
        self._seconds = seconds
        self._noticed: Counter[pytest.Item] = Counter()

    def tried(self, session: pytest.Session, name: str, tests: Sequence[pytest.Item]) -> int:
        """Run tests with a change, until one notices it; what came of it.

        Whoever notices something for the first time has to pass, in the same order, where nothing
        is changed.
        """
        if not tests:
            return NOT_TESTED
        ordered = sorted(tests, key=self._cost)
        result, begun = self.run(session, name, ordered)
        if result != SURVIVED and begun:
            witness = ordered[begun - 1]
            unsure = not self._noticed[witness]
            if unsure and self.run(session, _UNCHANGED, ordered[:begun])[0] != SURVIVED:
                raise pytest.UsageError(f"{FAIL_UNCHANGED}: {witness.nodeid}")
            self._noticed[witness] += 1
        return result

    def run(
        self, session: pytest.Session, name: str, tests: Sequence[pytest.Item]
    ) -> tuple[int, int]:
        """Run tests in this order in a fork: what came of it, and how many were begun."""
        sys.stdout.flush()
        sys.stderr.flush()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os._exit(_noticed(session, name, tests, seconds=self._seconds, told=writing))
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            begun = len(told.read())
        _, status = os.waitpid(child, 0)
        return (TIMED_OUT if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)), begun

    def _cost(self, test: pytest.Item) -> float:
        """The seconds of a test for each change that it noticed."""
        return self._seconds[test] / (_NOTICED_AT_FIRST + self._noticed[test])


def _noticed(
    session: pytest.Session,
    name: str,
    tests: Sequence[pytest.Item],
    *,
    seconds: Mapping[pytest.Item, float],
    told: int,
) -> int:
    """Whether a test notices the change; `told` is a pipe that gets a byte as each begins."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _forget_what_was_found()
    set_mutant_under_test(name)
    try:
        # pytest has no public way to begin with another test than the one it was about to run.
        session._setupstate.teardown_exact(tests[0])  # noqa: SLF001 - see above
        for item, following in _with_following([*tests, *session.items[:1]])[: len(tests)]:
            os.write(told, b".")
            signal.alarm(round(_SECONDS_MIN + _SLOWER_MAX * seconds[item]))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return NOTICED
    except BaseException:  # noqa: BLE001 - whatever it is, the change has brought it about
        return NOTICED
    return SURVIVED


def _forget_what_was_found() -> None:
    """A function that remembers its answers would give those that it found unchanged."""
    for name, module in list(sys.modules.items()):
        if name.startswith("portal."):
            for each in list(vars(module).values()):
                # What `functools` makes of a function that remembers.
                if callable(forget := getattr(each, "cache_clear", None)):
                    forget()
