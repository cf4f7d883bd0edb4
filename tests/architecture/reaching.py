"""Which functions of the portal a function may come to call, read from the source."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from inspect import unwrap
from pathlib import Path
from types import FunctionType
from typing import Any

from tests.architecture import source
from tests.architecture.source import Module


@cache
def _named() -> dict[str, Module]:
    return {module.name: module for module in source.modules()}


@cache
def _definitions() -> dict[str, tuple[Module, ast.stmt]]:
    """Every function, class and constant at the top of a module, by its full name."""
    return {
        f"{module.name}.{name}": (module, node)
        for module in source.modules()
        for node in module.tree.body
        for name in _names_of(node)
    }


def _names_of(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [each.id for each in targets if isinstance(each, ast.Name)]
        case _:
            return []


@cache
def _imports(name: str) -> dict[str, str]:
    """What the names of a module stand for that it has imported."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in _named()[name].tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _mentioned(module: Module, within: ast.AST) -> Iterator[str]:
    """The functions and classes that a piece of code names, to call them or to hand them on."""
    imported = _imports(module.name)
    for node in ast.walk(within):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in imported:
                yield f"{imported[name]}.{attribute}"
            case ast.Name(id=name):
                yield imported.get(name, f"{module.name}.{name}")
            case _:
                pass


def reached(view: Callable[..., Any]) -> set[str]:
    """The full names of all functions, classes and constants that a view may come to."""
    seen: set[str] = set()
    waiting = deque(
        name for module, begun in _beginnings(view) for name in _mentioned(module, begun)
    )
    while waiting:
        name = waiting.popleft()
        if name in seen or name not in _definitions():
            continue
        seen.add(name)
        waiting.extend(_mentioned(*_definitions()[name]))
    return seen


def _beginnings(view: Callable[..., Any]) -> Iterator[tuple[Module, ast.AST]]:
    """Where a view stands in the source, and what a wrapper around it holds."""
    inner = unwrap(view)
    held = [cell.cell_contents for cell in inner.__closure__ or ()]
    for function in (inner, *(each for each in held if isinstance(each, FunctionType))):
        code = function.__code__
        for module in source.modules():
            if module.path.resolve() != Path(code.co_filename).resolve():
                continue
            for node in module.nodes:
                if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
                    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                    if first <= code.co_firstlineno <= (node.end_lineno or first):
                        yield module, node
