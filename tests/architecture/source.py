"""The portal's own source, read once: modules, their trees, and where something stands in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
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


def imported_names(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every import statement with the dotted name that it brings."""
    for node in ast.walk(module.tree):
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
