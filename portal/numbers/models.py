"""The numbers that messages come in on: a reseller's stock, and who has which."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Day, Id, Micros, Moment, ResellerOwned, belongs_to


class InboundNumber(ResellerOwned, Base):
    """A number of a reseller's, in stock or connected to a client's sub-account.

    `digits` is E.164 without its plus. Fees are millionths of `currency`; without a
    `fee_per_message` it is not the number that says what an incoming message costs. With a
    `gateway_id`, messages to it come in through that gateway alone.
    """

    __tablename__ = "inbound_numbers"

    id: Mapped[Id]
    digits: Mapped[str] = mapped_column(String(15))
    country: Mapped[str] = mapped_column(String(2))
    gateway_id: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[Code]
    setup_fee: Mapped[Micros] = mapped_column(server_default="0")
    monthly_fee: Mapped[Micros] = mapped_column(server_default="0")
    fee_per_message: Mapped[Micros | None]
    created_at: Mapped[Moment]

    client_id: Mapped[int | None] = mapped_column(BigInteger)
    sub_account_id: Mapped[int | None] = mapped_column(BigInteger)
    connection_id: Mapped[int | None] = mapped_column(BigInteger)
    """New with every connection: what the fees of one have as their cause."""
    assigned_on: Mapped[Day | None]
    billing_day: Mapped[int | None] = mapped_column(Integer)
    billed_until: Mapped[Day | None]
    """The first day whose monthly fee was not charged yet."""
    periods_billed: Mapped[int] = mapped_column(Integer, server_default="0")

    ended_on: Mapped[Day | None]
    """Since when it is no longer the reseller's; another may have it from then on."""

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        belongs_to("clients", "client_id"),
        belongs_to("sub_accounts", "sub_account_id"),
        CheckConstraint("digits ~ '^[1-9][0-9]{6,14}$'", name="digits"),
        CheckConstraint(
            "setup_fee >= 0 AND monthly_fee >= 0 AND coalesce(fee_per_message, 0) >= 0",
            name="fees_not_negative",
        ),
        CheckConstraint(
            "num_nulls(client_id, sub_account_id, connection_id, assigned_on, billing_day,"
            " billed_until) IN (0, 6)",
            name="connected_or_not",
        ),
        CheckConstraint("billing_day BETWEEN 1 AND 31", name="billing_day"),
        CheckConstraint("ended_on IS NULL OR client_id IS NULL", name="ended_in_stock"),
        # Of the whole installation: a message comes in with nothing but the number to go by. Row
        # security hides other resellers' rows from queries, not from a unique index.
        Index(
            "uq_inbound_numbers_digits",
            "digits",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_inbound_numbers_client", "reseller_id", "client_id"),
    )

    @property
    def e164(self) -> str:
        """The number with its plus."""
        return f"+{self.digits}"
