"""Rows of money and messages that disagree, each as a sentence that names it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text

from portal.infra import ids
from portal.infra.db import ResellerSession

# Two acts at one moment may have their ids in another order than the wallet saw them, by no more
# than a lock is waited for and the clocks of two machines differ.
_ORDER_SECONDS = 10
_MILLISECONDS = 1000

# All messages of one call share a price transfer, a cost transfer and, for parts, one for each
# bundle and one for the quota. An unlimited quota has no account, and nothing moves.
_CHARGES = text(
    """
    WITH asked AS (
        SELECT reseller_id, acceptance_id, sum(price)::bigint AS price, sum(cost)::bigint AS cost,
               sum(bundle_parts)::bigint AS parts, sum(quota_parts)::bigint AS quota,
               min(currency) AS currency,
               count(DISTINCT (client_id, currency)) AS payers
          FROM messages GROUP BY reseller_id, acceptance_id),
    moved AS (
        SELECT reseller_id, cause_id,
               coalesce(sum(amount) FILTER (WHERE code = 'message_price'), 0)::bigint AS price,
               coalesce(sum(amount) FILTER (WHERE code = 'message_cost'), 0)::bigint AS cost,
               coalesce(sum(amount) FILTER (WHERE code = 'bundle_parts'), 0)::bigint AS parts,
               coalesce(sum(amount) FILTER (WHERE code = 'quota_parts'), 0)::bigint AS quota,
               min(unit) FILTER (WHERE code IN ('message_price', 'message_cost')) AS currency
          FROM transfers
         WHERE code IN ('message_price', 'message_cost', 'bundle_parts', 'quota_parts')
         GROUP BY reseller_id, cause_id)
    SELECT coalesce(a.reseller_id, m.reseller_id) AS reseller_id,
           coalesce(a.acceptance_id, m.cause_id) AS id, a.acceptance_id IS NULL AS orphan,
           coalesce(a.price, 0) AS price, coalesce(m.price, 0) AS price_moved,
           coalesce(a.cost, 0) AS cost, coalesce(m.cost, 0) AS cost_moved,
           coalesce(a.parts, 0) AS parts, coalesce(m.parts, 0) AS parts_moved,
           CASE WHEN m.quota > 0 THEN a.quota ELSE 0 END AS quota,
           coalesce(m.quota, 0) AS quota_moved, a.currency, m.currency AS currency_moved,
           coalesce(a.payers, 1) AS payers
      FROM asked a
      FULL JOIN moved m ON m.reseller_id = a.reseller_id AND m.cause_id = a.acceptance_id
     WHERE a.acceptance_id IS NULL OR a.payers > 1 OR a.currency <> m.currency
        OR a.price <> coalesce(m.price, 0) OR a.cost <> coalesce(m.cost, 0)
        OR a.parts <> coalesce(m.parts, 0) OR m.quota NOT IN (0, a.quota)
     ORDER BY 1, 2
    """
)

# What was given back is the whole charge, once. The cost may stay with the operator, where a
# message was handed over and the reseller gives the price back out of its own pocket.
_REFUNDS = text(
    """
    WITH back AS (
        SELECT reseller_id, cause_id, count(*) AS acts,
               count(DISTINCT (code, credit_id)) AS kinds,
               coalesce(sum(amount) FILTER (WHERE code = 'price_refund'), 0)::bigint AS price,
               coalesce(sum(amount) FILTER (WHERE code = 'cost_refund'), 0)::bigint AS cost,
               coalesce(sum(amount) FILTER (WHERE code = 'parts_refund'), 0)::bigint AS parts,
               coalesce(sum(amount) FILTER (WHERE code = 'quota_refund'), 0)::bigint AS quota,
               bool_and(reverses_id IS NOT NULL) AS names_what_it_reverses
          FROM transfers
         WHERE code IN ('price_refund', 'cost_refund', 'parts_refund', 'quota_refund')
         GROUP BY reseller_id, cause_id),
    failed AS (
        SELECT m.reseller_id, m.id, m.price, m.cost, m.bundle_parts, m.refunded_at, m.status,
               m.flagged, CASE WHEN t.id IS NULL THEN 0 ELSE m.quota_parts END AS quota
          FROM messages m
          LEFT JOIN transfers t ON t.reseller_id = m.reseller_id AND t.cause_id = m.acceptance_id
           AND t.code = 'quota_parts' AND m.quota_parts > 0
         WHERE m.refunded_at IS NOT NULL OR m.status IN ('rejected', 'cancelled'))
    SELECT coalesce(f.reseller_id, b.reseller_id) AS reseller_id, coalesce(f.id, b.cause_id) AS id,
           f.id IS NULL OR f.refunded_at IS NULL AND b.cause_id IS NOT NULL AS orphan,
           b.acts > b.kinds AS twice,
           b.cause_id IS NOT NULL AND NOT b.names_what_it_reverses AS nameless,
           coalesce(f.price, 0) AS price, coalesce(b.price, 0) AS price_back,
           coalesce(f.cost, 0) AS cost, coalesce(b.cost, 0) AS cost_back,
           coalesce(f.bundle_parts, 0) AS parts, coalesce(b.parts, 0) AS parts_back,
           coalesce(f.quota, 0) AS quota, coalesce(b.quota, 0) AS quota_back,
           f.status NOT IN ('rejected', 'cancelled', 'expired', 'undelivered')
               AND f.flagged = '' AS lives
      FROM failed f
      FULL JOIN back b ON b.reseller_id = f.reseller_id AND b.cause_id = f.id
     WHERE f.id IS NULL OR f.refunded_at IS NULL AND b.cause_id IS NOT NULL
        OR b.acts > b.kinds OR NOT b.names_what_it_reverses
        OR f.price <> coalesce(b.price, 0) OR f.bundle_parts <> coalesce(b.parts, 0)
        OR f.quota <> coalesce(b.quota, 0)
        OR coalesce(b.cost, 0) NOT IN (0, f.cost)
        OR f.status IN ('rejected', 'cancelled') AND coalesce(b.cost, 0) <> f.cost
        OR f.status NOT IN ('rejected', 'cancelled', 'expired', 'undelivered') AND f.flagged = ''
     ORDER BY 1, 2
    """
)

# A message that waits or is being handed over has its place in the queue, or nobody comes for it;
# one that stays on the net is carried by a job.
_LOST = text(
    """
    SELECT m.reseller_id, m.id, m.status
      FROM messages m
     WHERE m.status IN ('accepted', 'submitting') AND m.rule <> 'on_net'
       AND NOT EXISTS (SELECT 1 FROM dispatch_queue q WHERE q.message_id = m.id)
     ORDER BY 1, 2
    """
)

# Replayed from when the limit was set, with credits counted early by what ids may be out of order:
# whatever falls too far even so did fall.
_LOWEST = text(
    """
    WITH bounded AS (
        SELECT reseller_id, id, code, unit, overdraft, extract(epoch FROM overdraft_since) AS since
          FROM ledger_accounts WHERE limited AND overdraft IS NOT NULL),
    sides AS (
        SELECT t.reseller_id, t.debit_id AS account_id, t.id AS place, t.id, -t.amount AS amount
          FROM transfers t JOIN bounded b ON b.reseller_id = t.reseller_id AND b.id = t.debit_id
         UNION ALL
        SELECT t.reseller_id, t.credit_id, t.id - :early, t.id, t.amount
          FROM transfers t JOIN bounded b ON b.reseller_id = t.reseller_id AND b.id = t.credit_id),
    replayed AS (
        SELECT reseller_id, account_id, id,
               sum(amount) OVER (PARTITION BY reseller_id, account_id ORDER BY place, id)::bigint
                   AS balance
          FROM sides),
    since AS (
        SELECT reseller_id, id, code, unit, overdraft,
               ((since - :epoch) * 1000)::bigint * :millisecond AS first FROM bounded)
    SELECT s.reseller_id, s.id, s.code, s.unit, -s.overdraft AS floor, min(r.balance) AS lowest
      FROM since s
      JOIN replayed r ON r.reseller_id = s.reseller_id AND r.account_id = s.id AND r.id >= s.first
     GROUP BY s.reseller_id, s.id, s.code, s.unit, s.overdraft
    HAVING min(r.balance) < -s.overdraft
     ORDER BY 1, 2
    """
)


def charges(session: ResellerSession) -> Iterator[str]:
    """Calls whose messages do not add up to what was moved for them."""
    for row in session.execute(_CHARGES):
        name = f"reseller {row.reseller_id}, messages accepted as {row.id}"
        if row.orphan:
            yield f"{name}: charged, but there are no such messages"
            continue
        yield from differing(name, row, suffix="moved", verb="transfers moved")
        if row.payers > 1:
            yield f"{name}: belong to several clients or currencies"
        if row.currency_moved is not None and row.currency != row.currency_moved:
            yield f"{name}: priced in {row.currency}, but charged in {row.currency_moved}"


def refunds(session: ResellerSession) -> Iterator[str]:
    """Messages given back without reason, not in full, twice, or not although they never left."""
    for row in session.execute(_REFUNDS):
        name = f"reseller {row.reseller_id}, message {row.id}"
        if row.orphan:
            yield f"{name}: given back, but is no message that says so"
            continue
        yield from differing(name, row, suffix="back", verb="refunds gave")
        if row.twice:
            yield f"{name}: given back more than once"
        if row.nameless:
            yield f"{name}: a refund does not name what it reverses"
        if row.lives:
            yield f"{name}: given back, but it has not failed"


def lost(session: ResellerSession) -> Iterator[str]:
    """Messages that were accepted and that nobody comes for."""
    for row in session.execute(_LOST):
        yield f"reseller {row.reseller_id}, message {row.id}: {row.status}, but not in the queue"


def too_low(session: ResellerSession) -> Iterator[str]:
    """Accounts that were below what they may fall to, at any time since that limit was set."""
    millisecond = ids.floor(ids.EPOCH + timedelta(milliseconds=1))
    values = {
        "early": _ORDER_SECONDS * _MILLISECONDS * millisecond,
        "epoch": int(ids.EPOCH.timestamp()),
        "millisecond": millisecond,
    }
    for row in session.execute(_LOWEST, values):
        yield (
            f"reseller {row.reseller_id}, account {row.id} ({row.code}, {row.unit}):"
            f" was at {row.lowest}, may not fall below {row.floor}"
        )


def differing(name: str, row: Row[Any], *, suffix: str, verb: str) -> Iterator[str]:
    """What a row says and what was moved for it, for each amount in which they differ."""
    for what in ("price", "cost", "parts", "quota"):
        if f"{what}_{suffix}" not in row._fields:
            continue
        says, moved = getattr(row, what), getattr(row, f"{what}_{suffix}")
        if says != moved:
            yield f"{name}: {what} says {says}, {verb} {moved}"
