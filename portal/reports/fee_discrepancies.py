"""Fees, gifts and incoming messages that disagree with what was moved, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from portal.infra.db import ResellerSession
from portal.reports.discrepancies import differing

# A message that came in took its free parts and, once it is paid for, its price.
_INCOMING = text(
    """
    WITH came AS (
        SELECT reseller_id, id, CASE WHEN paid_at IS NULL THEN 0 ELSE price END AS price,
               (SELECT coalesce(sum(t), 0)::bigint FROM unnest(bundle_taken) AS t) AS parts
          FROM inbound_messages),
    moved AS (
        SELECT reseller_id, cause_id,
               coalesce(sum(amount) FILTER (WHERE code = 'incoming_price'), 0)::bigint AS price,
               coalesce(sum(amount) FILTER (WHERE code = 'incoming_parts'), 0)::bigint AS parts
          FROM transfers WHERE code IN ('incoming_price', 'incoming_parts')
         GROUP BY reseller_id, cause_id)
    SELECT coalesce(i.reseller_id, m.reseller_id) AS reseller_id,
           coalesce(i.id, m.cause_id) AS id, i.id IS NULL AS orphan,
           coalesce(i.price, 0) AS price, coalesce(m.price, 0) AS price_moved,
           coalesce(i.parts, 0) AS parts, coalesce(m.parts, 0) AS parts_moved
      FROM came i
      FULL JOIN moved m ON m.reseller_id = i.reseller_id AND m.cause_id = i.id
     WHERE i.id IS NULL OR i.price <> coalesce(m.price, 0) OR i.parts <> coalesce(m.parts, 0)
     ORDER BY 1, 2
    """
)

# A fee is met by the wallet and by what is owed beside it, together once for a period.
_FEES = text(
    """
    WITH moved AS (
        SELECT reseller_id, cause_id, n, sum(amount)::bigint AS amount, min(unit) AS unit
          FROM transfers WHERE code IN ('fee', 'fee_owed')
         GROUP BY reseller_id, cause_id, n)
    SELECT coalesce(b.reseller_id, m.reseller_id) AS reseller_id,
           coalesce(b.owner_id, m.cause_id) AS owner_id, coalesce(b.period, m.n) AS period,
           b.owner_id IS NULL AS orphan, b.amount, b.currency,
           coalesce(m.amount, 0) AS amount_moved, coalesce(m.unit, b.currency) AS unit
      FROM billed_periods b
      FULL JOIN moved m
        ON m.reseller_id = b.reseller_id AND m.cause_id = b.owner_id AND m.n = b.period
     WHERE b.owner_id IS NULL OR b.amount <> coalesce(m.amount, 0) OR b.currency <> m.unit
     ORDER BY 1, 2, 3
    """
)

# Each use of a voucher is a transfer of its amount to a wallet of who used it.
_VOUCHERS = text(
    """
    WITH moved AS (
        SELECT t.reseller_id, t.id, t.amount, t.unit, a.owner_id
          FROM transfers t
          JOIN ledger_accounts a ON a.reseller_id = t.reseller_id AND a.id = t.credit_id
         WHERE t.code = 'voucher'),
    used AS (
        SELECT u.reseller_id, u.transfer_id, u.voucher_id, u.client_id, v.amount, v.currency
          FROM voucher_uses u
          JOIN vouchers v ON v.reseller_id = u.reseller_id AND v.id = u.voucher_id)
    SELECT coalesce(u.reseller_id, m.reseller_id) AS reseller_id,
           coalesce(u.transfer_id, m.id) AS id, u.voucher_id IS NULL AS orphan, u.voucher_id,
           u.client_id, u.amount, u.currency, coalesce(m.amount, 0) AS amount_moved,
           coalesce(m.unit, u.currency) AS unit
      FROM used u
      FULL JOIN moved m ON m.reseller_id = u.reseller_id AND m.id = u.transfer_id
     WHERE u.voucher_id IS NULL OR m.id IS NULL OR u.amount <> m.amount OR u.currency <> m.unit
        OR u.client_id <> m.owner_id
     ORDER BY 1, 2
    """
)

# A trial credit is a transfer of its amount to the wallet of who had it.
_TRIALS = text(
    """
    WITH moved AS (
        SELECT t.reseller_id, t.id, t.amount, t.unit, a.owner_id
          FROM transfers t
          JOIN ledger_accounts a ON a.reseller_id = t.reseller_id AND a.id = t.credit_id
         WHERE t.code = 'trial_credit')
    SELECT coalesce(c.reseller_id, m.reseller_id) AS reseller_id,
           coalesce(c.transfer_id, m.id) AS id, c.client_id IS NULL AS orphan,
           c.client_id, c.amount, c.currency, coalesce(m.amount, 0) AS amount_moved,
           coalesce(m.unit, c.currency) AS unit
      FROM trial_credits c
      FULL JOIN moved m ON m.reseller_id = c.reseller_id AND m.id = c.transfer_id
     WHERE c.client_id IS NULL OR m.id IS NULL OR c.amount <> m.amount OR c.currency <> m.unit
        OR c.client_id <> m.owner_id
     ORDER BY 1, 2
    """
)


def incoming(session: ResellerSession) -> Iterator[str]:
    """Messages that came in and were not charged as they say."""
    for row in session.execute(_INCOMING):
        name = f"reseller {row.reseller_id}, incoming message {row.id}"
        if row.orphan:
            yield f"{name}: charged, but there is no such message"
        else:
            yield from differing(name, row, suffix="moved", verb="transfers moved")


def fees(session: ResellerSession) -> Iterator[str]:
    """Periods whose fee is not what was moved for it, and fees of no period."""
    for row in session.execute(_FEES):
        name = f"reseller {row.reseller_id}, period {row.period} of {row.owner_id}"
        if row.orphan:
            yield f"{name}: charged, but there is no such period"
        else:
            yield (
                f"{name}: fee says {row.amount} {row.currency},"
                f" transfers moved {row.amount_moved} {row.unit}"
            )


def vouchers(session: ResellerSession) -> Iterator[str]:
    """Uses of vouchers that did not credit their client with just that amount, and the reverse."""
    for row in session.execute(_VOUCHERS):
        name = f"reseller {row.reseller_id}, transfer {row.id}"
        if row.orphan:
            yield f"{name}: credited for a voucher that nobody used"
        else:
            yield (
                f"{name}: voucher {row.voucher_id} is {row.amount} {row.currency} for client"
                f" {row.client_id}, moved were {row.amount_moved} {row.unit}"
            )


def trial_credits(session: ResellerSession) -> Iterator[str]:
    """Trial credits that are not what their client was moved, and the reverse."""
    for row in session.execute(_TRIALS):
        name = f"reseller {row.reseller_id}, transfer {row.id}"
        if row.orphan:
            yield f"{name}: credited for a trial that nobody had"
        else:
            yield (
                f"{name}: the trial is {row.amount} {row.currency} for client {row.client_id},"
                f" moved were {row.amount_moved} {row.unit}"
            )
