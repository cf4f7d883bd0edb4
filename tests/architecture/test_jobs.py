"""Jobs are known by names in strings: each that is queued exists, and each that exists is used."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module

from portal.infra.queue import jobs
from portal.tasks import timetable, worker
from tests.architecture import source
from tests.architecture.source import Module

BUILT_IN = ("builtin:", "procrastinate.")


def queued() -> dict[str, list[tuple[str, ast.Call]]]:
    """Every name that is queued anywhere, with its calls; a constant's name is looked up."""
    found: dict[str, list[tuple[str, ast.Call]]] = {}
    for module in source.modules():
        for call in _calls(module):
            found.setdefault(_name(module, call.args[1]), []).append((module.at(call), call))
    return found


def registered() -> set[str]:
    """The jobs that a worker knows."""
    assert worker.TASKS_OF  # importing the worker has registered them
    return {name for name in jobs.tasks if not name.startswith(BUILT_IN)}


def test_every_queued_name_is_registered() -> None:
    assert set(queued()) <= registered()


def test_every_job_is_queued_or_on_the_timetable() -> None:
    clocked = {task.name for _, task in timetable.TIMETABLE}
    assert registered() == set(queued()) | clocked


def test_a_job_is_queued_with_the_arguments_that_it_takes() -> None:
    for name, calls in queued().items():
        takes = inspect.signature(jobs.tasks[name].func).parameters
        required = {key for key, each in takes.items() if each.default is inspect.Parameter.empty}
        for place, call in calls:
            given = {keyword.arg for keyword in call.keywords} - {"at"}
            assert required <= given <= set(takes), f"{place} {name}"


def test_jobs_of_the_timetable_take_the_moment_they_were_due() -> None:
    for _, task in timetable.TIMETABLE:
        assert list(inspect.signature(task.func).parameters) == ["timestamp"], task.name


def test_the_worker_loads_every_module_with_jobs() -> None:
    """A module that nobody imports registers nothing, and its jobs would wait for ever."""
    declaring = {
        module.name for module in source.modules_in("portal.tasks") if "@jobs.task" in module.text
    }
    loaded = {module.__name__ for module in worker.TASKS_OF}
    loaded |= {task.func.__module__ for _, task in timetable.TIMETABLE}
    assert declaring <= loaded


def _calls(module: Module) -> Iterator[ast.Call]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("enqueue"):
            yield node


def _name(module: Module, node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    value = getattr(import_module(module.name), ast.unparse(node))
    assert isinstance(value, str), module.at(node)
    return value
