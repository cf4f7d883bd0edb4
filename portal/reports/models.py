"""What proofs of the books have found."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Id, Json, Moment


class ProofRecord(Base):
    """One proof of all books: when, of how much, how long it took, and what disagreed.

    `findings` are the first of the `disagreements`; `heads` the newest seal of each book then.
    """

    __tablename__ = "proofs"

    id: Mapped[Id]
    at: Mapped[Moment]
    milliseconds: Mapped[int] = mapped_column(BigInteger)
    accounts: Mapped[int] = mapped_column(BigInteger)
    transfers: Mapped[int] = mapped_column(BigInteger)
    messages: Mapped[int] = mapped_column(BigInteger)
    days: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[int] = mapped_column(BigInteger)
    disagreements: Mapped[int] = mapped_column(BigInteger)
    findings: Mapped[list[str]] = mapped_column(ARRAY(String))
    heads: Mapped[Json]
