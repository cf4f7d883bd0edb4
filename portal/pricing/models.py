"""Price lists and packages."""

from __future__ import annotations

from typing import Any

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
)


class PriceList(ResellerOwned, Base):
    """Prices by prefix, in one currency: what the operator asks, or a package's own.

    `package_id` is 0 for the wholesale lists, one for each route. `version` is another with every
    change, so that tables compiled in memory know when they are old.
    """

    __tablename__ = "price_lists"

    id: Mapped[Id]
    package_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    currency: Mapped[Code]
    route: Mapped[Code] = mapped_column(server_default="value")
    version: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1")

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "package_id", "currency", "route"),
        CheckConstraint("route IN ('value', 'premium')", name="route"),
    )


class ListedRate(ResellerOwned, Base):
    """What one part to a prefix costs from a day on; without a price, the prefix's rate ends."""

    __tablename__ = "rates"

    list_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(15), primary_key=True)
    valid_from: Mapped[Day] = mapped_column(primary_key=True)
    price: Mapped[Micros | None]

    __table_args__ = (
        belongs_to("price_lists", "list_id"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("prefix ~ '^[1-9][0-9]*$'", name="prefix_digits"),
    )


class PriceListDraft(ResellerOwned, Base):
    """A sheet that somebody is about to import: kept for as long as its preview is looked at.

    `package_id`, `currency` and `route` say of which list, also of one that is not there yet.
    """

    __tablename__ = "price_list_drafts"

    id: Mapped[Id]
    package_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    currency: Mapped[Code]
    route: Mapped[Code] = mapped_column(server_default="value")
    person_id: Mapped[int] = mapped_column(BigInteger)
    """Who uploaded it; of wholesale lists somebody of the operator's."""
    sheet: Mapped[Json]
    made_at: Mapped[Moment]
    applied_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        CheckConstraint("route IN ('value', 'premium')", name="route"),
        Index("ix_price_list_drafts_made_at", "reseller_id", "made_at"),
    )


class Package(ResellerOwned, Base):
    """What a reseller sells under a name; what it says is in its versions.

    The one marked `is_default` holds for sub-accounts without a package, and is given to none.
    """

    __tablename__ = "packages"

    id: Mapped[Id]
    name: Mapped[Text]
    is_default: Mapped[bool] = mapped_column(Boolean, server_default="false")
    display: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    """What clients who have it are shown, as `display.Display` says; None: as the portal says."""
    created_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "name"),
        Index(
            "uq_packages_default",
            "reseller_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )


class PackageVersion(ResellerOwned, Base):
    """What a package says from a day on; of versions of one day the highest number holds.

    Days are of the reseller's time zone. A version is added, never changed, so that what a message
    was priced by can always be read.
    """

    __tablename__ = "package_versions"

    id: Mapped[Id]
    package_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[Day]
    pulse: Mapped[Code]
    markup_percent_millionths: Mapped[int] = mapped_column(BigInteger)
    on_net_free: Mapped[bool] = mapped_column(Boolean)
    refused_countries: Mapped[list[str]] = mapped_column(ARRAY(String(2)))
    refused_prefixes: Mapped[list[str]] = mapped_column(ARRAY(String(15)))
    routes: Mapped[dict[str, str]] = mapped_column(JSONB)
    """The route by country; `*` is all others."""
    bundles: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Its free messages, each as `bundles.Offer` says."""
    created_at: Mapped[Moment]
    person_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        belongs_to("packages", "package_id"),
        UniqueConstraint("reseller_id", "package_id", "number"),
        Index("ix_package_versions_day", "reseller_id", "package_id", "valid_from", "number"),
        CheckConstraint("pulse IN ('part', 'message')", name="pulse"),
    )


class PackageAmounts(ResellerOwned, Base):
    """A version's amounts in one currency, in millionths; a fee that is NULL is not set."""

    __tablename__ = "package_amounts"

    version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    markup_fixed: Mapped[Micros] = mapped_column(server_default="0")
    addition_per_message: Mapped[Micros] = mapped_column(server_default="0")
    flat_fee: Mapped[Micros | None]
    monthly_fee: Mapped[Micros] = mapped_column(server_default="0")
    setup_fee: Mapped[Micros] = mapped_column(server_default="0")
    incoming_fee: Mapped[Micros | None]
    outgoing_mms_fee: Mapped[Micros | None]
    incoming_mms_fee: Mapped[Micros | None]
    free_zones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    """Where sending is free, each as `rating.FreeZone` says; `cost_max` in millionths."""

    __table_args__ = (
        belongs_to("package_versions", "version_id"),
        CheckConstraint(
            "monthly_fee >= 0 AND setup_fee >= 0 AND addition_per_message >= 0"
            " AND coalesce(flat_fee, 0) >= 0 AND coalesce(incoming_fee, 0) >= 0"
            " AND coalesce(outgoing_mms_fee, 0) >= 0 AND coalesce(incoming_mms_fee, 0) >= 0",
            name="fees_not_negative",
        ),
    )


class Bundle(ResellerOwned, Base):
    """The free parts of one sub-account in one billing period; what is left is in the ledger.

    A pooled one is shared by all sub-accounts of the client that have the package. `n` is its place
    among the package's bundles. What it is good for is frozen here for the period; empty lists of
    countries and prefixes are every destination.
    """

    __tablename__ = "bundles"

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(BigInteger)
    sub_account_id: Mapped[int | None] = mapped_column(BigInteger)
    package_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    account_id: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(Integer)
    counts: Mapped[Code] = mapped_column(server_default="both")
    countries: Mapped[list[str]] = mapped_column(ARRAY(String(2)), server_default="{}")
    prefixes: Mapped[list[str]] = mapped_column(ARRAY(String(15)), server_default="{}")
    begins_on: Mapped[Day]
    ends_on: Mapped[Day]
    """The first day that is no longer in the period, in the reseller's time zone."""
    noticed_percent: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """The highest share of it that its owner was told to have used."""

    __table_args__ = (
        belongs_to("clients", "client_id"),
        belongs_to("sub_accounts", "sub_account_id"),
        belongs_to("packages", "package_id"),
        belongs_to("ledger_accounts", "account_id"),
        Index(
            "uq_bundles_period",
            "reseller_id",
            "client_id",
            "sub_account_id",
            "package_id",
            "n",
            "begins_on",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("ends_on >= begins_on", name="period"),
        CheckConstraint("counts IN ('sent', 'received', 'both')", name="counts"),
    )
