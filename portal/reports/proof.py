"""Prove that money and messages agree: the books in themselves, and with every message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from portal.infra.db import ResellerSession
from portal.ledger import proof as ledger_proof
from portal.reports import discrepancies


@dataclass(frozen=True)
class Proof:
    """What was counted, and a sentence for each row that disagrees: none, if the books agree."""

    accounts: int
    transfers: int
    messages: int
    disagreements: Sequence[str]

    @property
    def agrees(self) -> bool:
        """Whether nothing disagrees."""
        return not self.disagreements


_COUNT = text("SELECT count(*) FROM messages")


def prove(session: ResellerSession) -> Proof:
    """Recompute all that this session sees: balances, charges, refunds, and how low wallets went.

    With `Database.across_resellers` that is everything. Messages may be sent meanwhile: each check
    is one statement, and what belongs together is committed together.
    """
    books = ledger_proof.prove(session)  # it also takes the time limit off this transaction
    return Proof(
        accounts=books.accounts,
        transfers=books.transfers,
        messages=session.scalar(_COUNT) or 0,
        disagreements=[
            *map(str, books.disagreements),
            *discrepancies.charges(session),
            *discrepancies.refunds(session),
            *discrepancies.lost(session),
            *discrepancies.too_low(session),
        ],
    )
