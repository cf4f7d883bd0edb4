"""Hand messages over: claim, submit, record. Never twice because of a time-out.

`SUBMITTING` with its attempt is committed before a byte leaves. Whoever dies after that leaves a
message of which nobody knows whether it went out: it becomes `UNKNOWN`, and is settled by a report,
by asking the gateway, or by a person; it is never blindly sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Row, text

from portal.gateways import choosing
from portal.gateways.choosing import Candidate
from portal.gateways.port import Encoding, Submission
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import moving
from portal.messaging.moving import Move
from portal.messaging.statuses import Status

LEASE = timedelta(seconds=60)
RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message that is SUBMITTING by us: what to hand over, to which gateway, and until when.

    After `leased_until` it is no longer ours: somebody else may have asked the gateway about it,
    heard that it never came, and queued it again.
    """

    reseller_id: int
    gateway_id: int
    submission: Submission
    leased_until: datetime


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one submission: SUBMITTED, ACCEPTED (try again), REJECTED or UNKNOWN."""

    claimed: Claimed
    status: Status
    upstream_id: str | None = None
    reason: str = ""


_CLAIM = text(
    """
    WITH due AS (
        SELECT message_id FROM dispatch_queue
         WHERE due_at <= :now AND leased_until IS NULL
         ORDER BY priority, due_at
         LIMIT :limit
           FOR UPDATE SKIP LOCKED)
    UPDATE dispatch_queue AS q
       SET attempt = q.attempt + 1, leased_until = :until
      FROM due
     WHERE q.message_id = due.message_id
    RETURNING q.message_id, q.reseller_id, q.attempt
    """
)

_MESSAGES = text(
    """
    SELECT m.reseller_id, m.id, m.client_id, m.sender, m.recipient, m.text, m.encoding, m.parts,
           m.valid_until, m.gateway_id, m.route, r.suspended_at IS NOT NULL AS reseller_suspended
      FROM unnest(CAST(:resellers AS bigint[]), CAST(:messages AS bigint[])) AS v(reseller_id, id)
      JOIN messages m ON m.reseller_id = v.reseller_id AND m.id = v.id
      JOIN resellers r ON r.id = m.reseller_id
     WHERE m.status = 'accepted'
    """
)

_DONE = text(
    """
    DELETE FROM dispatch_queue AS q
     USING unnest(CAST(:messages AS bigint[]), CAST(:attempts AS int[])) AS v(id, attempt)
     WHERE q.message_id = v.id AND q.attempt = v.attempt
    """
)

# Its place in the queue is gone if the answer came after the lease.
_AGAIN = text(
    """
    INSERT INTO dispatch_queue AS q (message_id, reseller_id, attempt, due_at)
    SELECT v.id, v.reseller_id, v.attempt, v.due_at
      FROM unnest(CAST(:messages AS bigint[]), CAST(:resellers AS bigint[]),
                  CAST(:attempts AS int[]), CAST(:dues AS timestamptz[]))
        AS v(id, reseller_id, attempt, due_at)
    ON CONFLICT (message_id) DO UPDATE SET leased_until = NULL, due_at = excluded.due_at
     WHERE q.attempt = excluded.attempt
    """
)

_ABANDONED = text(
    """
    SELECT message_id, reseller_id, attempt FROM dispatch_queue
     WHERE leased_until < :now
     LIMIT :limit
       FOR UPDATE SKIP LOCKED
    """
)


def claim(
    session: ResellerSession,
    *,
    candidates: Collection[Candidate],
    senders: dict[int, str],
    report_urls: dict[int, str],
    limit: int,
) -> list[Claimed]:
    """Take due messages and mark them SUBMITTING; the caller commits, then submits.

    `candidates` are the gateways in use, `senders` their own numbers and `report_urls` where their
    reports come in, by id; a submission's own report URL has its reference added. The session sees
    all resellers. A message without a route waits.
    """
    now = clock.now()
    queued = {
        row.message_id: row
        for row in session.execute(_CLAIM, {"now": now, "until": now + LEASE, "limit": limit})
    }
    if not queued:
        return []
    rows = session.execute(
        _MESSAGES,
        {
            "resellers": [row.reseller_id for row in queued.values()],
            "messages": list(queued),
        },
    ).all()
    claimed, waiting = [], []
    for row in rows:
        attempt = queued[row.id].attempt
        chosen = _choose(candidates, row)
        if chosen is None or row.reseller_suspended or row.valid_until <= now:
            waiting.append((row.id, attempt))
            continue
        submission = Submission(
            reseller_id=row.reseller_id,
            message_id=row.id,
            attempt=attempt,
            sender=row.sender or senders[chosen.id],
            recipient=row.recipient,
            text=row.text,
            encoding=Encoding(row.encoding),
            parts=row.parts,
            valid_for_seconds=int((row.valid_until - now).total_seconds()),
            report_url=report_urls[chosen.id],
        )
        claimed.append(
            Claimed(
                reseller_id=row.reseller_id,
                gateway_id=chosen.id,
                submission=submission,
                leased_until=now + LEASE,
            )
        )
    moved = moving.move(
        session,
        [
            Move(
                reseller_id=c.reseller_id,
                message_id=c.submission.message_id,
                attempt=c.submission.attempt,
                to=Status.SUBMITTING,
                gateway_id=c.gateway_id,
            )
            for c in claimed
        ],
    )
    _put_back(session, waiting)
    found = {row.id for row in rows}
    # What is no longer accepted (cancelled, expired) has no business in the queue.
    drop(session, [(i, row.attempt) for i, row in queued.items() if i not in found])
    return [c for c in claimed if c.submission.message_id in moved]


def _choose(candidates: Collection[Candidate], row: Row[tuple[object, ...]]) -> Candidate | None:
    """After a refusal another gateway, if there is one; else the same again."""
    choose = partial(
        choosing.choose,
        candidates,
        reseller_id=row.reseller_id,
        recipient=row.recipient,
        route=row.route,
    )
    tried = [row.gateway_id] if row.gateway_id is not None else []
    return choose(tried=tried) or choose()


def _put_back(session: ResellerSession, waiting: Sequence[tuple[int, int]]) -> None:
    """Nothing was tried, so the attempt does not count."""
    if not waiting:
        return
    due = clock.now() + RETRY_FIRST
    session.execute(
        text(
            "UPDATE dispatch_queue SET leased_until = NULL, attempt = attempt - 1, due_at = :due"
            " WHERE message_id = ANY(CAST(:messages AS bigint[]))"
        ),
        {"due": due, "messages": [message_id for message_id, _ in waiting]},
    )


def drop(session: ResellerSession, done: Sequence[tuple[int, int]]) -> None:
    """Take messages from the queue, each with the attempt that the caller holds."""
    if done:
        session.execute(_DONE, {"messages": [m for m, _ in done], "attempts": [a for _, a in done]})


def record(session: ResellerSession, results: Sequence[Result]) -> list[Result]:
    """Record what came of submissions; those of them that still were ours to record.

    The session sees all resellers. What was refused for good is not for here but for
    `failing.reject`, since its refund belongs to a transaction of its reseller.
    """
    assert all(r.status is not Status.REJECTED for r in results)
    moved = moving.move(
        session,
        [
            Move(
                reseller_id=r.claimed.reseller_id,
                message_id=r.claimed.submission.message_id,
                attempt=r.claimed.submission.attempt,
                to=r.status,
                gateway_id=r.claimed.gateway_id,
                upstream_id=r.upstream_id,
                reason=r.reason,
            )
            for r in results
        ],
    )
    ours = [r for r in results if r.claimed.submission.message_id in moved]
    again = [r.claimed.submission for r in ours if r.status is Status.ACCEPTED]
    over = [r.claimed.submission for r in ours if r.status is not Status.ACCEPTED]
    drop(session, [(s.message_id, s.attempt) for s in over])
    if again:
        now = clock.now()
        session.execute(
            _AGAIN,
            {
                "messages": [s.message_id for s in again],
                "resellers": [s.reseller_id for s in again],
                "attempts": [s.attempt for s in again],
                "dues": [now + _wait_after(s.attempt) for s in again],
            },
        )
    return ours


def _wait_after(attempt: int) -> timedelta:
    """Longer after every attempt: 5 s, 10 s, 20 s … ten minutes."""
    return min(RETRY_FIRST * (1 << min(attempt - 1, 10)), RETRY_LONGEST)


def abandon_expired_leases(session: ResellerSession, *, limit: int = 500) -> int:
    """Messages that a dead worker was submitting become UNKNOWN; how many. Sees all resellers."""
    rows = session.execute(_ABANDONED, {"now": clock.now(), "limit": limit}).all()
    moving.move(
        session,
        [
            Move(
                reseller_id=row.reseller_id,
                message_id=row.message_id,
                attempt=row.attempt,
                to=Status.UNKNOWN,
                reason="The connection to the gateway was lost.",
            )
            for row in rows
        ],
    )
    drop(session, [(row.message_id, row.attempt) for row in rows])
    return len(rows)


def give_up(session: ResellerSession, unfinished: Sequence[Claimed]) -> None:
    """At the end of a worker: what it has submitted and heard nothing of becomes UNKNOWN."""
    record(
        session,
        [
            Result(claimed=c, status=Status.UNKNOWN, reason="Stopped while being handed over.")
            for c in unfinished
        ],
    )
