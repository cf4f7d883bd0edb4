"""What a client sent, in a period: by sub-account, country and status, with what it cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from portal.accounts.actor import Actor
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.messaging.statuses import Status

_READ = text(
    """
    SELECT m.sub_account_id, m.country, m.status, m.currency, count(*) AS messages,
           sum(m.parts) AS parts, sum(m.bundle_parts) AS free_parts,
           sum(m.quota_parts) AS quota_parts,
           sum(CASE WHEN m.refunded_at IS NULL THEN m.price ELSE 0 END) AS price
      FROM messages m
     WHERE m.reseller_id = :reseller AND m.client_id = :client
       AND (CAST(:sub_accounts AS bigint[]) IS NULL OR m.sub_account_id = ANY(:sub_accounts))
       AND m.id >= :low AND m.id < :high
     GROUP BY m.sub_account_id, m.country, m.status, m.currency
     ORDER BY m.sub_account_id, m.country, m.status, m.currency
    """
)


@dataclass(frozen=True, kw_only=True)
class Used:
    """Messages that are alike; their price, in millionths, is what was kept of it."""

    sub_account_id: int
    country: str
    status: Status
    currency: str
    messages: int
    parts: int
    free_parts: int
    quota_parts: int
    price: int


@dataclass(frozen=True)
class Sum:
    """Messages added up; the price by currency."""

    messages: int
    parts: int
    price: dict[str, int]


def read(session: ResellerSession, *, actor: Actor, since: datetime, until: datetime) -> list[Used]:
    """What the actor's client had accepted in a period, from sub-accounts that the actor reaches.

    Raises:
        NotFound: the actor belongs to no client.
    """
    if actor.client_id is None:
        raise NotFound("client", None)
    limit = actor.sub_account_ids
    rows = session.execute(
        _READ,
        {
            "reseller": session.reseller_id,
            "client": actor.client_id,
            "sub_accounts": None if limit is None else sorted(limit),
            "low": ids.floor(since),
            "high": ids.floor(until),
        },
    )
    return [
        Used(
            sub_account_id=row.sub_account_id,
            country=row.country,
            status=Status(row.status),
            currency=row.currency,
            messages=row.messages,
            parts=int(row.parts),
            free_parts=int(row.free_parts),
            quota_parts=int(row.quota_parts),
            price=int(row.price),
        )
        for row in rows
    ]


def total(used: Iterable[Used]) -> Sum:
    """All of it together."""
    messages = parts = 0
    price: defaultdict[str, int] = defaultdict(int)
    for each in used:
        messages += each.messages
        parts += each.parts
        price[each.currency] += each.price
    return Sum(messages, parts, dict(price))


def grouped(
    used: Sequence[Used], *, by: Callable[[Used], int | str]
) -> list[tuple[int | str, Sum]]:
    """Sums by what is said of each, the most messages first."""
    groups: defaultdict[int | str, list[Used]] = defaultdict(list)
    for each in used:
        groups[by(each)].append(each)
    found = [(key, total(members)) for key, members in groups.items()]
    return sorted(found, key=lambda group: (-group[1].messages, str(group[0])))
