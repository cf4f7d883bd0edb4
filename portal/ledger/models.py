"""The tables of the books; only `ledger` may touch them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    func,
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


class Account(ResellerOwned, Base):
    """One side of transfers. Its balance is credits less debits, in its unit.

    A limited account keeps both sums running; `overdraft` is how far below zero it may fall: 0 for
    HARD, a number for SOFT with a limit, NULL for SOFT; it holds since `overdraft_since`, so that
    the past can be judged by the rule of its time. A summed account keeps none, so that no shared
    row is touched by every message.
    """

    __tablename__ = "ledger_accounts"

    id: Mapped[Id]
    unit: Mapped[Code]
    code: Mapped[Code]
    owner_id: Mapped[int] = mapped_column(BigInteger)
    limited: Mapped[bool] = mapped_column(Boolean)
    overdraft: Mapped[Micros | None]
    overdraft_since: Mapped[Moment] = mapped_column(server_default=func.now())
    debits: Mapped[Micros] = mapped_column(BigInteger, default=0, server_default="0")
    credits: Mapped[Micros] = mapped_column(BigInteger, default=0, server_default="0")

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "code", "unit", "owner_id"),
        UniqueConstraint("reseller_id", "id", "unit"),
        Index("ix_ledger_accounts_owner", "reseller_id", "owner_id"),
        CheckConstraint("debits >= 0 AND credits >= 0", name="sums_not_negative"),
        CheckConstraint("overdraft IS NULL OR overdraft >= 0", name="overdraft_not_negative"),
        CheckConstraint(
            "NOT limited OR overdraft IS NULL OR credits - debits >= -overdraft",
            name="within_overdraft",
        ),
        CheckConstraint(
            "limited OR (debits = 0 AND credits = 0 AND overdraft IS NULL)",
            name="summed_keeps_no_balance",
        ),
    )


def _in_the_unit_of(column: str) -> ForeignKeyConstraint:
    """Both sides are accounts of the transfer's own unit: nothing is converted, not by mistake."""
    return ForeignKeyConstraint(
        ["reseller_id", column, "unit"],
        ["ledger_accounts.reseller_id", "ledger_accounts.id", "ledger_accounts.unit"],
    )


class Transfer(ResellerOwned, Base):
    """An amount that moved from one account to another, for ever.

    (reseller, cause, code, n) is its natural key: the same act repeated is the same transfer.
    """

    __tablename__ = "transfers"

    id: Mapped[Id]
    debit_id: Mapped[int] = mapped_column(BigInteger)
    credit_id: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[Code]
    amount: Mapped[Micros]
    code: Mapped[Code]
    cause_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    reverses_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[Moment]

    __table_args__ = (
        _in_the_unit_of("debit_id"),
        _in_the_unit_of("credit_id"),
        belongs_to("transfers", "reverses_id"),
        UniqueConstraint("reseller_id", "cause_id", "code", "n"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_sides"),
        # So that a period is a range of ids, which the indexes below are in order of.
        CheckConstraint(
            "at BETWEEN to_timestamp((id >> 22) * 0.001 + 1704063600)"
            " AND to_timestamp((id >> 22) * 0.001 + 1704070800)",
            name="id_within_an_hour",
        ),
        Index("ix_transfers_debit", "reseller_id", "debit_id", "id"),
        Index("ix_transfers_credit", "reseller_id", "credit_id", "id"),
        Index("ix_transfers_reverses", "reseller_id", "reverses_id"),
        # Rows come in nearly in order of time: a few bytes a block find those of a day.
        Index("ix_transfers_at", "at", postgresql_using="brin"),
    )


class TransferNote(ResellerOwned, Base):
    """The words beside a transfer: apart from it, because they must be erasable."""

    __tablename__ = "transfer_notes"

    transfer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    description: Mapped[Text]

    __table_args__ = (belongs_to("transfers", "transfer_id"),)


class DailyClosing(ResellerOwned, Base):
    """What moved on an account on a day (UTC), and what it held at the day's end.

    There is none for a day on which nothing moved.
    """

    __tablename__ = "daily_closings"

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    day: Mapped[Day] = mapped_column(primary_key=True)
    debits: Mapped[Micros]
    credits: Mapped[Micros]
    balance: Mapped[Micros]

    __table_args__ = (belongs_to("ledger_accounts", "account_id"),)


class ClosedDay(Base):
    """A day (UTC) whose sums are made, for every reseller: nothing can be added to it any more."""

    __tablename__ = "closed_days"

    day: Mapped[Day] = mapped_column(primary_key=True)
    closed_at: Mapped[Moment]
