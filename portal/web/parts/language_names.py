"""Languages by the names that their own readers know them by."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale


@lru_cache(maxsize=64)
def name_of(code: str) -> str:
    """What a language calls itself, as in Deutsch for `de`."""
    return (Locale.parse(code).get_display_name() or code).capitalize()
