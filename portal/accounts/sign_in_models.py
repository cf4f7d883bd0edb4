"""What people sign in with beside a password, and from where they have done so."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Id, Moment, ResellerOwned, Text, belongs_to


class SecondStep(ResellerOwned, Base):
    """An app that makes codes; it is asked for once its owner has shown that it works."""

    __tablename__ = "second_steps"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sealed_secret: Mapped[Text]
    step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The last half minute whose code was taken: neither it nor one before works any more."""
    created_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("people", "person_id"),
        CheckConstraint("step >= 0", name="step"),
    )


class RecoveryCode(ResellerOwned, Base):
    """A code on paper, in place of the app, which works once: only its hash is kept."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[Moment]
    used_at: Mapped[Moment | None]

    __table_args__ = (belongs_to("people", "person_id"),)


class Passkey(ResellerOwned, Base):
    """A key in somebody's telephone, computer or stick: it belongs to one host name."""

    __tablename__ = "passkeys"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigInteger)
    host: Mapped[str] = mapped_column(String(253))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("people", "person_id"),
        UniqueConstraint("reseller_id", "host", "credential_id"),
        Index("ix_passkeys_person", "reseller_id", "person_id"),
        CheckConstraint("sign_count >= 0", name="sign_count"),
    )


class PasskeyChallenge(ResellerOwned, Base):
    """What a browser is asked to sign, once and on one host: only its hash is kept."""

    __tablename__ = "passkey_challenges"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(253))
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who is to make a new passkey; nobody where one is to be shown."""
    expires_at: Mapped[Moment]

    __table_args__ = (belongs_to("people", "person_id"),)


class KnownDevice(ResellerOwned, Base):
    """A browser, or a kind of browser in a network, from which somebody has signed in before."""

    __tablename__ = "known_devices"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_seen_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]

    __table_args__ = (belongs_to("people", "person_id"),)


class EmailChange(ResellerOwned, Base):
    """An address that somebody wants to sign in with, until they have read a mail that goes there.

    Only the hash of the mail's link is kept; asking again takes the former link's power.
    """

    __tablename__ = "email_changes"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    email: Mapped[Text]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]

    __table_args__ = (
        belongs_to("people", "person_id"),
        UniqueConstraint("reseller_id", "hash"),
    )
