"""The portal's own source, read once: modules, their trees, and where something stands in them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import portal

PACKAGE = Path(portal.__file__).parent
ROOT = PACKAGE.parent


@dataclass(frozen=True)
class Module:
    """One file of the portal: its dotted name and its tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of its tree, walked once for all that is looked for in them."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[tuple[ast.stmt, str], ...]:
        """Every import statement with the dotted name that it brings."""
        return tuple(_imports(self.nodes))

    def at(self, node: ast.AST) -> str:
        """Where a node stands, for a message."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    def is_in(self, *packages: str) -> bool:
        """Whether the module belongs to one of these packages."""
        return any(self.name == each or self.name.startswith(f"{each}.") for each in packages)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the portal, in order of name."""
    return tuple(sorted((_read(path) for path in PACKAGE.rglob("*.py")), key=lambda m: m.name))


def modules_in(*packages: str) -> Iterator[Module]:
    """The modules of some packages, named with `portal.` in front."""
    return (module for module in modules() if module.is_in(*packages))


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.stmt, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(name=name, path=path, text=text, tree=ast.parse(text))
