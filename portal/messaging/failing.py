"""Messages that fail: refused by the gateway, expired, or reported as not delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, text

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import dispatching, moving, refunding
from portal.messaging.dispatching import Result
from portal.messaging.models import Message
from portal.messaging.moving import Move
from portal.messaging.statuses import Status

REPORT_GRACE = timedelta(hours=1)
"""How long after its validity a message handed over is still waited for."""

_OUT_OF_QUEUE = text(
    "DELETE FROM dispatch_queue"
    " WHERE message_id = ANY(CAST(:messages AS bigint[])) AND leased_until IS NULL"
)


def reject(session: ResellerSession, results: Sequence[Result]) -> list[Result]:
    """What a gateway refused for good: REJECTED and given back in full, in one transaction.

    All of the session's reseller. Returns those that still were ours to record.
    """
    moved = moving.move(
        session,
        [
            Move(
                reseller_id=session.reseller_id,
                message_id=r.claimed.submission.message_id,
                attempt=r.claimed.submission.attempt,
                to=Status.REJECTED,
                gateway_id=r.claimed.gateway_id,
                reason=r.reason,
            )
            for r in results
        ],
    )
    ours = [r for r in results if r.claimed.submission.message_id in moved]
    failed = _messages(session, [r.claimed.submission.message_id for r in ours])
    refunding.refund_all(session, failed, cost_too=True)
    dispatching.drop(
        session,
        [(r.claimed.submission.message_id, r.claimed.submission.attempt) for r in ours],
    )
    return ours


def expire(session: ResellerSession, *, limit: int = 200) -> int:
    """Messages whose time is over: EXPIRED; what never left is given back. How many.

    A message that was handed over and never reported on keeps its charge: it was carried as far as
    anybody knows.
    """
    now = clock.now()
    overdue = session.scalars(
        select(Message)
        .where(
            ((Message.status == Status.ACCEPTED) & (Message.valid_until <= now))
            | ((Message.status == Status.SUBMITTED) & (Message.valid_until <= now - REPORT_GRACE))
        )
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    unsent = {m.id for m in overdue if m.status is Status.ACCEPTED}
    moved = moving.move(
        session,
        [
            Move(
                reseller_id=session.reseller_id,
                message_id=m.id,
                attempt=m.attempt,
                to=Status.EXPIRED,
                reason=_why_expired(unsent=m.id in unsent),
            )
            for m in overdue
        ],
    )
    never_left = [message for message in overdue if message.id in moved & unsent]
    refunding.refund_all(session, never_left, cost_too=True)
    session.execute(_OUT_OF_QUEUE, {"messages": [message.id for message in never_left]})
    return len(moved)


def _why_expired(*, unsent: bool) -> str:
    if unsent:
        return "It could not be handed over in time."
    return "No delivery report came in time."


def _messages(session: ResellerSession, message_ids: Sequence[int]) -> Sequence[Message]:
    return session.scalars(
        select(Message)
        .where(Message.id.in_(message_ids))
        .order_by(Message.id)
        .execution_options(populate_existing=True)
    ).all()
