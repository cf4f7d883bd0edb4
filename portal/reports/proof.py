"""Prove that money and messages agree: the books in themselves, and with every message."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select, text

from portal.accounts import activity, activity_proof
from portal.infra import clock, ids, seal_proof, seals
from portal.infra.db import ResellerSession
from portal.infra.seals import Head
from portal.ledger import closing, sealing
from portal.ledger import proof as ledger_proof
from portal.reports import deposit_discrepancies, discrepancies, fee_discrepancies
from portal.reports.models import ProofRecord
from portal.tenancy import models as _  # noqa: F401 - foreign keys lead to its tables

BOOKS: Final = (sealing.BOOK, activity.BOOK)
"""What is sealed."""

FINDINGS_KEPT: Final = 100


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What was counted, and a sentence for each row that disagrees: none, if the books agree."""

    at: datetime
    milliseconds: int
    accounts: int
    transfers: int
    messages: int
    days: int
    """How many closed days were added up anew."""
    sealed: int
    """How many transfers and acts were compared with their seals."""
    disagreements: Sequence[str]
    """The first of them, where it is read from what was kept."""
    disagree: int
    heads: dict[str, Head] = field(default_factory=dict)
    """The newest seal of each book: who keeps them elsewhere can tell if all were made anew."""

    @property
    def agrees(self) -> bool:
        """Whether nothing disagrees."""
        return not self.disagree


_COUNT = text("SELECT count(*) FROM messages")


def prove(session: ResellerSession) -> Proof:
    """Recompute all that this session sees: balances, days, seals, charges, refunds, low wallets.

    With `Database.across_resellers` that is everything. Messages may be sent meanwhile: each check
    is one statement, and what belongs together is committed together.
    """
    at, begun = clock.now(), time.monotonic_ns()
    before = last(session)
    known = before.heads if before is not None else {}
    books = ledger_proof.prove(session)  # it also takes the time limit off this transaction
    # Rows by their names come first: one that was changed may disturb many sums, and only so many
    # sentences are kept and shown.
    found = [
        *(
            sentence
            for book in BOOKS
            for sentence in seal_proof.disagreements(session, book, known=known.get(book.name))
        ),
        *activity_proof.disagreements(session),
        *discrepancies.charges(session),
        *discrepancies.refunds(session),
        *fee_discrepancies.incoming(session),
        *fee_discrepancies.fees(session),
        *fee_discrepancies.vouchers(session),
        *fee_discrepancies.trial_credits(session),
        *deposit_discrepancies.credited(session),
        *deposit_discrepancies.takings(session),
        *discrepancies.lost(session),
        *discrepancies.too_low(session),
        *map(str, books.disagreements),
        *closing.disagreements(session),
    ]
    newest = {book.name: seals.head(session, book) for book in BOOKS}
    return Proof(
        at=at,
        milliseconds=(time.monotonic_ns() - begun) // 1_000_000,
        accounts=books.accounts,
        transfers=books.transfers,
        messages=session.scalar(_COUNT) or 0,
        days=closing.count(session),
        sealed=sum(seals.count(session, book) for book in BOOKS),
        disagreements=found,
        disagree=len(found),
        heads={name: head for name, head in newest.items() if head is not None},
    )


def keep(session: ResellerSession, proof: Proof) -> None:
    """Keep what a proof of all books has found, for whoever looks later."""
    session.add(
        ProofRecord(
            id=ids.new(),
            at=proof.at,
            milliseconds=proof.milliseconds,
            accounts=proof.accounts,
            transfers=proof.transfers,
            messages=proof.messages,
            days=proof.days,
            sealed=proof.sealed,
            disagreements=proof.disagree,
            findings=list(proof.disagreements[:FINDINGS_KEPT]),
            heads={name: asdict(head) for name, head in proof.heads.items()},
        )
    )


def last(session: ResellerSession) -> Proof | None:
    """The newest proof that was kept; None before the first."""
    kept = session.scalars(select(ProofRecord).order_by(ProofRecord.id.desc()).limit(1)).first()
    if kept is None:
        return None
    return Proof(
        at=kept.at,
        milliseconds=kept.milliseconds,
        accounts=kept.accounts,
        transfers=kept.transfers,
        messages=kept.messages,
        days=kept.days,
        sealed=kept.sealed,
        disagreements=kept.findings,
        disagree=kept.disagreements,
        heads={name: Head(**head) for name, head in kept.heads.items()},
    )
