"""Recompute every balance from the transfers, and name each row that disagrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from portal.infra.db import ResellerSession


@dataclass(frozen=True)
class Disagreement:
    """One row of the books that does not agree with the transfers."""

    reseller_id: int
    row: str
    says: int
    adds_up_to: int

    def __str__(self) -> str:
        return (
            f"reseller {self.reseller_id}, {self.row}: says {self.says},"
            f" transfers add up to {self.adds_up_to}"
        )


@dataclass(frozen=True)
class Proof:
    """What was counted, and what disagrees (nothing, if the books agree)."""

    accounts: int
    transfers: int
    disagreements: Sequence[Disagreement]

    @property
    def agrees(self) -> bool:
        """Whether every running sum is what its transfers add up to."""
        return not self.disagreements


# One statement sees one snapshot, so the proof holds while messages are being sent.
_SUMS = text(
    """
    WITH moved AS (
        SELECT reseller_id, account_id, sum(debit)::bigint AS debits, sum(credit)::bigint AS credits
          FROM (SELECT reseller_id, debit_id AS account_id, amount AS debit, 0 AS credit
                  FROM transfers
                 UNION ALL
                SELECT reseller_id, credit_id, 0, amount FROM transfers) AS sides
         GROUP BY reseller_id, account_id)
    SELECT a.reseller_id, a.id, a.code, a.unit, a.limited, a.overdraft, a.debits, a.credits,
           coalesce(m.debits, 0) AS moved_debits, coalesce(m.credits, 0) AS moved_credits
      FROM ledger_accounts a
      LEFT JOIN moved m ON m.reseller_id = a.reseller_id AND m.account_id = a.id
     ORDER BY a.reseller_id, a.id
    """
)

_COUNT = text("SELECT count(*) FROM transfers")


def prove(session: ResellerSession) -> Proof:
    """Add up all transfers that this session sees and compare each running sum with them.

    With `Database.across_resellers` that is the whole ledger; otherwise one reseller's book.
    """
    session.execute(text("SET LOCAL statement_timeout = 0"))
    disagreements = []
    accounts = 0
    for row in session.execute(_SUMS):
        accounts += 1
        name = f"account {row.id} ({row.code}, {row.unit})"
        if row.limited and row.debits != row.moved_debits:
            disagreements.append(
                Disagreement(row.reseller_id, f"{name} debits", row.debits, row.moved_debits)
            )
        if row.limited and row.credits != row.moved_credits:
            disagreements.append(
                Disagreement(row.reseller_id, f"{name} credits", row.credits, row.moved_credits)
            )
    return Proof(accounts, session.scalars(_COUNT).one(), disagreements)
