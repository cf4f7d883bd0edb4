"""Which resellers were reminded of invoices that are overdue, and when."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Day, ResellerOwned, belongs_to


class InvoiceReminder(ResellerOwned, Base):
    """An invoice of which its reseller was reminded; a row of the operator's."""

    __tablename__ = "invoice_reminders"

    invoice_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    reminded_on: Mapped[Day]
    """The last time, by the operator's calendar."""

    __table_args__ = (
        belongs_to("invoices", "invoice_id"),
        CheckConstraint("reseller_id = 0", name="operators"),
    )
