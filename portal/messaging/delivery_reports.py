"""Delivery reports: kept as they come, then applied in lists, each only forward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.gateways.port import Outcome, Report, read_reference
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.messaging import moving, refunding, statuses
from portal.messaging.models import DeliveryReport, Message
from portal.messaging.moving import Move
from portal.messaging.statuses import Status
from portal.tenancy import settings

KEPT_OPEN = timedelta(hours=72)
"""How long a report that fits no message yet is tried again."""

_FIRST_MOMENT = datetime.fromtimestamp(0).astimezone()

# After the hand-over a message can only arrive or not: a refusal further up is not delivering it.
_STATUSES = {
    Outcome.DELIVERED: Status.DELIVERED,
    Outcome.UNDELIVERED: Status.UNDELIVERED,
    Outcome.REJECTED: Status.UNDELIVERED,
    Outcome.EXPIRED: Status.UNDELIVERED,
}


def receive(session: ResellerSession, *, gateway_id: int, report: Report) -> None:
    """Keep a report; the same one twice is one row. It is applied later, by `apply_open`.

    The session sees all resellers. The gateway is answered after the commit only.
    """
    now = clock.now()
    session.execute(
        insert(DeliveryReport)
        .values(
            id=ids.new(),
            gateway_id=gateway_id,
            reference=report.reference,
            outcome=report.outcome.value,
            reported_at=report.at or _FIRST_MOMENT,
            received_at=now,
            retry_at=now,
            reason=report.reason,
            raw=dict(report.raw),
        )
        .on_conflict_do_nothing()
    )


def open_reports(session: ResellerSession, *, limit: int = 500) -> dict[int, list[int]]:
    """Reports that wait to be applied: their ids by reseller, oldest first. Sees all resellers."""
    waiting = session.execute(
        select(DeliveryReport.id, DeliveryReport.reference)
        .where(DeliveryReport.applied_at.is_(None), DeliveryReport.retry_at <= clock.now())
        .order_by(DeliveryReport.id)
        .limit(limit)
    )
    by_reseller: dict[int, list[int]] = defaultdict(list)
    for report_id, reference in waiting:
        by_reseller[read_reference(reference).reseller_id].append(report_id)
    return dict(by_reseller)


def apply_open(session: ResellerSession, report_ids: Sequence[int]) -> int:
    """Apply these reports to messages of the session's reseller; how many messages moved.

    A report that comes before its message is recorded as handed over waits; one that fits none
    is kept 72 hours and then closed as unmatched.
    """
    reports = session.scalars(
        select(DeliveryReport)
        .where(DeliveryReport.id.in_(report_ids), DeliveryReport.applied_at.is_(None))
        .order_by(DeliveryReport.id)
        .with_for_update(skip_locked=True)
    ).all()
    messages = {
        message.id: message
        for message in session.scalars(
            select(Message)
            .where(
                Message.id.in_({read_reference(report.reference).message_id for report in reports})
            )
            .order_by(Message.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    moves: dict[int, Move] = {}
    for report in reports:
        message = messages.get(read_reference(report.reference).message_id)
        result = _result(report, message, moves)
        if result == "waits":
            _wait(report)
            continue
        report.applied_at, report.result = clock.now(), result
    moved = moving.move(session, list(moves.values()))
    _refund_undelivered(session, [messages[i] for i in moved], moves)
    return len(moved)


def _result(report: DeliveryReport, message: Message | None, moves: dict[int, Move]) -> str:
    """What to do with a report; a move that it makes is put into `moves`."""
    if message is None or message.attempt != read_reference(report.reference).attempt:
        return "waits" if message is None else "other_attempt"
    target = _STATUSES.get(Outcome(report.outcome))
    if target is None:
        return "noted"
    pending = moves.get(message.id)
    present = pending.to if pending else message.status
    if present is target:
        return "repeated"
    if present in {Status.SUBMITTING, Status.ACCEPTED}:
        return "waits"
    if not statuses.may_move(present, target):
        return "refused"
    late = present in statuses.FAILED
    # Two reports of one list: the history needs both only if the first was a move of its own.
    moves[message.id] = Move(
        reseller_id=message.reseller_id,
        message_id=message.id,
        attempt=message.attempt,
        to=target,
        gateway_id=message.gateway_id,
        reason=report.reason if target is not Status.DELIVERED else "",
        flagged="delivered_late" if late else "",
    )
    return "applied"


def _wait(report: DeliveryReport) -> None:
    age = clock.now() - report.received_at
    if age > KEPT_OPEN:
        report.applied_at, report.result = clock.now(), "unmatched"
        return
    report.retry_at = clock.now() + max(timedelta(seconds=1), age)


def _refund_undelivered(
    session: ResellerSession, moved: Sequence[Message], moves: dict[int, Move]
) -> None:
    """Where the reseller gives back what did not arrive; the operator keeps the cost."""
    failed = [m for m in moved if moves[m.id].to is Status.UNDELIVERED]
    if failed and settings.read(session).refund_undelivered:
        refunding.refund_all(session, failed, cost_too=False)
