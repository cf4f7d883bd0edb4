"""Make messages unreadable: numbers and texts go, what statistics and receipts need stays.

A batch is a transaction of its caller's. Batches follow the ids, so that each touches one monthly
partition or two, and none looks again at what others have done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.messaging.inbound_models import InboundMessage, OptOut
from portal.messaging.models import CountryRequest, DeliveryReport, Message, MessageEvent
from portal.messaging.redaction_models import Redaction, RedactionLeft
from portal.messaging.statuses import FINAL

BATCH: Final = 2_000
RAW_KEPT: Final = timedelta(days=14)
"""How long a gateway's report is kept in the gateway's own words, which may name the phone."""

_CATCHING_UP: Final = timedelta(days=30)
_NEVER_SENT_NOW: Final = timedelta(days=1)
_GONE: Final = "…"


def redact(session: ResellerSession, *, before: datetime) -> int:
    """A batch of what came to its end before a moment; how many were looked at, 0 at the end."""
    mark = _mark(session)
    rows = session.execute(
        select(Message.id, _is_over(before).label("over"))
        .where(Message.id >= mark.done_below_id, Message.id < ids.floor(before))
        .order_by(Message.id)
        .limit(BATCH)
    ).all()
    mark.ran_at = clock.now()
    if not rows:
        return _redact_left(session, before=before) + _redact_inbound(session, before=before)
    _blank(session, [row.id for row in rows if row.over])
    left = [row.id for row in rows if not row.over]
    if left:
        named = [{"reseller_id": session.reseller_id, "message_id": each} for each in left]
        session.execute(insert(RedactionLeft).on_conflict_do_nothing(), named)
    mark.done_below_id = rows[-1].id + 1
    return len(rows)


def erase_client(session: ResellerSession, *, client_id: int, above_id: int) -> int | None:
    """A batch of a client's messages above an id, whatever their age; the last id, None at the end.

    What may still be sent is left: whoever asks comes again until `is_erased`.
    """
    rows = session.scalars(
        select(Message.id)
        .where(
            Message.client_id == client_id,
            Message.id > above_id,
            _says_something(),
            _is_over(clock.now()),
        )
        .order_by(Message.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return None
    _forget_reports(session, rows)
    _blank(session, rows)
    session.execute(
        update(Message)
        .where(Message.id.in_(rows))
        .values(sender="", reference="")
        .execution_options(synchronize_session=False)
    )
    return rows[-1]


def erase_client_inbound(session: ResellerSession, *, client_id: int) -> int:
    """A batch of what came in for a client, and all else that is kept of its phones; 0 at the end.

    Its opt-outs go with it: there is nobody left who could write to these phones.
    """
    session.execute(delete(OptOut).where(OptOut.client_id == client_id))
    session.execute(
        update(CountryRequest).where(CountryRequest.client_id == client_id).values(reason="")
    )
    of_client = InboundMessage.client_id == client_id
    return _blank_inbound(session, of_client, below_id=None)


def is_erased(session: ResellerSession, *, client_id: int) -> bool:
    """Whether nothing of a client's messages can be read any more."""
    readable = select(Message.id).where(Message.client_id == client_id, _says_something())
    return session.scalars(readable.limit(1)).first() is None


def forget_reports(session: ResellerSession) -> None:
    """Forget the words of gateways' reports after 14 days; of all resellers.

    It looks back a month further, for nights on which it did not run.
    """
    now = clock.now()
    session.execute(
        update(DeliveryReport)
        .where(
            DeliveryReport.id >= ids.floor(now - RAW_KEPT - _CATCHING_UP),
            DeliveryReport.id < ids.floor(now - RAW_KEPT),
        )
        .values(raw={}, reason="")
        .execution_options(synchronize_session=False)
    )


def _mark(session: ResellerSession) -> Redaction:
    """Held until the transaction ends, so that two workers take turns."""
    session.execute(
        insert(Redaction).values(reseller_id=session.reseller_id).on_conflict_do_nothing()
    )
    return session.scalars(
        select(Redaction).with_for_update().execution_options(populate_existing=True)
    ).one()


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Whether a message came to its end before a moment, and nobody may send it any more."""
    ended = and_(Message.status.in_(FINAL), Message.status_at < before)
    return or_(ended, Message.valid_until < before - _NEVER_SENT_NOW)


def _says_something() -> ColumnElement[bool]:
    """Whether a message still says whose it was: redaction leaves its sender and its reference."""
    return or_(Message.redacted_at.is_(None), Message.sender != "", Message.reference != "")


def _blank(session: ResellerSession, message_ids: Sequence[int]) -> None:
    if not message_ids:
        return
    digits = func.ltrim(Message.recipient, "+")
    # Bounds beside the list, so that PostgreSQL looks at no other partition.
    these = and_(Message.id.in_(message_ids), Message.id.between(message_ids[0], message_ids[-1]))
    session.execute(
        update(MessageEvent)
        .where(
            MessageEvent.reseller_id == Message.reseller_id,
            MessageEvent.message_id == Message.id,
            MessageEvent.id > message_ids[0],
            these,
            Message.recipient != "",
            func.strpos(MessageEvent.reason, digits) > 0,
        )
        .values(reason=func.replace(MessageEvent.reason, digits, _GONE))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Message)
        .where(these)
        .values(
            text="",
            recipient="",
            reason=func.replace(Message.reason, digits, _GONE),
            reference=func.replace(Message.reference, digits, _GONE),
            redacted_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )


def _redact_left(session: ResellerSession, *, before: datetime) -> int:
    rows = session.scalars(
        select(Message.id)
        .join(
            RedactionLeft,
            and_(
                RedactionLeft.reseller_id == Message.reseller_id,
                RedactionLeft.message_id == Message.id,
            ),
        )
        .where(_is_over(before))
        .order_by(Message.id)
        .limit(BATCH)
    ).all()
    _blank(session, rows)
    session.execute(delete(RedactionLeft).where(RedactionLeft.message_id.in_(rows)))
    return len(rows)


def _redact_inbound(session: ResellerSession, *, before: datetime) -> int:
    """What waits for credit stays readable: whoever pays for it wants to read it."""
    return _blank_inbound(session, InboundMessage.paid_at < before, below_id=ids.floor(before))


def _blank_inbound(
    session: ResellerSession, which: ColumnElement[bool], *, below_id: int | None
) -> int:
    query = select(InboundMessage.id).where(which, InboundMessage.redacted_at.is_(None))
    if below_id is not None:
        query = query.where(InboundMessage.id < below_id)
    rows = session.scalars(query.order_by(InboundMessage.id).limit(BATCH)).all()
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.id.in_(rows))
        .values(text="", sender="", raw={}, redacted_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return len(rows)


def _forget_reports(session: ResellerSession, message_ids: Sequence[int]) -> None:
    """The words of gateways about these messages; older ones are forgotten already."""
    numbers = func.split_part(DeliveryReport.reference, "-", 2)
    session.execute(
        update(DeliveryReport)
        .where(
            DeliveryReport.id >= ids.floor(clock.now() - RAW_KEPT - _CATCHING_UP),
            numbers.in_([str(each) for each in message_ids]),
        )
        .values(raw={}, reason="")
        .execution_options(synchronize_session=False)
    )
