"""People, clients, sub-accounts, and the keys and sessions that speak for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra.columns import (
    Base,
    Code,
    Day,
    Id,
    Json,
    Micros,
    Moment,
    ResellerOwned,
    Text,
    belongs_to,
    words,
)


class Client(ResellerOwned, Base):
    """A customer of a reseller. Its money is in the ledger; here are the facts about it."""

    __tablename__ = "clients"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(BigInteger)
    company: Mapped[Text] = mapped_column(server_default="")
    firstname: Mapped[Text] = mapped_column(server_default="")
    lastname: Mapped[Text] = mapped_column(server_default="")
    email: Mapped[Text]
    phone: Mapped[Text] = mapped_column(server_default="")
    address: Mapped[Text] = mapped_column(server_default="")
    """Street and house number, or a box."""
    postal_code: Mapped[Text] = mapped_column(server_default="")
    city: Mapped[Text] = mapped_column(server_default="")
    state: Mapped[Text] = mapped_column(server_default="")
    tax_id: Mapped[Text] = mapped_column(server_default="")
    country: Mapped[Code]
    language: Mapped[Code]
    time_zone: Mapped[Code]
    currency: Mapped[Code]

    balance_management: Mapped[BalanceManagement] = mapped_column(words(BalanceManagement))
    credit_limit: Mapped[Micros | None]
    wallet_id: Mapped[int | None] = mapped_column(BigInteger)
    low_balance_threshold: Mapped[Micros | None]
    low_balance_email: Mapped[Text] = mapped_column(server_default="")
    low_balance_armed: Mapped[bool] = mapped_column(Boolean, server_default="true")
    debt_since: Mapped[Moment | None]
    """Since when it owes: a wallet below zero, or a fee that could not be paid."""
    debt_reminders: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    wholly_on_quota: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """All its sub-accounts are prepaid in messages, so that an empty wallet suspends nothing."""
    next_billing_on: Mapped[Day | None]

    parts_max: Mapped[int] = mapped_column(Integer, server_default="5")
    characters_max: Mapped[int] = mapped_column(Integer, server_default="1000")
    daily_limit: Mapped[int | None] = mapped_column(Integer)
    countries: Mapped[list[str]] = mapped_column(ARRAY(String(2)), server_default="{}")
    """The countries it may send to beside its own; `*` is all that have a rate."""

    created_at: Mapped[Moment]
    email_confirmed_at: Mapped[Moment | None]
    activated_at: Mapped[Moment | None]
    refused_at: Mapped[Moment | None]
    refused_reason: Mapped[Text] = mapped_column(server_default="")
    suspended_by_staff_at: Mapped[Moment | None]
    suspended_by_staff_reason: Mapped[Text] = mapped_column(server_default="")
    suspended_by_balance_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "number"),
        belongs_to("ledger_accounts", "wallet_id"),
        CheckConstraint("credit_limit IS NULL OR credit_limit >= 0", name="limit_not_negative"),
        CheckConstraint(
            "activated_at IS NULL OR wallet_id IS NOT NULL", name="active_has_a_wallet"
        ),
    )

    @property
    def standing(self) -> Standing:
        """The one word for its facts."""
        facts: list[tuple[datetime | bool | None, Standing]] = [
            (self.closed_at, Standing.CLOSED),
            (self.refused_at, Standing.REFUSED),
            (self.activated_at is None, Standing.WAIT),
            (self.suspended_by_staff_at, Standing.SUSPENDED_BY_STAFF),
            (self.suspended_by_balance_at, Standing.SUSPENDED_BY_BALANCE),
        ]
        return next((word for fact, word in facts if fact), Standing.ACTIVE)

    @property
    def name(self) -> str:
        """What to call it: the company, or the person."""
        return self.company or f"{self.firstname} {self.lastname}".strip() or self.email


class Person(ResellerOwned, Base):
    """Somebody who signs in: of a client, of a reseller's staff, or (reseller 0) of the operator's.

    The e-mail address is the login name, unique within the reseller.
    """

    __tablename__ = "people"

    id: Mapped[Id]
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    role: Mapped[Code]
    email: Mapped[Text]
    firstname: Mapped[Text] = mapped_column(server_default="")
    lastname: Mapped[Text] = mapped_column(server_default="")
    language: Mapped[Code]
    password_hash: Mapped[Text]
    api_password_hash: Mapped[str | None] = mapped_column(String(64))
    auth_epoch: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    created_at: Mapped[Moment]
    last_login_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        belongs_to("clients", "client_id"),
        Index("uq_people_email", "reseller_id", text("lower(email)"), unique=True),
        Index("ix_people_client", "reseller_id", "client_id"),
    )

    @property
    def name(self) -> str:
        """What to call them."""
        return f"{self.firstname} {self.lastname}".strip() or self.email


class SubAccount(ResellerOwned, Base):
    """A device, a program or a department of a client: what messages are sent from."""

    __tablename__ = "sub_accounts"

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[Text]
    user: Mapped[str] = mapped_column(String(80))
    api_password_hash: Mapped[str] = mapped_column(String(64))
    default_sender: Mapped[str] = mapped_column(String(16), server_default="")
    package_id: Mapped[int | None] = mapped_column(BigInteger)
    quota_account_id: Mapped[int | None] = mapped_column(BigInteger)
    """Where it is prepaid in parts instead of money, the account that holds them."""
    quota_unlimited: Mapped[bool] = mapped_column(Boolean, server_default="false")
    closed_at: Mapped[Moment | None]
    created_at: Mapped[Moment]

    __table_args__ = (
        belongs_to("clients", "client_id"),
        belongs_to("ledger_accounts", "quota_account_id"),
        UniqueConstraint("reseller_id", "user"),
        UniqueConstraint("reseller_id", "client_id", "name"),
    )


class SenderName(ResellerOwned, Base):
    """A sender that the reseller has approved for a client."""

    __tablename__ = "sender_names"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    approved_at: Mapped[Moment]
    for_codes: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """Sign-in codes go out under it, which a client in debt may still send for a while."""

    __table_args__ = (belongs_to("clients", "client_id"),)


class SignedIn(ResellerOwned, Base):
    """A session in a browser: found by the hash of its cookie, good on one host name only."""

    __tablename__ = "sessions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    auth_epoch: Mapped[int] = mapped_column(Integer)
    host: Mapped[str] = mapped_column(String(253))
    address: Mapped[str] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    viewing_client_id: Mapped[int | None] = mapped_column(BigInteger)
    viewing_reason: Mapped[Text] = mapped_column(server_default="")
    viewing_until: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("people", "person_id"),
        belongs_to("clients", "viewing_client_id"),
        Index("ix_sessions_person", "reseller_id", "person_id"),
        CheckConstraint(
            "(viewing_client_id IS NULL) = (viewing_until IS NULL)", name="viewing_ends"
        ),
    )


class ApiKey(ResellerOwned, Base):
    """A token that speaks for a person's firm: only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    sub_account_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[Text]
    prefix: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    created_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    expires_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("people", "person_id"),
        belongs_to("clients", "client_id"),
        belongs_to("sub_accounts", "sub_account_id"),
        UniqueConstraint("reseller_id", "hash"),
        Index(
            "uq_api_keys_name",
            "reseller_id",
            "person_id",
            "name",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )


class OneTimeLink(ResellerOwned, Base):
    """A link in a mail that works once: only its hash is kept."""

    __tablename__ = "one_time_links"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[Code]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]

    __table_args__ = (belongs_to("people", "person_id"),)


class Activity(ResellerOwned, Base):
    """Who did what to whom, when and from where; rows are only added."""

    __tablename__ = "activity"

    id: Mapped[Id]
    at: Mapped[Moment]
    what: Mapped[Code]
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    person_name: Mapped[Text] = mapped_column(server_default="")
    acting_as_client_id: Mapped[int | None] = mapped_column(BigInteger)
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    about_id: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(45), server_default="")
    details: Mapped[Json] = mapped_column(JSONB, server_default="{}")

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        Index("ix_activity_client", "reseller_id", "client_id", "id"),
        Index("ix_activity_at", "at", postgresql_using="brin"),
    )
