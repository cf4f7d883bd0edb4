"""Telephones that clients have shown to be theirs, and the trial credit that they had for it."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Micros, Moment, ResellerOwned, belongs_to


class PhoneCheck(ResellerOwned, Base):
    """The telephone that a client says is its own, and whether a code sent there came back."""

    __tablename__ = "phone_checks"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    """A plus and digits."""
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    proven_at: Mapped[Moment | None]

    __table_args__ = (belongs_to("clients", "client_id"),)


class TrialCredit(ResellerOwned, Base):
    """What a client was given to try the portal with: once for it, its telephone and its address.

    The two are hashes, and stay when the client is erased: whoever comes again has had it.
    """

    __tablename__ = "trial_credits"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64))
    email_hash: Mapped[str] = mapped_column(String(64))
    transfer_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[Micros]
    currency: Mapped[Code]
    credited_at: Mapped[Moment]

    __table_args__ = (
        belongs_to("clients", "client_id"),
        belongs_to("transfers", "transfer_id"),
        UniqueConstraint("reseller_id", "phone_hash"),
        UniqueConstraint("reseller_id", "email_hash"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
