"""Resellers, their host names and their looks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Json, Moment, ResellerOwned, Text, belongs_to


class Reseller(Base):
    """A firm with a portal of its own. Number 0 is the operator, whose portal is the console."""

    __tablename__ = "resellers"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Text]
    currency: Mapped[Code]
    language: Mapped[Code]
    time_zone: Mapped[Code]
    country: Mapped[Code]
    email: Mapped[Text]
    last_client_number: Mapped[int] = mapped_column(
        BigInteger, default=100_000, server_default="100000"
    )
    suspended_at: Mapped[Moment | None]
    settings: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    created_at: Mapped[Moment]


class Hostname(ResellerOwned, Base):
    """A name that a portal answers to; exactly one of a reseller's is in its links."""

    __tablename__ = "hostnames"

    name: Mapped[str] = mapped_column(String(253), primary_key=True)
    primary: Mapped[bool] = mapped_column(Boolean)
    proven_at: Mapped[Moment | None]

    __table_args__ = (
        Index("uq_hostnames_name", "name", unique=True),
        Index(
            "uq_hostnames_primary",
            "reseller_id",
            unique=True,
            postgresql_where=text('"primary"'),
        ),
        CheckConstraint("name = lower(name)", name="lower_case"),
    )


class Brand(ResellerOwned, Base):
    """How a portal looks: values only, rendered to one stylesheet."""

    __tablename__ = "brands"

    reseller_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("resellers.id"), primary_key=True
    )
    title: Mapped[Text]
    theme: Mapped[Code] = mapped_column(server_default="default")
    colours: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    welcome: Mapped[Text] = mapped_column(default="", server_default="")
    sheet: Mapped[Text]
    sheet_hash: Mapped[str] = mapped_column(String(16), index=True)
    logo_light: Mapped[str | None] = mapped_column(String(32))
    """The image that is drawn for a light ground."""
    logo_dark: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = (
        belongs_to("images", "logo_light", key="hash"),
        belongs_to("images", "logo_dark", key="hash"),
    )


class Image(ResellerOwned, Base):
    """A picture as it is served: drawn anew from what was given, and named by its content."""

    __tablename__ = "images"

    hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    media_type: Mapped[Code]
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)
