"""Counters that slow down whoever tries too often, kept in PostgreSQL for all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Integer, String, delete, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.infra import clock
from portal.infra.columns import Base, Moment
from portal.infra.errors import PortalError


class Counter(Base):
    """How often something was tried since a window began. The table is unlogged: it may be lost."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    since: Mapped[Moment] = mapped_column(index=True)
    count: Mapped[int] = mapped_column(Integer)
    before: Mapped[int] = mapped_column(Integer)

    __table_args__ = ({"prefixes": ["UNLOGGED"]},)


class TooOften(PortalError):
    """Try again later."""

    code = "limit_reached"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(f"try again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many tries in such a window."""

    count_max: int
    window: timedelta
    carried_max: int | None = None
    """How many of the window before weigh at most, where refused tries shall lengthen no refusal.

    With one less than `count_max`, somebody who waits for a window gets one try whatever others do.
    """


_COUNT_MAX: Final = 2**31 - 1

# The window slides: what was counted in the one before still weighs by how much of it is in sight.
_HIT = text(
    """
    INSERT INTO throttles AS t (key, since, count, before) VALUES (:key, :now, :weight, 0)
    ON CONFLICT (key) DO UPDATE SET
        before = CASE WHEN t.since > :one_ago THEN t.before
                      WHEN t.since > :two_ago THEN LEAST(t.count, :carried) ELSE 0 END,
        count = CASE WHEN t.since > :one_ago THEN t.count + :weight ELSE :weight END,
        since = CASE WHEN t.since > :one_ago THEN t.since
                     WHEN t.since > :two_ago THEN t.since + :window ELSE :now END
    RETURNING since, count, before
    """
)


def hit(session: Session, key: str, limit: Limit, *, weight: int = 1) -> None:
    """Count one try, and refuse it if there were too many.

    The caller commits, also after a refusal: a refused try counts.

    Raises:
        TooOften: with the seconds until the next try is worth making.
    """
    now = clock.now()
    row = session.execute(
        _HIT,
        {
            "key": key[:200],
            "now": now,
            "window": limit.window,
            "one_ago": now - limit.window,
            "two_ago": now - 2 * limit.window,
            "weight": weight,
            "carried": _COUNT_MAX if limit.carried_max is None else limit.carried_max,
        },
    ).one()
    since, count, before = row
    elapsed = max(now - since, timedelta(0))
    if count * limit.window + before * (limit.window - elapsed) > limit.count_max * limit.window:
        wait = since + _next_try(limit, count=count, before=before) - now
        raise TooOften(retry_after_seconds=max(1, -(-wait // timedelta(seconds=1))))


def _next_try(limit: Limit, *, count: int, before: int) -> timedelta:
    """How long after its beginning the window lets one more pass, if nobody tries meanwhile."""
    if count < limit.count_max:
        return _passing(limit, count=count + 1, before=before)
    carried = count if limit.carried_max is None else min(count, limit.carried_max)
    return limit.window + _passing(limit, count=1, before=carried)


def _passing(limit: Limit, *, count: int, before: int) -> timedelta:
    """How far the window has to slide until the one before leaves room for this many."""
    return limit.window - (limit.count_max - count) * limit.window // before


_FIRST = text(
    """
    INSERT INTO throttles AS t (key, since, count, before) VALUES (:key, :now, 1, 0)
    ON CONFLICT (key) DO UPDATE SET since = :now WHERE t.since <= :one_ago
    RETURNING key
    """
)


def first_in(session: Session, key: str, window: timedelta) -> bool:
    """Whether this is the first in so long; then nobody else is, until the window is over.

    Unlike `hit` it counts no one who comes too early, so that what comes all the time is let
    through once in each window.
    """
    now = clock.now()
    asked = {"key": key[:200], "now": now, "one_ago": now - window}
    return session.scalar(_FIRST, asked) is not None


def forgive(session: Session, key: str) -> None:
    """Start counting anew, after a try that succeeded."""
    session.execute(delete(Counter).where(Counter.key == key[:200]))


def forget_old(session: Session) -> None:
    """Delete counters that no window reaches back to."""
    session.execute(delete(Counter).where(Counter.since < clock.ago(days=2)))
