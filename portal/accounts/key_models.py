"""What programs are let in by: keys, and the secrets with which login links are signed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Id, Moment, ResellerOwned, Text, belongs_to


class ApiKey(ResellerOwned, Base):
    """A token that speaks for a person's firm: only its hash is kept.

    Each has one of ten places of its client, or of its person where that is staff, until it is
    revoked: so the database counts them as well.
    """

    __tablename__ = "api_keys"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    sub_account_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[Text]
    prefix: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64))
    place: Mapped[int | None] = mapped_column(SmallInteger)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    networks: Mapped[list[str]] = mapped_column(ARRAY(String(43)), server_default="{}")
    """From where it is taken, as in `192.0.2.0/24`; none named is from anywhere."""
    created_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    last_used_from: Mapped[str] = mapped_column(String(45), default="", server_default="")
    expires_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("people", "person_id"),
        belongs_to("clients", "client_id"),
        belongs_to("sub_accounts", "sub_account_id"),
        UniqueConstraint("reseller_id", "hash"),
        CheckConstraint("place BETWEEN 1 AND 10", name="ten_places"),
        CheckConstraint("(revoked_at IS NULL) = (place IS NOT NULL)", name="place_until_revoked"),
        CheckConstraint("cardinality(scopes) > 0", name="some_scope"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        Index(
            "uq_api_keys_name",
            "reseller_id",
            "person_id",
            "name",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(
            "uq_api_keys_place",
            "reseller_id",
            text("COALESCE(client_id, person_id)"),
            "place",
            unique=True,
            postgresql_where=text("place IS NOT NULL"),
        ),
    )


class LoginSecret(ResellerOwned, Base):
    """What a reseller's own website signs login links with; two at a time, to change them over."""

    __tablename__ = "login_secrets"

    id: Mapped[Id]
    place: Mapped[int | None] = mapped_column(SmallInteger)
    sealed: Mapped[Text]
    """The secret, sealed; empty once it is revoked."""
    made_at: Mapped[Moment]
    made_by: Mapped[Text] = mapped_column(default="", server_default="")
    last_used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        CheckConstraint("place BETWEEN 1 AND 2", name="two_places"),
        CheckConstraint("(revoked_at IS NULL) = (place IS NOT NULL)", name="place_until_revoked"),
        CheckConstraint("(revoked_at IS NULL) = (sealed <> '')", name="gone_when_revoked"),
        Index(
            "uq_login_secrets_place",
            "reseller_id",
            "place",
            unique=True,
            postgresql_where=text("place IS NOT NULL"),
        ),
    )


class SpentLink(ResellerOwned, Base):
    """A signed login link that was used, by the hash of its own name; kept until it is too old."""

    __tablename__ = "spent_login_links"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[Moment]

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)
