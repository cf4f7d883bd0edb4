"""Read messages: one with its history, pages of many, and their totals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Date,
    case,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    table,
)

from portal.accounts.actor import Actor
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger.codes import TransferCode
from portal.messaging import statuses
from portal.messaging.models import Message, MessageEvent
from portal.messaging.statuses import Status


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which messages of those an actor may see; `text` is how a number or the words begin."""

    client_id: int | None = None
    statuses: Collection[Status] = ()
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Filter()

_TRANSFERS = table("transfers", column("reseller_id"), column("cause_id"), column("code"))


@dataclass(frozen=True)
class Totals:
    """Sums over the messages that a filter lets through; amounts in millionths, by currency."""

    messages: int
    parts: int
    cost: dict[str, int]
    price: dict[str, int]

    @property
    def profit(self) -> dict[str, int]:
        """Price less cost, by currency."""
        return {unit: self.price[unit] - self.cost[unit] for unit in self.price}


@dataclass(frozen=True)
class Day:
    """How many messages were accepted on a day, and how many of them failed."""

    day: date
    sent: int
    failed: int


def message_by_id(session: ResellerSession, *, actor: Actor, message_id: int) -> Message:
    """The message, if it is one that the actor may see.

    Raises:
        NotFound: if not, or if there is none.
    """
    message = session.get(Message, (session.reseller_id, message_id))
    if message is None:
        raise NotFound("message", message_id)
    if actor.client_id not in {None, message.client_id}:
        raise NotFound("message", message_id)
    if not actor.reaches(message.sub_account_id):
        raise NotFound("message", message_id)
    return message


def events_of(session: ResellerSession, message: Message) -> list[MessageEvent]:
    """What happened to a message after it was accepted, oldest first."""
    return list(
        session.scalars(
            select(MessageEvent)
            .where(MessageEvent.message_id == message.id, MessageEvent.id > message.id)
            .order_by(MessageEvent.id)
        )
    )


def page(
    session: ResellerSession,
    *,
    actor: Actor,
    chosen: Filter = EVERYTHING,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Message]:
    """The newest messages that the filter lets through, below an id."""
    query = select(Message).where(*_conditions(actor, chosen))
    if below_id is not None:
        query = query.where(Message.id < below_id)
    return list(session.scalars(query.order_by(Message.id.desc()).limit(limit)))


def totals(session: ResellerSession, *, actor: Actor, chosen: Filter = EVERYTHING) -> Totals:
    """Sums over what the filter lets through; what was given back adds no amount."""
    rows = session.execute(
        select(
            Message.currency,
            func.count(),
            func.sum(Message.parts),
            func.sum(_kept(Message.cost.expression, TransferCode.COST_REFUND)),
            func.sum(_kept(Message.price.expression, TransferCode.PRICE_REFUND)),
        )
        .where(*_conditions(actor, chosen))
        .group_by(Message.currency)
    ).all()
    return Totals(
        messages=sum(row[1] for row in rows),
        parts=sum(row[2] for row in rows),
        cost={row[0]: int(row[3]) for row in rows},
        price={row[0]: int(row[4]) for row in rows},
    )


def _kept(amount: ColumnElement[int], refund: TransferCode) -> ColumnElement[int]:
    """An amount of a message, or 0 if this was given back: a price may be without its cost."""
    given_back = exists().where(
        _TRANSFERS.c.reseller_id == Message.reseller_id,
        _TRANSFERS.c.cause_id == Message.id,
        _TRANSFERS.c.code == refund.value,
    )
    return case((Message.refunded_at.is_not(None) & given_back, 0), else_=amount)


def per_day(session: ResellerSession, *, actor: Actor, time_zone: str, days: int = 30) -> list[Day]:
    """How many messages on each of the last days of a time zone, oldest first; days without too."""
    since = clock.ago(days=days - 1)
    day = cast(func.timezone(time_zone, Message.accepted_at), Date)
    today, rows = (
        session.scalars(select(cast(func.timezone(time_zone, clock.now()), Date))).one(),
        session.execute(
            select(day, func.count(), func.count().filter(Message.status.in_(statuses.FAILED)))
            .where(*_conditions(actor, Filter(since=since - timedelta(days=1))))
            .group_by(day)
        ),
    )
    counted = {on: (sent, failed) for on, sent, failed in rows}
    wanted = [today - timedelta(days=back) for back in reversed(range(days))]
    return [Day(on, *counted.get(on, (0, 0))) for on in wanted]


def _conditions(actor: Actor, chosen: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    client_id = actor.client_id or chosen.client_id
    if client_id is not None:
        found.append(Message.client_id == client_id)
    if actor.sub_account_ids is not None:
        found.append(Message.sub_account_id.in_(actor.sub_account_ids))
    if chosen.statuses:
        found.append(Message.status.in_(chosen.statuses))
    if chosen.text:
        found.append(_begins_with(chosen.text))
    # Ids are in order of time, so that a period is a range of the key.
    if chosen.since is not None:
        found.append(Message.id >= ids.floor(chosen.since))
    if chosen.until is not None:
        found.append(Message.id < ids.floor(chosen.until))
    return found


def _begins_with(text: str) -> ColumnElement[bool]:
    typed = text.strip()
    number = typed.translate(str.maketrans("", "", " -./()"))
    international = number if number.startswith("+") else f"+{number.removeprefix('00')}"
    return or_(
        Message.recipient.startswith(international, autoescape=True),
        func.lower(Message.text).startswith(typed.lower(), autoescape=True),
        Message.reference == typed,
    )
