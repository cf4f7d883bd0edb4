"""The time zones that somebody can choose."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def of_places() -> tuple[str, ...]:
    """The name of every zone of a country, as the time zone database lists them for choosing.

    Source: `zone.tab` of the IANA time zone database. What its names were before (`Asia/Calcutta`,
    `America/Coral_Harbour`) is not among them, though everything that has such a name keeps it.
    """
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    lines = table.read_text(encoding="utf-8").splitlines()
    return tuple(sorted(line.split("\t")[2] for line in lines if line and not line.startswith("#")))
