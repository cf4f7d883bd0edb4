"""The wording that resellers chose, and the mails that were written with it."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Id, Moment, ResellerOwned, Text


class Wording(ResellerOwned, Base):
    """A reseller's own subject and body for one notice in one language."""

    __tablename__ = "wordings"

    notice: Mapped[Code] = mapped_column(primary_key=True)
    language: Mapped[Code] = mapped_column(primary_key=True)
    subject: Mapped[Text]
    body: Mapped[Text]

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)


class Mail(ResellerOwned, Base):
    """A mail that is to be sent, or was."""

    __tablename__ = "mails"

    id: Mapped[Id]
    notice: Mapped[Code]
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    recipient: Mapped[Text]
    sender_name: Mapped[Text]
    reply_to: Mapped[Text]
    subject: Mapped[Text]
    html: Mapped[Text]
    text: Mapped[Text]
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]
    refused_at: Mapped[Moment | None]
    """When it became certain that it cannot be delivered; `error` says why."""
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    error: Mapped[Text] = mapped_column(default="", server_default="")

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        Index(
            "ix_mails_unsent",
            "reseller_id",
            "id",
            postgresql_where=sql("sent_at IS NULL AND refused_at IS NULL"),
        ),
    )
