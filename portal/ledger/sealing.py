"""What is sealed of a transfer: all of it, but for words that must be erasable."""

from __future__ import annotations

from typing import Final

from portal.infra import seals
from portal.ledger.models import Transfer

BOOK: Final = seals.Book(
    name="transfers",
    row="transfer",
    table=Transfer,
    columns=(
        "reseller_id", "id", "debit_id", "credit_id", "unit", "amount", "code", "cause_id", "n",
        "reverses_id", "actor_id", "at",
    ),
)  # fmt: skip
