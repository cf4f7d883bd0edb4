"""Read messages that came in: pages of many, and how many wait for credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.actor import Actor
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.messaging.inbound_models import InboundMessage


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which messages of those an actor may see; `text` is how a number or the words begin."""

    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Filter()


@dataclass(frozen=True)
class Counts:
    """How many messages a filter lets through, and how many of a client's wait for credit."""

    shown: int
    waiting: int


def page(
    session: ResellerSession,
    *,
    actor: Actor,
    chosen: Filter = EVERYTHING,
    below_id: int | None = None,
    limit: int = 50,
) -> list[InboundMessage]:
    """The newest messages that the filter lets through, below an id.

    A client does not see what waits for credit; its reseller's staff do.
    """
    query = select(InboundMessage).where(*_conditions(actor, chosen), *_visible(actor))
    if below_id is not None:
        query = query.where(InboundMessage.id < below_id)
    return list(session.scalars(query.order_by(InboundMessage.id.desc()).limit(limit)))


def counts(session: ResellerSession, *, actor: Actor, chosen: Filter = EVERYTHING) -> Counts:
    """How many there are."""
    visible = _visible(actor)
    shown = func.count().filter(*visible) if visible else func.count()
    row = session.execute(
        select(shown, func.count().filter(InboundMessage.paid_at.is_(None)))
        .select_from(InboundMessage)
        .where(*_conditions(actor, chosen))
    ).one()
    return Counts(row[0], row[1])


def _visible(actor: Actor) -> list[ColumnElement[bool]]:
    return [] if actor.client_id is None else [InboundMessage.paid_at.is_not(None)]


def _conditions(actor: Actor, chosen: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if actor.client_id is not None:
        found.append(InboundMessage.client_id == actor.client_id)
    if actor.sub_account_ids is not None:
        found.append(InboundMessage.sub_account_id.in_(actor.sub_account_ids))
    if chosen.text:
        found.append(_begins_with(chosen.text))
    if chosen.since is not None:
        found.append(InboundMessage.id >= ids.floor(chosen.since))
    if chosen.until is not None:
        found.append(InboundMessage.id < ids.floor(chosen.until))
    return found


def _begins_with(text: str) -> ColumnElement[bool]:
    typed = text.strip()
    number = typed.translate(str.maketrans("", "", " -./()"))
    international = number if number.startswith("+") else f"+{number.removeprefix('00')}"
    return or_(
        InboundMessage.sender.startswith(international, autoescape=True),
        InboundMessage.sender.startswith(typed, autoescape=True),
        InboundMessage.recipient.startswith(international, autoescape=True),
        func.lower(InboundMessage.text).startswith(typed.lower(), autoescape=True),
    )
