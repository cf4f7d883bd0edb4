"""Deposits and refunds that disagree with what was moved for them, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from portal.infra.db import ResellerSession

# A deposit that is paid has credited its client once, with its amount; no other has. One that a
# reseller makes with the operator credits a cover, in the reseller's book: only who sees all books
# sees both, so that nobody else looks at those.
_CREDITS = text(
    """
    WITH moved AS (
        SELECT t.reseller_id, t.cause_id, t.amount, t.unit,
               CASE t.code WHEN 'deposit' THEN a.owner_id ELSE t.reseller_id END AS owner_id
          FROM transfers t
          JOIN ledger_accounts a ON a.reseller_id = t.reseller_id AND a.id = t.credit_id
         WHERE t.code = 'deposit' OR (t.code = 'cover_deposit' AND :all)),
    said AS (
        SELECT coalesce(payer_id, reseller_id) AS reseller_id, id, currency,
               coalesce(client_id, payer_id) AS owner_id,
               CASE WHEN paid_at IS NULL THEN 0 ELSE amount END AS amount
          FROM deposits
         WHERE payer_id IS NULL OR :all)
    SELECT coalesce(d.reseller_id, m.reseller_id) AS reseller_id,
           coalesce(d.id, m.cause_id) AS id, d.id IS NULL AS orphan,
           d.owner_id AS client_id, d.currency, d.amount,
           coalesce(m.amount, 0) AS amount_moved, coalesce(m.unit, d.currency) AS unit,
           coalesce(m.owner_id, d.owner_id) AS owner_id
      FROM said d
      FULL JOIN moved m ON m.reseller_id = d.reseller_id AND m.cause_id = d.id
     WHERE d.id IS NULL OR m.owner_id <> d.owner_id OR m.unit <> d.currency
        OR d.amount <> coalesce(m.amount, 0)
     ORDER BY 1, 2
    """
)

# What went back was taken from the wallet and from what is owed beside it, together once; what
# came to nothing was credited again.
_TAKINGS = text(
    """
    WITH moved AS (
        SELECT reseller_id, cause_id, min(unit) AS unit,
               coalesce(sum(amount) FILTER (WHERE code NOT LIKE '%returned'), 0)::bigint AS taken,
               coalesce(sum(amount) FILTER (WHERE code LIKE '%owed'), 0)::bigint AS owed,
               coalesce(sum(amount) FILTER (WHERE code LIKE '%returned'), 0)::bigint AS returned
          FROM transfers
         WHERE code IN ('deposit_refund', 'deposit_refund_owed', 'deposit_dispute',
                        'deposit_dispute_owed', 'deposit_returned')
            OR (:all AND code IN ('cover_refund', 'cover_refund_owed', 'cover_dispute',
                                  'cover_dispute_owed', 'cover_returned'))
         GROUP BY reseller_id, cause_id),
    said AS (
        SELECT coalesce(d.payer_id, r.reseller_id) AS reseller_id, r.id, r.currency, r.owed,
               CASE WHEN r.stage IN ('taken', 'returned') THEN r.amount ELSE 0 END AS taken,
               CASE WHEN r.stage = 'returned' THEN r.amount ELSE 0 END AS returned
          FROM refunds r
          JOIN deposits d ON d.reseller_id = r.reseller_id AND d.id = r.deposit_id
         WHERE d.payer_id IS NULL OR :all)
    SELECT coalesce(s.reseller_id, m.reseller_id) AS reseller_id,
           coalesce(s.id, m.cause_id) AS id, s.id IS NULL AS orphan,
           coalesce(s.taken, 0) AS taken, coalesce(m.taken, 0) AS taken_moved,
           coalesce(s.owed, 0) AS owed, coalesce(m.owed, 0) AS owed_moved,
           coalesce(s.returned, 0) AS returned, coalesce(m.returned, 0) AS returned_moved
      FROM said s
      FULL JOIN moved m ON m.reseller_id = s.reseller_id AND m.cause_id = s.id
     WHERE s.id IS NULL OR s.taken <> coalesce(m.taken, 0) OR s.owed <> coalesce(m.owed, 0)
        OR s.returned <> coalesce(m.returned, 0) OR m.unit <> s.currency
     ORDER BY 1, 2
    """
)


def credited(session: ResellerSession) -> Iterator[str]:
    """Deposits whose client was not credited with just what was paid, and credits of none."""
    for row in session.execute(_CREDITS, _seen_by(session)):
        name = f"reseller {row.reseller_id}, deposit {row.id}"
        if row.orphan:
            yield f"{name}: credited, but there is no such deposit"
        else:
            yield (
                f"{name}: {row.amount} {row.currency} paid by client {row.client_id}, transfers"
                f" credited {row.amount_moved} {row.unit} to {row.owner_id}"
            )


def takings(session: ResellerSession) -> Iterator[str]:
    """Refunds and disputes that are not what was moved for them, and the reverse."""
    for row in session.execute(_TAKINGS, _seen_by(session)):
        name = f"reseller {row.reseller_id}, refund {row.id}"
        if row.orphan:
            yield f"{name}: moved, but there is no such refund"
        else:
            yield (
                f"{name}: says {row.taken} taken, {row.owed} of it owed, {row.returned} returned;"
                f" transfers moved {row.taken_moved}, {row.owed_moved}, {row.returned_moved}"
            )


def _seen_by(session: ResellerSession) -> dict[str, bool]:
    return {"all": session.sees_all}
