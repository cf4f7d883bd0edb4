"""The months that resellers have worked on a limit, each as it was settled once and for ever."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Day, Micros, Moment, ResellerOwned


class CoverMonth(ResellerOwned, Base):
    """What a reseller has used of its cover in a month; a row of the operator's, in millionths.

    One for each reseller, currency and month: that is what makes its invoice be issued once.
    """

    __tablename__ = "cover_months"

    payer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    currency: Mapped[Code] = mapped_column(primary_key=True)
    month: Mapped[Day] = mapped_column(primary_key=True)
    """Its first day."""
    made_at: Mapped[Moment]
    messages: Mapped[Micros]
    """What messages cost, less what was given back for some."""
    fees: Mapped[Micros]
    gross: Mapped[Micros]
    """What is on the month's invoice; there is none where this is zero."""
    held: Mapped[Micros]
    """What the cover held when the month ended; below zero, that was owed."""
    invoiced: Mapped[Micros]
    """What all invoices for its payments came to until then, less what was credited of them."""
    ahead: Mapped[Micros]
    """What is invoiced and not used yet; below zero, a rest too small for a coin."""
    overdraft: Mapped[Micros]
    """How far below zero the cover could go then; zero once it was prepaid again."""

    __table_args__ = (
        ForeignKeyConstraint(["payer_id"], ["resellers.id"]),
        CheckConstraint("reseller_id = 0 AND payer_id <> 0", name="operator_to_resellers"),
        CheckConstraint("extract(day FROM month) = 1", name="month_by_its_first_day"),
        CheckConstraint("gross >= 0 AND overdraft >= 0", name="not_below_zero"),
    )
