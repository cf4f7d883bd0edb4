"""Which sub-account has which package since when."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Day, Id, ResellerOwned, belongs_to


class Assignment(ResellerOwned, Base):
    """A package given to a sub-account; its billing day is the day of the month it began on."""

    __tablename__ = "assignments"

    id: Mapped[Id]
    sub_account_id: Mapped[int] = mapped_column(BigInteger)
    package_id: Mapped[int] = mapped_column(BigInteger)
    assigned_on: Mapped[Day]
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
