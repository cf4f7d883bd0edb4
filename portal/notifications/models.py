"""The wording that resellers chose, the mails that were written with it, and how they go out."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Id, Moment, ResellerOwned, Text


class Wording(ResellerOwned, Base):
    """A reseller's own subject and body for one notice in one language."""

    __tablename__ = "wordings"

    notice: Mapped[Code] = mapped_column(primary_key=True)
    language: Mapped[Code] = mapped_column(primary_key=True)
    subject: Mapped[Text]
    body: Mapped[Text]
    default_hash: Mapped[Text] = mapped_column(default="", server_default="")
    """Of the words that came with the theme when these were written; empty where not known."""

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
    tried_at: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    error: Mapped[Text] = mapped_column(default="", server_default="")
    """What was said last when it was not taken; of the operator's relay, for the operator alone."""
    trouble: Mapped[Code] = mapped_column(default="", server_default="")
    """What kind of error that was, as `portal.infra.mail_errors.Trouble` has them."""
    from_address: Mapped[Text] = mapped_column(default="", server_default="")
    """The own address that it said to be from when it was tried last, if it did."""
    through_own: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    """Whether it was tried last through the reseller's own server."""
    repeats_id: Mapped[int | None] = mapped_column(BigInteger)
    """The mail that somebody sent again by this one; it may be forgotten by now."""

    papers: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    """The files that go with it: named here, read when it goes out."""

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        Index("ix_mails_client", "reseller_id", "client_id", "id"),
        Index(
            "ix_mails_refused",
            "reseller_id",
            "id",
            postgresql_where=sql("refused_at IS NOT NULL"),
        ),
        Index(
            "ix_mails_unsent",
            "reseller_id",
            "id",
            postgresql_where=sql("sent_at IS NULL AND refused_at IS NULL"),
        ),
    )


class MailSender(ResellerOwned, Base):
    """Whom a reseller's mails say to be from; what is empty is the portal's own."""

    __tablename__ = "mail_senders"

    name: Mapped[Text] = mapped_column(default="", server_default="")
    address: Mapped[Text] = mapped_column(default="", server_default="")
    reply_to: Mapped[Text] = mapped_column(default="", server_default="")

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)


class MailServer(ResellerOwned, Base):
    """A reseller's own SMTP server, and how it has been doing."""

    __tablename__ = "mail_servers"

    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int] = mapped_column(Integer)
    security: Mapped[Code]
    user: Mapped[Text]
    password: Mapped[Text]
    """Sealed; empty where there is none."""
    proven_at: Mapped[Moment | None]
    """When it took a test mail with these settings; before that nothing else goes through it."""
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many tries in a row it has failed."""
    failing_since: Mapped[Moment | None]
    paused_until: Mapped[Moment | None]
    """Until then mails go through the operator's relay."""
    told_at: Mapped[Moment | None]
    """When the reseller was last written to about that."""
    trouble: Mapped[Code] = mapped_column(default="", server_default="")
    answer: Mapped[Text] = mapped_column(default="", server_default="")

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("security IN ('starttls', 'tls', 'none')", name="security"),
    )


class MailKey(ResellerOwned, Base):
    """A key that signs mails from one domain (DKIM), once its record was found in the DNS."""

    __tablename__ = "mail_keys"

    id: Mapped[Id]
    domain: Mapped[str] = mapped_column(String(253))
    selector: Mapped[str] = mapped_column(String(63))
    private_key: Mapped[Text]
    """Sealed."""
    public_key: Mapped[Text]
    created_at: Mapped[Moment]
    proven_at: Mapped[Moment | None]
    looked_at: Mapped[Moment | None]
    found: Mapped[Code] = mapped_column(default="", server_default="")
    """What the last look into the DNS has found."""

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "domain", "selector"),
    )
