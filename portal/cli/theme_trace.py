"""Where a template comes from: which theme of a chain gives it, and who replaces which block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from jinja2 import nodes

from portal.infra.templates import ChainLoader, ThemedEnvironment
from portal.infra.themes import Theme


@dataclass(frozen=True)
class Block:
    """A block that one theme's file writes, and whether what it replaces is kept inside."""

    name: str
    line: int
    keeps: bool


@dataclass(frozen=True)
class Level:
    """One theme's file of a template."""

    theme: str
    file: Path
    extends: str | None
    """What the file builds on, as it names it; `~…` is the next level's file."""
    blocks: tuple[Block, ...]


def levels(theme: Theme, template: str) -> Iterator[Level]:
    """The files of a template in the order in which they are looked for; the first is drawn.

    The further ones matter as far as each builds on the next by `~`.
    """
    environment = ThemedEnvironment(loader=ChainLoader(theme), extensions=["jinja2.ext.i18n"])
    for each in theme.chain:
        file = each.templates.get(template)
        if file is not None:
            tree = environment.parse(file.read_text(encoding="utf-8"), template, str(file))
            yield Level(each.id, file, _extended(tree), tuple(_blocks(tree)))


def nearest(theme: Theme, template: str) -> str | None:
    """The name of a template of the chain that looks most like this one, if any does."""
    known = sorted({name for each in theme.chain for name in each.templates})
    return next(iter(get_close_matches(template, known, n=1, cutoff=0.5)), None)


def _extended(tree: nodes.Template) -> str | None:
    for node in tree.find_all(nodes.Extends):
        if isinstance(node.template, nodes.Const):
            return str(node.template.value)
    return None


def _blocks(tree: nodes.Template) -> Iterator[Block]:
    for block in tree.find_all(nodes.Block):
        keeps = any(
            isinstance(call.node, nodes.Name) and call.node.name == "super"
            for call in block.find_all(nodes.Call)
        )
        yield Block(block.name, block.lineno, keeps)
