"""Which sub-account has which package since when, what was charged for it, and vouchers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import (
    Base,
    Code,
    Day,
    Id,
    Micros,
    Moment,
    ResellerOwned,
    Text,
    belongs_to,
)


class Assignment(ResellerOwned, Base):
    """A package given to a sub-account; its billing day is the day of the month it began on."""

    __tablename__ = "assignments"

    id: Mapped[Id]
    sub_account_id: Mapped[int] = mapped_column(BigInteger)
    package_id: Mapped[int] = mapped_column(BigInteger)
    assigned_on: Mapped[Day]
    billed_until: Mapped[Day]
    """The first day whose fee was not charged yet."""
    periods_billed: Mapped[int] = mapped_column(Integer, server_default="0")
    billing_day: Mapped[int] = mapped_column(Integer)
    ended_on: Mapped[Day | None]

    __table_args__ = (
        belongs_to("sub_accounts", "sub_account_id"),
        belongs_to("packages", "package_id"),
        CheckConstraint("billing_day BETWEEN 1 AND 31", name="billing_day"),
        Index(
            "uq_assignments_current",
            "reseller_id",
            "sub_account_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
    )


class BilledPeriod(ResellerOwned, Base):
    """A period of an assignment or of a number whose fee was charged: once, whoever asks again.

    `period` counts the periods of its owner from 0; -1 is the set-up.
    """

    __tablename__ = "billed_periods"

    owner_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    period: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(BigInteger)
    begins_on: Mapped[Day]
    amount: Mapped[Micros]
    currency: Mapped[Code]
    charged_at: Mapped[Moment]

    __table_args__ = (belongs_to("clients", "client_id"),)


class Voucher(ResellerOwned, Base):
    """A code that is worth money, once for each client until its last use."""

    __tablename__ = "vouchers"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40))
    amount: Mapped[Micros]
    currency: Mapped[Code]
    description: Mapped[Text] = mapped_column(server_default="")
    uses_left: Mapped[int] = mapped_column(Integer)
    expires_on: Mapped[Day | None]
    """The last day on which it is taken, in the reseller's time zone."""
    created_at: Mapped[Moment]
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "code"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("uses_left >= 0", name="uses_not_negative"),
    )


class VoucherUse(ResellerOwned, Base):
    """A voucher that a client has used."""

    __tablename__ = "voucher_uses"

    voucher_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    transfer_id: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[Moment]

    __table_args__ = (
        belongs_to("vouchers", "voucher_id"),
        belongs_to("clients", "client_id"),
        belongs_to("transfers", "transfer_id"),
    )
