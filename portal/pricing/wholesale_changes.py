"""What a wholesale list said before it was changed, for whoever has to tell the reseller of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.pricing.conditions import Route
from portal.pricing.rating import Rate
from portal.tenancy import settings

JOB: Final = "wholesale.changed"

Former = tuple[str, str] | tuple[str, str, int | None]
"""A prefix, a day, and the price that a line had; no price at all: there was no such line."""


def note(
    session: ResellerSession, former: Sequence[Former], *, currency: str, route: Route
) -> None:
    """Queue a look at what a change has done to the reseller's prices, if it wants mails of it.

    Mails are written by a job, so that nobody who imports a list waits for all packages.
    """
    if former and settings.read(session).wholesale_rise != "warn":
        queue.enqueue(
            session,
            JOB,
            reseller_id=session.reseller_id,
            currency=currency,
            route=route.value,
            former=former,
        )


def undone(present: Iterable[Rate], former: Iterable[Sequence[str | int | None]]) -> list[Rate]:
    """The lines of a list as they were; `former` as it comes out of the queue."""
    lines = {(rate.prefix, rate.valid_from): rate for rate in present}
    for prefix, day, *price in former:
        key = (str(prefix), date.fromisoformat(str(day)))
        lines.pop(key, None)
        if price:
            was = price[0]
            lines[key] = Rate(key[0], None if was is None else int(was), key[1])
    return list(lines.values())
