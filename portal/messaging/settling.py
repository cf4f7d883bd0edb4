"""Settle messages of which nobody knows whether they went out, by asking the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from portal.gateways.port import Outcome, Reference, Report
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import delivery_reports, moving
from portal.messaging.moving import Move
from portal.messaging.statuses import Status

ASK_AFTER = timedelta(seconds=5)
"""A report may still be on its way; it is cheaper than a question."""

ASK_FOR = timedelta(hours=72)
"""After that a person decides; the charge is kept until then."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A message in UNKNOWN, and the attempt that its gateway can be asked about."""

    gateway_id: int
    reference: Reference

    @property
    def asked(self) -> str:
        """What the gateway knows the attempt by."""
        return f"{self.reference.reseller_id}-{self.reference.message_id}-{self.reference.attempt}"


_DOUBTS = text(
    """
    SELECT m.reseller_id, m.id, m.attempt, m.gateway_id
      FROM resellers r
      JOIN messages m ON m.reseller_id = r.id
     WHERE m.status = 'unknown' AND m.status_at <= :before AND m.status_at > :since
       AND m.gateway_id = ANY(CAST(:gateways AS bigint[]))
     ORDER BY m.status_at DESC
     LIMIT :limit
    """
)

_QUEUE_AGAIN = text(
    """
    INSERT INTO dispatch_queue (message_id, reseller_id, due_at, attempt)
    VALUES (:message, :reseller, :now, :attempt)
    ON CONFLICT (message_id) DO NOTHING
    """
)

_NEVER_HAD_IT = {None, Outcome.REJECTED}
"""A message that was refused at the hand-over is as if it had never been there."""


def doubts(session: ResellerSession, *, gateway_ids: Sequence[int], limit: int = 50) -> list[Doubt]:
    """Messages in UNKNOWN whose gateway can be asked. The session sees all resellers."""
    now = clock.now()
    rows = session.execute(
        _DOUBTS,
        {
            "before": now - ASK_AFTER,
            "since": now - ASK_FOR,
            "gateways": list(gateway_ids),
            "limit": limit,
        },
    )
    return [
        Doubt(
            gateway_id=row.gateway_id,
            reference=Reference(row.reseller_id, row.id, row.attempt),
        )
        for row in rows
    ]


def settle(session: ResellerSession, doubt: Doubt, outcome: Outcome | None) -> None:
    """Act on what the gateway answered; None is that it certainly never had the message.

    Then, and only then, it is queued again. Every other answer is as good as a delivery report. The
    session sees all resellers.
    """
    if outcome in _NEVER_HAD_IT:
        _try_again(session, doubt)
    elif outcome is Outcome.ON_ITS_WAY:
        _move(session, doubt, to=Status.SUBMITTED)
    elif outcome is not None:
        report = Report(reference=doubt.asked, outcome=outcome, raw={"answer": outcome.value})
        delivery_reports.receive(session, gateway_id=doubt.gateway_id, report=report)


def _try_again(session: ResellerSession, doubt: Doubt) -> None:
    if _move(session, doubt, to=Status.ACCEPTED):
        session.execute(
            _QUEUE_AGAIN,
            {
                "message": doubt.reference.message_id,
                "reseller": doubt.reference.reseller_id,
                "now": clock.now(),
                "attempt": doubt.reference.attempt,
            },
        )


def _move(session: ResellerSession, doubt: Doubt, *, to: Status) -> bool:
    move = Move(
        reseller_id=doubt.reference.reseller_id,
        message_id=doubt.reference.message_id,
        attempt=doubt.reference.attempt,
        to=to,
        gateway_id=doubt.gateway_id,
    )
    return bool(moving.move(session, [move]))
