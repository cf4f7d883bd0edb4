"""What each reseller's money amounts to: its cover, and all that may still draw on it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

import phonenumbers
from sqlalchemy import text

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.tenancy import resellers

SPENDING_DAYS: Final = 7
"""How many days that are over the runway is told from."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """What a reseller has and owes in one currency: amounts in millionths, messages counted.

    `credit_open` is what clients with a limit may still draw, `unlimited` how many have none.
    `quota_cost` estimates what `quota_parts` will cost, None where no rate says it. `runway_days`
    is how long the cover lasts if spending stays as it was, None where nothing was spent.
    """

    reseller_id: int
    name: str
    number: int
    suspended: bool
    currency: str
    cover: int
    balances: int
    debts: int
    credit_open: int
    unlimited: int
    receivables: int
    quota_parts: int
    quota_cost: int | None
    quota_unlimited: int
    in_flight: int
    in_flight_cost: int
    unknown: int
    unknown_cost: int
    spent_per_day: int

    @property
    def runway_days(self) -> int | None:
        """Whole days; 0 where there is no cover."""
        if self.spent_per_day <= 0:
            return None
        return max(0, self.cover // self.spent_per_day)


_POSITIONS: Final = text(
    """
    WITH money AS (
        SELECT reseller_id, unit AS currency,
               sum(balance) FILTER (WHERE code = 'cover') AS cover,
               sum(balance) FILTER (WHERE code = 'wallet' AND balance > 0) AS balances,
               -sum(balance) FILTER (WHERE code = 'wallet' AND balance < 0) AS debts,
               sum(overdraft + least(balance, 0)) FILTER (WHERE code = 'wallet') AS credit_open,
               count(*) FILTER (WHERE code = 'wallet' AND overdraft IS NULL) AS unlimited,
               -sum(balance) FILTER (WHERE code = 'receivable') AS receivables
          FROM (SELECT reseller_id, unit, code, overdraft, credits - debits AS balance
                  FROM ledger_accounts
                 WHERE limited AND code IN ('cover', 'wallet', 'receivable')) AS held
         GROUP BY 1, 2),
    quotas AS (
        SELECT s.reseller_id, c.currency, sum(a.credits - a.debits) AS parts,
               count(*) FILTER (WHERE s.quota_unlimited) AS unlimited
          FROM sub_accounts s
          JOIN clients c ON c.reseller_id = s.reseller_id AND c.id = s.client_id
          LEFT JOIN ledger_accounts a
            ON a.reseller_id = s.reseller_id AND a.id = s.quota_account_id
         WHERE s.closed_at IS NULL AND (s.quota_unlimited OR s.quota_account_id IS NOT NULL)
         GROUP BY 1, 2),
    flight AS (
        SELECT reseller_id, currency,
               count(*) FILTER (WHERE status <> 'unknown') AS messages,
               sum(cost) FILTER (WHERE status <> 'unknown') AS cost,
               count(*) FILTER (WHERE status = 'unknown') AS unknown,
               sum(cost) FILTER (WHERE status = 'unknown') AS unknown_cost
          FROM messages
         WHERE status IN ('scheduled', 'accepted', 'submitting', 'unknown')
         GROUP BY 1, 2),
    spending AS (
        SELECT a.reseller_id, a.unit AS currency,
               sum(d.debits) / greatest(:today - min(d.day), 1) AS per_day
          FROM ledger_accounts a
          JOIN daily_closings d ON d.reseller_id = a.reseller_id AND d.account_id = a.id
         WHERE a.code = 'cover' AND d.day >= :since AND d.day < :today
         GROUP BY 1, 2),
    listed AS (
        SELECT id AS reseller_id, currency FROM resellers
         UNION SELECT reseller_id, currency FROM money
         UNION SELECT reseller_id, currency FROM quotas
         UNION SELECT reseller_id, currency FROM flight)
    SELECT r.id, r.name, r.number, r.suspended_at IS NOT NULL AS suspended, l.currency,
           coalesce(m.cover, 0)::bigint AS cover, coalesce(m.balances, 0)::bigint AS balances,
           coalesce(m.debts, 0)::bigint AS debts,
           coalesce(m.credit_open, 0)::bigint AS credit_open,
           coalesce(m.unlimited, 0) AS unlimited,
           coalesce(m.receivables, 0)::bigint AS receivables,
           coalesce(q.parts, 0)::bigint AS quota_parts,
           coalesce(q.unlimited, 0) AS quota_unlimited,
           coalesce(f.messages, 0) AS in_flight, coalesce(f.cost, 0)::bigint AS in_flight_cost,
           coalesce(f.unknown, 0) AS unknown,
           coalesce(f.unknown_cost, 0)::bigint AS unknown_cost,
           coalesce(s.per_day, 0)::bigint AS spent_per_day,
           (SELECT t.price
              FROM price_lists p
              JOIN rates t ON t.reseller_id = p.reseller_id AND t.list_id = p.id
             WHERE q.parts > 0 AND p.reseller_id = r.id AND p.package_id = 0
               AND p.route = 'value' AND p.currency = l.currency
               AND t.valid_from <= :today AND t.prefix = ANY(beginnings.of_number)
             ORDER BY length(t.prefix) DESC, t.valid_from DESC
             LIMIT 1) AS part_cost
      FROM listed l
      JOIN resellers r ON r.id = l.reseller_id AND r.id <> :operator
      LEFT JOIN money m ON m.reseller_id = l.reseller_id AND m.currency = l.currency
      LEFT JOIN quotas q ON q.reseller_id = l.reseller_id AND q.currency = l.currency
      LEFT JOIN flight f ON f.reseller_id = l.reseller_id AND f.currency = l.currency
      LEFT JOIN spending s ON s.reseller_id = l.reseller_id AND s.currency = l.currency
     CROSS JOIN LATERAL (
           SELECT ARRAY(SELECT left(h.digits, n) FROM generate_series(1, length(h.digits)) AS n)
                  AS of_number
             FROM (SELECT CAST(:homes AS jsonb) ->> r.country AS digits) AS h) AS beginnings
     ORDER BY lower(r.name), r.number, l.currency
    """
)


def positions(session: ResellerSession) -> list[Position]:
    """Every reseller's position in each of its currencies, by name; in one statement.

    In a session across resellers. Parts of quotas are estimated by the rate of a mobile number in
    the reseller's own country.
    """
    today = clock.now().date()
    rows = session.execute(
        _POSITIONS,
        {
            "today": today,
            "since": today - timedelta(days=SPENDING_DAYS),
            "operator": resellers.OPERATOR_ID,
            "homes": _homes(),
        },
    )
    return [
        Position(
            reseller_id=row.id,
            name=row.name,
            number=row.number,
            suspended=row.suspended,
            currency=row.currency,
            cover=row.cover,
            balances=row.balances,
            debts=row.debts,
            credit_open=row.credit_open,
            unlimited=row.unlimited,
            receivables=row.receivables,
            quota_parts=row.quota_parts,
            quota_cost=_quota_cost(row.quota_parts, row.part_cost),
            quota_unlimited=row.quota_unlimited,
            in_flight=row.in_flight,
            in_flight_cost=row.in_flight_cost,
            unknown=row.unknown,
            unknown_cost=row.unknown_cost,
            spent_per_day=row.spent_per_day,
        )
        for row in rows
    ]


def totals(found: Iterable[Position]) -> list[Position]:
    """The sums of each currency, by its code; nothing is converted."""
    by_currency: dict[str, list[Position]] = {}
    for each in found:
        by_currency.setdefault(each.currency, []).append(each)
    return [_sum(currency, by_currency[currency]) for currency in sorted(by_currency)]


def _sum(currency: str, rows: list[Position]) -> Position:
    def of(name: str) -> int:
        return sum(getattr(row, name) or 0 for row in rows)

    return Position(
        reseller_id=0,
        name="",
        number=0,
        suspended=False,
        currency=currency,
        cover=of("cover"),
        balances=of("balances"),
        debts=of("debts"),
        credit_open=of("credit_open"),
        unlimited=of("unlimited"),
        receivables=of("receivables"),
        quota_parts=of("quota_parts"),
        quota_cost=of("quota_cost"),
        quota_unlimited=of("quota_unlimited"),
        in_flight=of("in_flight"),
        in_flight_cost=of("in_flight_cost"),
        unknown=of("unknown"),
        unknown_cost=of("unknown_cost"),
        spent_per_day=of("spent_per_day"),
    )


def _quota_cost(parts: int, part_cost: int | None) -> int | None:
    if not parts:
        return 0
    return None if part_cost is None else parts * part_cost


@cache
def _homes() -> str:
    """The digits of some mobile number of every country, as JSON."""
    examples = {
        country: phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
        for country in phonenumbers.SUPPORTED_REGIONS
    }
    return json.dumps(
        {
            country: f"{number.country_code}{number.national_number}"
            for country, number in examples.items()
            if number is not None
        }
    )
