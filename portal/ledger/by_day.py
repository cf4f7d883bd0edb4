"""What moved on an account in a period, with what moves often added up by day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import text

from portal.infra.db import ResellerSession
from portal.ledger import closing
from portal.ledger.codes import TransferCode


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One transfer, or all of a day and a code: the amount with its sign."""

    day: date
    code: TransferCode
    amount: int
    count: int
    description: str
    reversed: bool


_SUMS: Final = text(
    """
    WITH moved AS (
        SELECT id, at, code, -amount AS amount FROM transfers
         WHERE reseller_id = :reseller AND debit_id = :account
           AND id >= :low AND id <= :high AND at >= :since AND at < :until
         UNION ALL
        SELECT id, at, code, amount FROM transfers
         WHERE reseller_id = :reseller AND credit_id = :account
           AND id >= :low AND id <= :high AND at >= :since AND at < :until),
    summed AS (
        SELECT CAST(at AT TIME ZONE :zone AS date) AS day, code, min(id) AS id,
               sum(amount) AS amount, count(*) AS times
          FROM moved
         GROUP BY 1, 2, CASE WHEN code = ANY(:together) THEN 0 ELSE id END
         ORDER BY 1, 3
         LIMIT :limit)
    SELECT s.day, s.code, s.amount, s.times,
           CASE WHEN s.times = 1 THEN coalesce(n.description, '') ELSE '' END AS description,
           s.times = 1 AND EXISTS (
               SELECT 1 FROM transfers r
                WHERE r.reseller_id = :reseller AND r.reverses_id = s.id AND r.code = 'reversal'
           ) AS reversed
      FROM summed s
      LEFT JOIN transfer_notes n ON n.reseller_id = :reseller AND n.transfer_id = s.id
     ORDER BY s.day, s.id
    """
)


def sums(
    session: ResellerSession,
    account_id: int,
    *,
    since: datetime,
    until: datetime,
    time_zone: str,
    together: Collection[TransferCode],
    single_max: int,
) -> list[Sum]:
    """What moved, oldest first; the codes `together` are one sum for each day of the time zone.

    If that makes more than `single_max` sums, every code is added up by day. All sums together are
    what the account holds `until` less what it held `since`.
    """
    asked = {
        "reseller": session.reseller_id,
        "account": account_id,
        "since": since,
        "until": until,
        "low": closing.first_id(since),
        "high": closing.last_id(until),
        "zone": time_zone,
        "together": [each.value for each in together],
        "limit": single_max + 1,
    }
    rows = session.execute(_SUMS, asked).all()
    if len(rows) > single_max:
        every = {"together": [each.value for each in TransferCode], "limit": None}
        rows = session.execute(_SUMS, asked | every).all()
    return [
        Sum(
            day=row.day,
            code=TransferCode(row.code),
            amount=int(row.amount),
            count=row.times,
            description=row.description,
            reversed=row.reversed,
        )
        for row in rows
    ]
