"""Resellers, their host names and their looks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Json, Moment, ResellerOwned, Text, belongs_to, words
from portal.tenancy.statuses import Finding, GivenBy


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
    """A name that a portal answers to once it is proven; one of a reseller's is in its links.

    Several resellers may ask for one name, and one of them can prove it. A name that was released
    stays for a while, so that nobody else gets it at once.
    """

    __tablename__ = "hostnames"

    name: Mapped[str] = mapped_column(String(253), primary_key=True)
    primary: Mapped[bool] = mapped_column(Boolean)
    given_by: Mapped[GivenBy] = mapped_column(words(GivenBy))
    token: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """What the record has to say that proves it; empty where none is needed."""
    asked_at: Mapped[Moment]
    proven_at: Mapped[Moment | None]
    ready_at: Mapped[Moment | None]
    """Since when it is known to lead to this installation."""
    failing_since: Mapped[Moment | None]
    released_at: Mapped[Moment | None]
    proof: Mapped[Finding] = mapped_column(words(Finding, name="proof"), default=Finding.UNCHECKED)
    reach: Mapped[Finding] = mapped_column(words(Finding, name="reach"), default=Finding.UNCHECKED)
    found_texts: Mapped[Text] = mapped_column(default="", server_default="")
    found_addresses: Mapped[Text] = mapped_column(default="", server_default="")
    mail: Mapped[Finding] = mapped_column(
        words(Finding, name="mail"), default=Finding.UNCHECKED, server_default="unchecked"
    )
    """Whether its mail goes to where this installation takes Email2SMS."""
    found_mail_hosts: Mapped[Text] = mapped_column(default="", server_default="")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    checked_at: Mapped[Moment | None]
    check_at: Mapped[Moment | None] = mapped_column(index=True)
    checking_since: Mapped[Moment | None]
    """When somebody asked to have it looked up now; empty once that is done."""
    certificate_until: Mapped[Moment | None]

    __table_args__ = (
        Index(
            "uq_hostnames_name",
            "name",
            unique=True,
            postgresql_where=text("proven_at IS NOT NULL"),
        ),
        Index(
            "uq_hostnames_primary",
            "reseller_id",
            unique=True,
            postgresql_where=text('"primary"'),
        ),
        CheckConstraint("name = lower(name)", name="lower_case"),
        CheckConstraint(
            'NOT "primary" OR (proven_at IS NOT NULL AND released_at IS NULL)', name="primary_lives"
        ),
        CheckConstraint("given_by <> 'reseller' OR token <> ''", name="asked_with_token"),
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
    login_logo_light: Mapped[str | None] = mapped_column(String(32))
    login_logo_dark: Mapped[str | None] = mapped_column(String(32))
    content_logo_light: Mapped[str | None] = mapped_column(String(32))
    content_logo_dark: Mapped[str | None] = mapped_column(String(32))
    favicon_light: Mapped[str | None] = mapped_column(String(32))
    favicon_dark: Mapped[str | None] = mapped_column(String(32))
    login_background_light: Mapped[str | None] = mapped_column(String(32))
    login_background_dark: Mapped[str | None] = mapped_column(String(32))
    theme_settings: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """The number of the version that this is; 0 before the first."""

    __table_args__ = tuple(
        belongs_to("images", f"{slot}_{mode}", key="hash")
        for slot in ("logo", "login_logo", "content_logo", "favicon", "login_background")
        for mode in ("light", "dark")
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
