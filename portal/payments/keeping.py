"""What of a provider's notification is kept: nothing of a person, and nothing that no row holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

_DEPTH_MAX: Final = 12
_ROWS_MAX: Final = 200
_TEXT_LENGTH_MAX: Final = 2_000


def kept(told: object, *, without: Collection[str], depth: int = 0) -> Any:
    """What was told, without the values of these names, bounded in depth, rows and length."""
    if depth > _DEPTH_MAX:
        return None
    if isinstance(told, Mapping):
        return {
            _storable(str(name)): kept(value, without=without, depth=depth + 1)
            for name, value in told.items()
            if name not in without
        }
    if isinstance(told, list):
        return [kept(each, without=without, depth=depth + 1) for each in told[:_ROWS_MAX]]
    return _storable(told) if isinstance(told, str) else told


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:_TEXT_LENGTH_MAX]
