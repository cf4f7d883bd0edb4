"""Rows in columns, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The rows below their heads, each column as wide as it needs; `-` where there is nothing."""
    written = [list(heads), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in written) for column in range(len(heads))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in written)
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: object) -> str:
    # What people have typed must not command the terminal.
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return "-" if value is None or not text else text
