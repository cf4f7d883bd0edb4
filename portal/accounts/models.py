"""People, clients, sub-accounts, and the sessions that speak for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    FetchedValue,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
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
    mail_domain: Mapped[Text] = mapped_column(
        Computed("lower(split_part(email, '@', 2))", persisted=True)
    )
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
    top_up_below: Mapped[Micros | None]
    """Below which balance a job looks whether to top it up; None: it never does."""
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
        Index("ix_clients_mail_domain", "reseller_id", "mail_domain"),
        Index("ix_clients_phone", "reseller_id", "phone", postgresql_where=text("phone <> ''")),
        Index(
            "ix_clients_waiting",
            "reseller_id",
            "id",
            postgresql_where=text(
                "activated_at IS NULL AND refused_at IS NULL AND closed_at IS NULL"
            ),
        ),
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
        """What to call it: the company, or the person; its number once nothing else is left."""
        named = self.company or f"{self.firstname} {self.lastname}".strip()
        return named or (f"#{self.number}" if self.closed_at else self.email)


_ROLE_OF_FIRM = (
    "role IN ('owner', 'power', 'user', 'reader', 'billing') AND client_id IS NOT NULL"
    " OR role LIKE 'staff\\_%' AND client_id IS NULL AND reseller_id <> 0"
    " OR role LIKE 'operator\\_%' AND client_id IS NULL AND reseller_id = 0"
)


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
    invited_at: Mapped[Moment | None]
    """When they were invited, until they have come."""
    disabled_at: Mapped[Moment | None]
    removed_at: Mapped[Moment | None]
    is_limited: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """Whether they reach those sub-accounts only that `PersonSubAccount` names."""

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        belongs_to("clients", "client_id"),
        UniqueConstraint("reseller_id", "client_id", "id"),
        Index("uq_people_email", "reseller_id", text("lower(email)"), unique=True),
        Index("ix_people_client", "reseller_id", "client_id"),
        CheckConstraint(_ROLE_OF_FIRM, name="role_of_firm"),
        CheckConstraint("NOT is_limited OR role IN ('power', 'user', 'reader')", name="limitable"),
    )

    @property
    def is_let_in(self) -> bool:
        """Whether they may sign in, as far as it is for them and not for their client to say."""
        return self.invited_at is None and self.disabled_at is None and self.removed_at is None

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
    closed_with_package_id: Mapped[int | None] = mapped_column(BigInteger)
    """The package that ended when it was closed, and comes back if that is taken back."""
    created_at: Mapped[Moment]

    __table_args__ = (
        belongs_to("clients", "client_id"),
        belongs_to("ledger_accounts", "quota_account_id"),
        UniqueConstraint("reseller_id", "client_id", "id"),
        Index("ix_sub_accounts_package", "reseller_id", "package_id", "client_id"),
        # The names of one that was closed are free: for another, or for itself if it comes back.
        Index(
            "uq_sub_accounts_user",
            "reseller_id",
            "user",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_sub_accounts_name",
            "reseller_id",
            "client_id",
            "name",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
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
    """Who did what to whom, when and from where; rows are only added.

    The words of a row (`person_name`, `address`, `details`) can be erased with the person that they
    are about. What is sealed of them is `words_digest`, which the database makes with a salt when
    the row is added; without the salt it tells nothing. `erased_by_id` is the act that erased them.
    """

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
    by_operator: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Somebody of the operator's did it: resellers do not learn who, nor from where."""
    words_salt: Mapped[bytes | None] = mapped_column(LargeBinary, FetchedValue())
    words_digest: Mapped[bytes] = mapped_column(LargeBinary, FetchedValue())
    erased_by_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        Index("ix_activity_client", "reseller_id", "client_id", "id"),
        Index("ix_activity_person_id", "reseller_id", "person_id", "id"),
        Index("ix_activity_address", "reseller_id", "address", "id"),
        Index(
            "ix_activity_by_operator",
            "id",
            postgresql_where=text("by_operator OR reseller_id = 0"),
        ),
        Index("ix_activity_at", "at", postgresql_using="brin"),
        CheckConstraint(
            "(words_salt IS NULL) = (erased_by_id IS NOT NULL)", name="words_or_erasure"
        ),
    )
