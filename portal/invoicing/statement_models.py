"""The PDFs of monthly statements, and which clients have them by mail."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Day, Moment, ResellerOwned, belongs_to


class StatementFile(ResellerOwned, Base):
    """The PDF of a wallet's statement for a month that is over."""

    __tablename__ = "statement_files"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    month: Mapped[Day] = mapped_column(primary_key=True)
    """Its first day."""
    currency: Mapped[Code] = mapped_column(primary_key=True)
    made_at: Mapped[Moment]
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        belongs_to("clients", "client_id"),
        CheckConstraint("extract(day FROM month) = 1", name="month_by_its_first_day"),
    )


class StatementMail(ResellerOwned, Base):
    """A client that has its statements by mail; without a row it has none."""

    __tablename__ = "statement_mails"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    month: Mapped[Day]
    """The first day of the last month that was sent, or that was over when it was asked for."""

    __table_args__ = (
        belongs_to("clients", "client_id"),
        CheckConstraint("extract(day FROM month) = 1", name="month_by_its_first_day"),
    )
