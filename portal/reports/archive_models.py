"""Copies of all that is kept of a client, made to be fetched within some days."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Id, Moment, ResellerOwned, belongs_to


class ClientArchive(ResellerOwned, Base):
    """A copy that somebody asked for: being made, made, or failed.

    What the client's own people asked for is for them, what staff asked for is for staff.
    `with_amounts` is whether its reader is shown amounts.
    """

    __tablename__ = "client_archives"

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(BigInteger)
    asked_by_id: Mapped[int | None] = mapped_column(BigInteger)
    by_client: Mapped[bool] = mapped_column(Boolean)
    with_amounts: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[Code]
    time_zone: Mapped[Code]
    asked_at: Mapped[Moment]
    made_at: Mapped[Moment | None]
    failed_at: Mapped[Moment | None]
    expires_at: Mapped[Moment | None]
    bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")

    __table_args__ = (
        belongs_to("clients", "client_id"),
        Index("ix_client_archives_client", "reseller_id", "client_id", "id"),
        Index(
            "uq_client_archives_open",
            "reseller_id",
            "client_id",
            "by_client",
            unique=True,
            postgresql_where=text("made_at IS NULL AND failed_at IS NULL"),
        ),
        CheckConstraint(
            "made_at IS NULL OR (failed_at IS NULL AND expires_at IS NOT NULL)",
            name="made_or_failed",
        ),
    )


class ClientArchivePiece(ResellerOwned, Base):
    """A part of a copy's bytes, in their order."""

    __tablename__ = "client_archive_pieces"

    archive_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        ForeignKeyConstraint(
            ["reseller_id", "archive_id"],
            ["client_archives.reseller_id", "client_archives.id"],
            ondelete="CASCADE",
        ),
    )
