"""Visits of the operator's people to a reseller's portal."""

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

from portal.infra.columns import Base, Id, Moment, ResellerOwned, Text


class Visit(ResellerOwned, Base):
    """A ticket to a reseller's portal, and the session that it became: one row, used once.

    `visitor_id` is a person of the operator's, whose rows no reseller sees, so that it is a number
    here and nothing more. The visit has no person of the reseller's: nobody's password, sessions or
    keys are touched by it.
    """

    __tablename__ = "visits"

    id: Mapped[Id]
    visitor_id: Mapped[int] = mapped_column(BigInteger)
    visitor_epoch: Mapped[int] = mapped_column(Integer)
    """Of the visitor's sessions when the ticket was made: a visit ends with them."""
    reason: Mapped[Text] = mapped_column(default="", server_default="")
    host: Mapped[str] = mapped_column(String(253))
    ticket_hash: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[Moment]
    ticket_until: Mapped[Moment]
    hash: Mapped[str | None] = mapped_column(String(64))
    """Of the cookie that the visitor's browser has on the host."""
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    begun_at: Mapped[Moment | None]
    until: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "ticket_hash"),
        UniqueConstraint("reseller_id", "hash"),
        CheckConstraint(
            "(hash IS NULL) = (begun_at IS NULL) AND (until IS NULL) = (begun_at IS NULL)",
            name="begun_with_a_cookie",
        ),
        CheckConstraint("ended_at IS NULL OR begun_at IS NOT NULL", name="ends_after_it_began"),
        CheckConstraint("until <= begun_at + interval '30 minutes'", name="leash"),
        CheckConstraint("ticket_until <= asked_at + interval '1 minute'", name="ticket_is_short"),
        Index(
            "ix_visits_open",
            "reseller_id",
            "until",
            postgresql_where=text("begun_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )
