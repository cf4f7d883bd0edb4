"""Move messages from one status to the next, many at once, each with a row of its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.messaging import statuses
from portal.messaging.statuses import Status


@dataclass(frozen=True, kw_only=True)
class Move:
    """One message that is to go to a status, if it is where it may come from."""

    reseller_id: int
    message_id: int
    attempt: int
    to: Status
    gateway_id: int | None = None
    upstream_id: str | None = None
    reason: str = ""
    flagged: str = ""


# The attempt fences: who holds an older one changes nothing. What is not in `sources` stays, so
# that a status goes forward only, whoever comes late.
_MOVE = text(
    """
    UPDATE messages AS m
       SET status = v.status, status_at = :now, reason = v.reason, attempt = v.attempt,
           gateway_id = coalesce(v.gateway_id, m.gateway_id),
           upstream_id = coalesce(v.upstream_id, m.upstream_id),
           flagged = CASE WHEN v.flagged = '' THEN m.flagged ELSE v.flagged END
      FROM unnest(CAST(:resellers AS bigint[]), CAST(:messages AS bigint[]),
                  CAST(:attempts AS int[]), CAST(:previous AS int[]), CAST(:statuses AS text[]),
                  CAST(:sources AS text[]), CAST(:gateways AS bigint[]),
                  CAST(:upstreams AS text[]), CAST(:reasons AS text[]), CAST(:flags AS text[]))
        AS v(reseller_id, message_id, attempt, attempt_before, status, sources, gateway_id,
             upstream_id, reason, flagged)
     WHERE m.reseller_id = v.reseller_id AND m.id = v.message_id
       AND m.attempt = v.attempt_before
       AND m.status = ANY(string_to_array(v.sources, ','))
    RETURNING m.id
    """
)

_EVENTS = text(
    """
    INSERT INTO message_events
           (reseller_id, id, message_id, at, status, attempt, gateway_id, reason, flagged)
    SELECT e.reseller_id, e.id, e.message_id, :now, e.status, e.attempt, e.gateway_id, e.reason,
           e.flagged
      FROM unnest(CAST(:resellers AS bigint[]), CAST(:ids AS bigint[]),
                  CAST(:messages AS bigint[]), CAST(:statuses AS text[]),
                  CAST(:attempts AS int[]), CAST(:gateways AS bigint[]), CAST(:reasons AS text[]),
                  CAST(:flags AS text[]))
        AS e(reseller_id, id, message_id, status, attempt, gateway_id, reason, flagged)
    """
)


def move(session: ResellerSession, moves: Sequence[Move]) -> frozenset[int]:
    """Make those moves that are legal where each message stands now; the ids of those that moved.

    A move to `submitting` begins the next attempt; every other belongs to the attempt it names.
    """
    if not moves:
        return frozenset()
    # In order of id, as everybody takes them: so that no two lists wait for each other.
    moves = sorted(moves, key=lambda m: m.message_id)
    now = clock.now()
    moved = frozenset(
        session.scalars(
            _MOVE,
            {
                "now": now,
                "resellers": [m.reseller_id for m in moves],
                "messages": [m.message_id for m in moves],
                "attempts": [m.attempt for m in moves],
                "previous": [_attempt_before(m) for m in moves],
                "statuses": [m.to.value for m in moves],
                "sources": [",".join(sorted(statuses.sources(m.to))) for m in moves],
                "gateways": [m.gateway_id for m in moves],
                "upstreams": [m.upstream_id for m in moves],
                "reasons": [m.reason for m in moves],
                "flags": [m.flagged for m in moves],
            },
        )
    )
    made = [m for m in moves if m.message_id in moved]
    if made:
        session.execute(
            _EVENTS,
            {
                "now": now,
                "resellers": [m.reseller_id for m in made],
                "ids": [ids.new() for _ in made],
                "messages": [m.message_id for m in made],
                "statuses": [m.to.value for m in made],
                "attempts": [m.attempt for m in made],
                "gateways": [m.gateway_id for m in made],
                "reasons": [m.reason for m in made],
                "flags": [m.flagged for m in made],
            },
        )
    return moved


def _attempt_before(move: Move) -> int:
    return move.attempt - 1 if move.to is Status.SUBMITTING else move.attempt
