"""Messages on their way: accepted, claimed for a gateway, handed over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.gateways.choosing import Candidate
from portal.infra.db import Database, ResellerSession
from portal.messaging import dispatching, sending
from portal.messaging.dispatching import Claimed, Result
from portal.messaging.models import Message, MessageEvent, Queued
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from tests.cast import Firm

PHONE = "+12025550123"
PRICE, COST = 13_800, 9_000
FIRST, SECOND = (Candidate(id=number, priority=number) for number in (1, 2))
OWN_NUMBERS = {1: "+12025550100", 2: "+12025550200", 3: "+12025550300"}
REPORTS = {number: f"http://127.0.0.1/hooks/gateways/{number}" for number in (1, 2, 3)}


def send(database: Database, firm: Firm, *, count: int = 1, words: str = "Hello") -> list[int]:
    """Accept so many messages and commit; their ids."""
    with database.session(firm.reseller_id) as session, session.begin():
        return accept(session, firm, count=count, words=words)


def accept(
    session: ResellerSession, firm: Firm, *, count: int = 1, words: str = "Hello"
) -> list[int]:
    """Accept so many messages; their ids."""
    orders = [Order(to=PHONE, text=words)] * count
    answers = sending.accept(session, actor=firm.owner, sub_account_id=None, orders=orders)
    assert all(isinstance(answer, Accepted) for answer in answers)
    return [answer.id for answer in answers if isinstance(answer, Accepted)]


def claim(
    database: Database, *, gateways: Sequence[Candidate] = (FIRST,), limit: int = 100
) -> list[Claimed]:
    """Claim what is due and commit, as a worker does."""
    with database.across_resellers() as session, session.begin():
        return dispatching.claim(
            session,
            candidates=gateways,
            senders=OWN_NUMBERS,
            report_urls=REPORTS,
            limit=limit,
        )


def record(
    database: Database,
    claimed: Sequence[Claimed],
    status: Status,
    *,
    reason: str = "",
    upstream_id: str | None = None,
) -> list[Result]:
    """Write down how submissions ended and commit; those that still were ours."""
    results = [
        Result(claimed=c, status=status, reason=reason, upstream_id=upstream_id) for c in claimed
    ]
    with database.across_resellers() as session, session.begin():
        return dispatching.record(session, results)


def message(database: Database, message_id: int) -> Message:
    """The message as it is committed."""
    with database.across_resellers() as session:
        return session.scalars(select(Message).where(Message.id == message_id)).one()


def statuses(database: Database, message_id: int) -> list[tuple[Status, int]]:
    """Its history: each status with its attempt."""
    with database.across_resellers() as session:
        events = session.scalars(
            select(MessageEvent)
            .where(MessageEvent.message_id == message_id)
            .order_by(MessageEvent.id)
        )
        return [(event.status, event.attempt) for event in events]


def queued(database: Database) -> list[Queued]:
    """What waits for a gateway, oldest first."""
    with database.across_resellers() as session:
        return list(session.scalars(select(Queued).order_by(Queued.message_id)))
